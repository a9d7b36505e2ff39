"""Dialling: an attempt goes on record before it is made, and one of unknown outcome is not made again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from channels.voice.control import CallFault, CallOutcomeUnknown, CallRefused
from domain.decide import Command
from domain.execute import Executor, Origin
from domain.voice.dial import AttemptDial, RecordDialEnded, RecordPlaced
from infra.voice.lookup import ACTOR

_log = logging.getLogger("trunkline.voice.dialling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialler:
    executor: Executor

    async def dial(self, project: str, pool: str, attempt: AttemptDial, call: Callable[[], Awaitable[str]]) -> None:
        """Make an attempt by `call`, which gives the provider's leg; nothing where it was made before.

        What the provider refused, or certainly did not do, ends the attempt. What it may have done stays open: whoever
        looks after deadlines asks what became of it.
        """
        origin = Origin(project=project, pool=pool, actor=ACTOR)
        if (await self.executor.execute(attempt, origin)).result["attempt"] != "fresh":
            return
        told: Command
        try:
            told = RecordPlaced(dial_id=attempt.dial_id, call_id=await call())
        except CallOutcomeUnknown:
            _log.warning("an attempt to call somebody has an unknown outcome; the provider will be asked")
            return
        except CallFault as fault:
            _log.warning("somebody could not be called: %s", fault)
            outcome = "failed" if isinstance(fault, CallRefused) else "never_placed"
            told = RecordDialEnded(dial_id=attempt.dial_id, outcome=outcome, reason=str(fault))
        await self.executor.execute(told, origin)
