"""What the board keeps of an agent and of a leg: as much as routing needs, mutable, so that a fold is cheap.

The domain's own states are immutable and complete; a property test proves that both agree after any history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from domain.agent.state import Presence
from domain.centre.documents import Profile
from domain.interaction.state import LegStatus


class Cause(NamedTuple):
    """The event that made something possible, for the envelope of what follows from it."""

    position: int
    event_id: str
    project: str
    correlation_id: str


class Held:
    """Capacity held for one piece of work. `worked` once its offer was accepted."""

    __slots__ = ("channel", "units", "worked")

    def __init__(self, channel: str, units: int) -> None:
        self.channel, self.units, self.worked = channel, units, False


#: A place in the order of agents; ends in the agent's id.
AgentKey = tuple[int, int, str]


class AgentRecord:
    """An agent on the board: presence, abilities and what they hold."""

    __slots__ = (
        "agent_id",
        "cause",
        "counts",
        "idle_since",
        "idle_us",
        "key",
        "presence",
        "profile",
        "profile_name",
        "site",
        "skills",
        "stamp",
        "used",
        "work",
    )

    def __init__(self, agent_id: str, site: str, cause: Cause) -> None:
        self.agent_id, self.site, self.cause = agent_id, site, cause
        self.presence: Presence = "signed_out"
        self.profile: Profile | None = None
        self.profile_name = ""
        self.skills: dict[str, int] = {}
        self.work: dict[str, Held] = {}
        self.used = 0
        self.counts: dict[str, int] = {}
        self.idle_since: datetime | None = None
        self.idle_us = 0
        #: The agent's present place in the agent order, and the mark of the index entries that are still true.
        self.key: AgentKey = (0, 0, agent_id)
        self.stamp = 0

    @property
    def ready(self) -> bool:
        return self.presence == "ready"

    def hold(self, work_id: str, channel: str, units: int) -> bool:
        """Hold capacity under `work_id`, in place of what was held under it; whether that changes anything."""
        before = self.work.get(work_id)
        if before is not None and (before.channel, before.units) == (channel, units):
            return False
        self.free(work_id)
        self.work[work_id] = held = Held(channel, units)
        held.worked = before is not None and before.worked
        self.used += units
        self.counts[channel] = self.counts.get(channel, 0) + 1
        return True

    def rename(self, proposed: str, work_id: str) -> bool:
        """What was held for a proposal is held under the work's own id now; whether there was a proposal."""
        held = self.work.pop(proposed, None)
        if held is not None:
            self.work[work_id] = held
        return held is not None

    def free(self, work_id: str) -> Held | None:
        """Free what is held under `work_id`, if anything."""
        held = self.work.pop(work_id, None)
        if held is not None:
            self.used -= held.units
            self.counts[held.channel] -= 1
        return held


class OpenOffer(NamedTuple):
    """An offer that rings. `expires_us` None: proposed, but not yet seen in the log."""

    agent_id: str
    expires_us: int | None


#: A place in the order of waiting work: whatever the item order says, ending in interaction id and leg.
Rank = tuple[int | str, ...]


class Item:
    """A leg on the board; while it waits, an item of work."""

    __slots__ = (
        "agent_id",
        "arrived_us",
        "cause",
        "channel",
        "credit_us",
        "due",
        "interaction_id",
        "leg",
        "not_before_us",
        "offers",
        "priority",
        "project",
        "queue",
        "queue_name",
        "rank",
        "shelf",
        "skills",
        "status",
        "tries",
        "work_id",
        "wrap_up_us",
    )

    def __init__(self, interaction_id: str, leg: str, project: str, cause: Cause) -> None:
        self.interaction_id, self.leg, self.project, self.cause = interaction_id, leg, project, cause
        self.status: LegStatus = "absent"
        self.queue_name = self.queue = self.channel = ""
        self.priority = 0
        self.skills: tuple[tuple[str, int], ...] = ()
        self.arrived_us = self.credit_us = 0
        self.not_before_us: int | None = None
        self.due = True
        self.tries: dict[str, int] = {}
        self.offers: dict[str, OpenOffer] = {}
        self.work_id = self.agent_id = ""
        self.wrap_up_us: int | None = None
        self.rank: Rank = ()
        #: Where the index keeps it; None while it cannot be offered.
        self.shelf: object | None = None

    @property
    def ready_us(self) -> int:
        """When its wait for a place in a queue began: at arrival, or when a scheduled callback fell due."""
        return self.arrived_us if self.not_before_us is None else max(self.arrived_us, self.not_before_us)

    @property
    def plain(self) -> bool:
        """Whether its rank alone says which agents may have it: nobody tried, nothing rings, no moved place."""
        return not (self.tries or self.offers or self.credit_us) and self.ready_us == self.arrived_us

    def note_tries(self, trail: Iterable[str]) -> None:
        self.tries = {}
        for agent_id in trail:
            self.tries[agent_id] = self.tries.get(agent_id, 0) + 1

    def rings_at(self, agent_id: str) -> bool:
        return any(offer.agent_id == agent_id for offer in self.offers.values())


class QueueRules(NamedTuple):
    """What the router needs of a queue in a project's document."""

    ring_width: int


class Policy(NamedTuple):
    """The rules of one project: the SHA-256 of its document, and its queues."""

    sha256: str
    queues: Mapping[str, QueueRules]
