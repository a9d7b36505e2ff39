"""Storms where several processes take texts: what each has counted of a conversation that gets lively, all can see.

The rule stands in `channels.sms.storms`. Where the others cannot be asked, a process goes by what it has seen itself:
a storm is no reason to refuse what could be stored.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from channels.sms.storms import WATCHED, WINDOW, Came, Judged, Storms
from domain.ports import LogUnavailable

_log = logging.getLogger("trunkline.texts.storming")


class Shared(Protocol):
    """What every process has counted lately, in the database that all of them share. Raises `LogUnavailable`."""

    async def lately(self, conversation: str, since: datetime) -> Sequence[Came]: ...

    async def note(self, conversation: str, came: Came, since: datetime) -> None:
        """Count a text, once whatever number of times; what is not after `since` is let go of."""
        ...


@dataclass(frozen=True, slots=True)
class Storming:
    """Judges texts for one process. `shared` is None where there is no other."""

    storms: Storms = field(default_factory=Storms)
    shared: Shared | None = None

    async def judge(self, conversation: str, text: str, words: str, now: datetime) -> Judged:
        """Count a text, and say what is to become of it."""
        if self.shared is None or len(self.storms.lately(conversation, now)) < WATCHED:
            return self.storms.judge(conversation, text, words, now)
        try:
            everywhere = await self.shared.lately(conversation, now - WINDOW)
            judged = self.storms.judge(conversation, text, words, now, everywhere)
            known = {one.text for one in everywhere}
            for one in self.storms.lately(conversation, now):
                if one.text not in known:
                    await self.shared.note(conversation, one, now - WINDOW)
        except LogUnavailable as fault:
            _log.warning("what other processes have counted is not known: %s", fault)
            return self.storms.judge(conversation, text, words, now)
        return judged
