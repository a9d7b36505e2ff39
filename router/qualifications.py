"""What an item asks of an agent apart from the channel: asked once of an agent for all the needs that share it."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from domain.centre.documents import Profile, QueueUse
from router.instants import SECOND
from router.kept import Kept
from router.records import AgentRecord
from router.seating import Row

if TYPE_CHECKING:
    from router.needs import Need

#: Which rule an agent who serves one of the queues on the channel fails first; the places in `Qualification.refused`.
REFUSALS = ("ring", "sites", "skill", "language")

#: A `NeedKey` without the channel.
Asked = tuple[tuple[str, ...], tuple[tuple[str, int], ...], int, tuple[str, ...], str, str]


class Qualification(Kept):
    """`queues` are the item's own, then those whose agents may take it too. `sites` empty: any; `language` empty:
    any. `origin` is the site whose agents come first, where the queue says so."""

    __slots__ = (
        "asked", "language", "members", "needs", "origin", "queue", "queues", "refused", "rings", "rows", "sites",
        "skills",
    )  # fmt: skip

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.queues, self.skills, self.rings, self.sites, self.language, self.origin = asked
        self.queue = self.queues[0]
        #: The needs that ask for it, by channel.
        self.needs: dict[str, Need] = {}
        #: Ready agents who qualify, on whatever channels they work, and the rows that they sit in.
        self.members: dict[str, AgentRecord] = {}
        self.rows: dict[tuple[int, bool, int], Row] = {}
        #: By channel: how many agents who work on it and serve a queue of it fail which rule first, by `REFUSALS`.
        self.refused: dict[str, list[int]] = {}

    def seen_by(self, profile: Profile) -> str | None:
        """The first of the queues that a profile serves: it says ring, delay and priority."""
        return next((queue for queue in self.queues if queue in profile.queues), None)

    def refusal(self, agent: AgentRecord, ring: int, down: Container[str]) -> int | None:
        """The rule of `REFUSALS` that an agent who serves one of the queues on the channel, in a ring, fails first."""
        if ring > self.rings:
            return 0
        if self.sites and agent.site not in self.sites and not all(site in down for site in self.sites):
            return 1
        held = agent.skills
        for skill, level in self.skills:
            if held.get(skill, 0) < level:
                return 2
        return 3 if self.language and agent.languages and self.language not in agent.languages else None

    def row(self, agent: AgentRecord, use: QueueUse) -> Row:
        """Where an agent who qualifies sits."""
        where = use.ring, self.away(agent), use.delay * SECOND
        row = self.rows.get(where)
        if row is None:
            row = self.rows[where] = Row(*where)
        return row

    def away(self, agent: AgentRecord) -> bool:
        """Whether agents of another site come before this one."""
        return bool(self.origin) and agent.site != self.origin

    def refuse(self, agent: AgentRecord, rule: int, by: int) -> None:
        """So many more (or, below zero, fewer) agents who work on these channels fail this rule first."""
        for room in agent.rooms:
            counts = self.refused.get(room.channel)
            if counts is None:
                counts = self.refused[room.channel] = [0] * len(REFUSALS)
            counts[rule] += by

    def clear(self) -> None:
        """Nobody was asked yet."""
        self.members.clear()
        self.rows.clear()
        self.refused.clear()
