"""Trace context: W3C `traceparent` in, through the log, and out again.

A trace id is 128 bits, and so is a UUID: the `correlation_id` that every event bears, and that whoever follows the
log hands on to what it does next, *is* the trace id of the conversation. A request's trace becomes the correlation
of the conversation it begins; the router's offer, the mail that goes out and the Kafka record that tells of it are
spans of the same trace, on any machine and as long as the log is kept. The span id of what an event led to is drawn
from the event's own id, so a record's `traceparent` can be told again from the log alone.

Source: W3C Trace Context, Recommendation of 23 November 2021, https://www.w3.org/TR/trace-context/.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import entry_points
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, TraceFlags

from domain.execute import Origin
from infra.load_settings import BadSettings
from infra.stores import new_id

#: Which exporter of spans, by the name that its package gives it; the SDK's own variable.
EXPORTER = "OTEL_TRACES_EXPORTER"
#: No span is called so (W3C Trace Context, 3.2.2.4).
_NO_SPAN = bytes(8)
SAMPLED, NOT_SAMPLED = TraceFlags(TraceFlags.SAMPLED), TraceFlags(TraceFlags.DEFAULT)


class _TimeOrdered(RandomIdGenerator):
    """Trace ids that are UUIDs version 7, as every other id here."""

    def generate_trace_id(self) -> int:
        return UUID(new_id()).int


def provider(role: str) -> TracerProvider:
    """Spans of a process. Without an exporter there are ids and nothing is kept, which costs next to nothing.

    Raises `BadSettings` for an exporter whose package is not installed.
    """
    name = os.environ.get(EXPORTER, "none")
    resource = Resource.create({"service.name": "trunkline", "service.role": role})
    if name in ("", "none"):
        return TracerProvider(sampler=ParentBased(ALWAYS_OFF), id_generator=_TimeOrdered(), resource=resource)
    found = next(iter(entry_points(group="opentelemetry_traces_exporter", name=name)), None)
    if found is None:
        raise BadSettings([f"{EXPORTER}: there is no exporter {name!r}; install opentelemetry-exporter-{name}"])
    made = TracerProvider(id_generator=_TimeOrdered(), resource=resource)
    made.add_span_processor(BatchSpanProcessor(found.load()()))
    return made


def exporting() -> bool:
    """Whether spans are sent anywhere."""
    return os.environ.get(EXPORTER, "none") not in ("", "none")


class Tracing:
    """Begins spans. `close` sends what has not been sent yet."""

    def __init__(self, source: TracerProvider) -> None:
        self._source = source
        self._tracer = source.get_tracer("trunkline")
        #: Whether spans go anywhere. Where they do not, only their ids count, and a command within a request has one.
        self._told = exporting()

    @contextmanager
    def request(self, name: str, headers: Mapping[str, str]) -> Generator[Span]:
        """A request from outside: in the caller's trace where `headers` name one that is well-formed."""
        with self._tracer.start_as_current_span(name, extract(headers, Context()), SpanKind.SERVER) as span:
            yield span

    @contextmanager
    def part(self, name: str) -> Generator[Span]:
        """A piece of work that begins a trace of its own."""
        with self._tracer.start_as_current_span(name, Context(), SpanKind.CONSUMER) as span:
            yield span

    @contextmanager
    def command(self, name: str, origin: Origin) -> Generator[Origin]:
        """A command: in the trace of its conversation. Yields `origin`, which has one from now on."""
        around = trace.get_current_span().get_span_context()
        if not self._told and not origin.correlation_id and around.is_valid:
            yield replace(origin, correlation_id=correlation_of(around))
            return
        told = told_by(origin.correlation_id, origin.causation_id)
        links = [trace.Link(around)] if told is not None else None
        with self._tracer.start_as_current_span(name, told, links=links, record_exception=False) as span:
            if not origin.correlation_id:
                origin = replace(origin, correlation_id=correlation_of(span.get_span_context()))
            yield origin

    def close(self) -> None:
        self._source.shutdown()


def told_by(correlation_id: str, event_id: str) -> Context | None:
    """The context of what an event led to; None without a conversation that is a trace."""
    told = span_of(correlation_id, event_id)
    return None if told is None else trace.set_span_in_context(NonRecordingSpan(told), Context())


def span_of(correlation_id: str, event_id: str) -> SpanContext | None:
    """The span that an event stands for: trace id of its conversation, span id of the end of its own id."""
    try:
        trace_id, span_id = UUID(correlation_id).int, (UUID(event_id).int if event_id else 0) & (2**64 - 1)
    except ValueError:
        return None
    sampled = SAMPLED if exporting() else NOT_SAMPLED
    return SpanContext(trace_id, span_id or trace_id & (2**64 - 1), is_remote=True, trace_flags=sampled)


def traceparent_told(correlation_id: str, event_id: str, *, sampled: bool) -> bytes | None:
    """The header `traceparent` of the span that an event stands for (`span_of`); None without a trace.

    Without making the span: each event that goes to Kafka bears one. `sampled`: whether spans are sent anywhere.
    """
    try:
        trace_id, own = bytes.fromhex(correlation_id.replace("-", "")), bytes.fromhex(event_id.replace("-", ""))
    except ValueError:
        return None
    if len(trace_id) != 16 or len(own) not in (0, 16):
        return None
    span_id = own[8:]
    if span_id in (b"", _NO_SPAN):
        span_id = trace_id[8:]
    return b"00-%b-%b-%b" % (trace_id.hex().encode(), span_id.hex().encode(), b"01" if sampled else b"00")


def correlation_of(span: SpanContext) -> str:
    """The trace id as the UUID that it is."""
    return str(UUID(int=span.trace_id))


def traceparent_of(span: SpanContext) -> str:
    """The header `traceparent` (version 00), to hand on."""
    return f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
