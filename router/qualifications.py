"""What an item asks of an agent apart from the channel: asked once of an agent for all the needs that share it."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from domain.centre.documents import Profile
from router.records import AgentRecord

if TYPE_CHECKING:
    from router.needs import Need

#: Which rule an agent who serves one of the queues on the channel fails first; the places in `Need.refused`.
REFUSALS = ("ring", "sites", "skill", "language")

#: A `NeedKey` without the channel.
Asked = tuple[tuple[str, ...], tuple[tuple[str, int], ...], int, tuple[str, ...], str, str]


class Qualification:
    """`queues` are the item's own, then those whose agents may take it too. `sites` empty: any; `language` empty:
    any. `origin` is the site whose agents come first, where the queue says so."""

    __slots__ = ("asked", "language", "needs", "origin", "queue", "queues", "rings", "sites", "skills")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.queues, self.skills, self.rings, self.sites, self.language, self.origin = asked
        self.queue = self.queues[0]
        #: The needs that ask for it, by channel.
        self.needs: dict[str, Need] = {}

    def seen_by(self, profile: Profile) -> str | None:
        """The first of the queues that a profile serves: it says ring, delay and priority."""
        return next((queue for queue in self.queues if queue in profile.queues), None)

    def refusal(self, agent: AgentRecord, ring: int, down: Container[str]) -> int | None:
        """The rule of `REFUSALS` that an agent who serves one of the queues on the channel, in a ring, fails first."""
        if ring > self.rings:
            return 0
        if self.sites and agent.site not in self.sites and not all(site in down for site in self.sites):
            return 1
        for skill, level in self.skills:
            if agent.skills.get(skill, 0) < level:
                return 2
        return 3 if self.language and agent.languages and self.language not in agent.languages else None

    def away(self, agent: AgentRecord) -> bool:
        """Whether agents of another site come before this one."""
        return bool(self.origin) and agent.site != self.origin
