"""Where a stream is at home: its project and pool, which are its own for life and so can be remembered."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from domain.ports import Log
from domain.stream import stream_of


class Home(NamedTuple):
    project: str
    pool: str


class Homes:
    """Looks up homes by a stream's first event; the `keep` most recently asked for stay in memory."""

    def __init__(self, log: Log, keep: int = 10_000) -> None:
        self._log, self._keep = log, keep
        self._known: OrderedDict[str, Home] = OrderedDict()

    async def of(self, category: str, identity: str) -> Home | None:
        """The home of a stream, None while it has no events."""
        if not identity:
            return None
        stream = stream_of(category, identity)
        if stream in self._known:
            self._known.move_to_end(stream)
            return self._known[stream]
        first = await self._log.read(0, 1, streams=[stream])
        if not first:
            return None
        self._known[stream] = Home(first[0].project, first[0].pool)
        while len(self._known) > self._keep:
            self._known.popitem(last=False)
        return self._known[stream]
