"""The one write path, counted and traced: every command of a process, whoever gives it."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from domain.decide import Command
from domain.execute import Done, Executor, Origin, TooBusy
from domain.ports import LogUnavailable
from domain.rejection import Rejection
from infra.operations.figures import Figures
from infra.operations.tracing import Tracing


class ObservedExecutor(Executor):
    """`Executor` that counts each command by what came of it, and makes it a span of its conversation."""

    def __init__(self, *args: Any, figures: Figures, tracing: Tracing, **named: Any) -> None:
        super().__init__(*args, **named)
        self._figures, self._tracing = figures, tracing

    async def execute(self, command: Command, origin: Origin, *, once: str | None = None) -> Done:
        name, began = type(command).__name__, perf_counter()
        outcome = "failed"
        try:
            with self._tracing.command(name, origin) as traced:
                done = await super().execute(command, traced, once=once)
            outcome = "replayed" if done.replayed else "done"
            return done
        except Rejection:
            outcome = "rejected"
            raise
        except TooBusy:
            outcome = "busy"
            raise
        except LogUnavailable:
            outcome = "unavailable"
            raise
        finally:
            self._figures.commands.labels(name, outcome).inc()
            self._figures.command_seconds.observe(perf_counter() - began)
