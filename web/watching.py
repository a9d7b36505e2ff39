"""Whether the page of a conversation is open in a browser, at whichever process of the centre.

Each stream of such a page holds a lease, where the desks' visits to tickets are kept: a customer whose page is loaded
again, or whose connection breaks, may come back at another process than the one that saw them go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from web.doors import Doors
from web.drafts import Visitor


@dataclass(frozen=True, slots=True)
class Watch:
    """One stream that follows a conversation; `stream` is an id of its own."""

    doors: Doors
    project: str
    interaction_id: str
    stream: str

    async def hold(self) -> None:
        """Say that it is there, for `lease_seconds`. Raises `LogUnavailable`."""
        now = self.doors.clock()
        until = now + timedelta(seconds=self.doors.settings.lease_seconds)
        visitor = Visitor(self.stream, "", "", writing=False)
        await self.doors.visits.renew(self.project, _matter(self.interaction_id), visitor, now, until)

    async def let_go(self) -> None:
        """It is there no more. Raises `LogUnavailable`."""
        await self.doors.visits.leave(self.project, _matter(self.interaction_id), self.stream)

    async def by_others(self) -> bool:
        """Whether another stream follows the same conversation. Raises `LogUnavailable`."""
        now = self.doors.clock()
        return bool(await self.doors.visits.others(self.project, _matter(self.interaction_id), self.stream, now))


def _matter(interaction_id: str) -> str:
    return f"conversation:{interaction_id}"
