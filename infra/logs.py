"""The process's own log: JSON lines on standard error, without personal data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from opentelemetry import trace

from infra.repeated_lines import RepeatedLines


def configure_logs(level: str = "info", *, role: str = "") -> None:
    """Send what structlog and the standard library log to standard error, one JSON object a line.

    `role` stands in every line, where one is given; `trace_id` in those of a trace.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        *([_saying("role", role)] if role else []),
        _name_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(RepeatedLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # its news of starting and stopping say less than ours
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    # says at length, with stack traces, what ours say in a line: offsets matter to nobody, positions lie in PostgreSQL
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    # their news of every request bears its query, and with it whose telephone was asked about
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _saying(name: str, value: str) -> structlog.typing.Processor:
    def say(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line.setdefault(name, value)
        return line

    return say


def _name_trace(_: Any, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The trace that a line belongs to."""
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        line["trace_id"] = f"{span.trace_id:032x}"
    return line
