"""Events as they happen, for one viewer: what the API would show them, and no more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from domain.event import Recorded
from domain.ports import LogUnavailable
from infra.demo.start.commands import as_curl
from web.access import Caller, Permission
from web.following import first_topics
from web.live import topics_of
from web.showing import show

if TYPE_CHECKING:
    from infra.demo.running import Run

#: Tails at once, positions shown of what was before, events read at once, seconds between signs of life.
MOST, BEFORE, PORTION, BEAT = 8, 60, 200, 10.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter: the beginning of kinds (`ticket.` or a whole name) and of streams (`agent-guest`); empty: all."""

    kind: str = ""
    stream: str = ""

    def __call__(self, one: Recorded) -> bool:
        return one.event.wire.startswith(self.kind) and one.stream.startswith(self.stream)


@dataclass(slots=True)
class Tails:
    """The open tails of a demo. Once `ending` every one of them ends by itself."""

    run: Run
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    open: int = 0

    async def follow(self, caller: Caller, token: str, wanted: Wanted, after: int | None) -> AsyncIterator[str]:
        """Server-sent events (HTML Living Standard §9.2), ids are positions. `after`: where the browser broke off."""
        log = self.run.node.stores.log
        begin = max(0, await log.head() - BEFORE) if after is None else after
        self.open += 1
        subscribed = log.subscribe(begin, pool=caller.pool, limit=PORTION)
        coming = asyncio.ensure_future(anext(subscribed))
        ends = asyncio.ensure_future(self.ending.wait())
        try:
            yield "retry: 2000\n\n"
            while not ends.done():
                await asyncio.wait({coming, ends}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    yield ": still here\n\n"
                    continue
                yield "".join(self._told(caller, token, wanted, coming.result())) or ": nothing of that\n\n"
                coming = asyncio.ensure_future(anext(subscribed))
        except LogUnavailable:
            return  # the browser comes back and resumes where it was
        finally:
            self.open -= 1
            for task in (coming, ends):
                task.cancel()
            await asyncio.gather(coming, ends, return_exceptions=True)
            await subscribed.aclose()  # type: ignore[attr-defined]  # a generator in every store

    def _told(self, caller: Caller, token: str, wanted: Wanted, batch: Sequence[Recorded]) -> list[str]:
        topics = first_topics(caller)
        return [self._event(caller, token, one) for one in batch if wanted(one) and topics & topics_of(one)]

    def _event(self, caller: Caller, token: str, one: Recorded) -> str:
        personal = caller.may(Permission.OPEN_PERSONAL, one.project or None)
        shown = show(one, self.run.node.stores.opener if personal else None)
        url = f"{self.run.node.base_url}/api/events?after={one.position - 1}&limit=1"
        data = shown.model_dump(mode="json") | {"curl": as_curl("GET", url, token)}
        return f"id: {one.position}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
