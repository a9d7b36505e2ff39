"""What the board keeps of an agent and of a leg: as much as routing needs, mutable, so that a fold is cheap.

The domain's own states are immutable and complete; a property test proves that both agree after any history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from domain.agent.state import Presence
from domain.centre.documents import Profile
from domain.event import Recorded
from domain.interaction.state import LegStatus
from router.kept import Kept

if TYPE_CHECKING:
    from router.needs import Need
    from router.qualifications import Qualification
    from router.seating import Room, Row
    from router.shelf import Shelf


class Cause(NamedTuple):
    """The event that made something possible, for the envelope of what follows from it."""

    position: int
    event_id: str
    project: str
    correlation_id: str

    @staticmethod
    def of(recorded: Recorded) -> Cause:
        return Cause(recorded.position, recorded.event_id, recorded.project, recorded.correlation_id)


class Held(Kept):
    """Capacity held for one piece of work. `worked` once its offer was accepted."""

    __slots__ = ("channel", "units", "worked")

    def __init__(self, channel: str, units: int) -> None:
        self.channel, self.units, self.worked = channel, units, False


class AgentRecord(Kept):
    """An agent on the board: presence, abilities, what they hold and how they spent their time."""

    __slots__ = (
        "agent_id", "asking", "busy_from_us", "busy_us", "cause_at", "cause_id", "counts", "idle_since",
        "idle_us", "languages", "occupancy", "parked", "paused", "presence", "profile", "profile_name", "refusals",
        "rooms", "rows", "signed_in_us", "site", "skills", "stamp", "turns", "units", "up", "used", "work", "worked",
    )  # fmt: skip

    def __init__(self, agent_id: str, site: str) -> None:
        self.agent_id, self.site = agent_id, site
        #: Position and id of the last event of the agent.
        self.cause_at, self.cause_id = 0, ""
        #: Whether their site is not down.
        self.up = True
        self.presence: Presence = "absent"
        self.profile: Profile | None = None
        self.profile_name = ""
        self.skills: dict[str, int] = {}
        #: Why nothing more is taken, by channel.
        self.paused: dict[str, str] = {}
        #: None named: all.
        self.languages: frozenset[str] = frozenset()
        self.work: dict[str, Held] = {}
        self.used = self.worked = 0
        #: Pieces of work and units held, by channel.
        self.counts: dict[str, int] = {}
        self.units: dict[str, int] = {}
        self.idle_since: datetime | None = None
        self.idle_us = 0
        #: Time with accepted work in hand since the agent signed in, and its share at the last change of it.
        self.signed_in_us = self.busy_us = self.busy_from_us = 0
        self.occupancy = 0.0
        #: Position of the last offer from each queue, by `project/queue`.
        self.turns: dict[str, int] = {}
        #: Turns of offers on their way into the log, by `project/queue`; later than any turn in the log.
        self.asking: dict[str, list[int]] = {}
        #: Where the index has the agent: none unless ready. `stamp` marks the entries that are still true.
        self.rooms: tuple[Room, ...] = ()
        self.rows: dict[Qualification, Row] = {}
        #: Which of its rules they fail first, by what is asked of those who serve their queues.
        self.refusals: dict[Qualification, int] = {}
        self.stamp = 0
        #: Whether the lanes with room for them have them; else they are looked at by name.
        self.parked = False

    @property
    def ready(self) -> bool:
        return self.presence == "ready"

    @property
    def eligible(self) -> bool:
        """Ready, at a site that is not down, and with a profile: only such agents are indexed."""
        return self.presence == "ready" and self.up and self.profile is not None

    def room(self, channel: str) -> Room | None:
        """The room on a channel that they take work on; none unless ready."""
        for room in self.rooms:
            if room.channel == channel:
                return room
        return None

    def turn(self, queue: str) -> int:
        """Their last turn at a queue: the position of the offer, later than all of them while one is on its way."""
        asking = self.asking.get(queue)
        return asking[-1] if asking else self.turns.get(queue, 0)

    def hold(self, work_id: str, channel: str, units: int) -> bool:
        """Hold capacity under `work_id`, in place of what was held under it; whether that changes anything."""
        before = self.work.get(work_id)
        if before is not None:
            if before.channel == channel and before.units == units:
                return False
            self.free(work_id)
        self.work[work_id] = held = Held(channel, units)
        held.worked = before is not None and before.worked
        self.used += units
        self.counts[channel] = self.counts.get(channel, 0) + 1
        self.units[channel] = self.units.get(channel, 0) + units
        return True

    def rename(self, proposed: str, work_id: str) -> bool:
        """What was held for a proposal is held under the work's own id now; whether there was a proposal."""
        held = self.work.pop(proposed, None)
        if held is None:
            return False
        self.work[work_id] = held
        return True

    def free(self, work_id: str) -> Held | None:
        """Free what is held under `work_id`, if anything."""
        held = self.work.pop(work_id, None)
        if held is not None:
            self.used -= held.units
            self.counts[held.channel] -= 1
            self.units[held.channel] -= held.units
        return held

    def sign_in(self, at_us: int) -> None:
        """The time from here on counts for the occupancy."""
        self.signed_in_us, self.busy_us, self.busy_from_us, self.occupancy = at_us, 0, at_us, 0.0

    def work_changes(self, by: int, at_us: int) -> None:
        """One piece of accepted work more (+1) or less (-1); the occupancy is taken here and then stays."""
        if self.worked:
            self.busy_us += at_us - self.busy_from_us
        self.worked += by
        self.busy_from_us = at_us
        passed = at_us - self.signed_in_us
        self.occupancy = self.busy_us / passed if passed > 0 else 0.0


class OpenOffer(NamedTuple):
    """An offer that rings. `expires_us` None: proposed, but not yet seen in the log."""

    agent_id: str
    expires_us: int | None


#: A place in the order of waiting work: the policy's number, then interaction id and leg.
Rank = tuple[int, str, str]

#: Most legs were never offered and never tried: they share these, which nobody changes. A board that was stored has
#: others that are shared alike, so what counts is that they are empty.
_NO_OFFERS: dict[str, OpenOffer] = {}
_NO_TRIES: dict[str, int] = {}
_NO_RANK: Rank = (0, "", "")


class Item(Kept):
    """A leg on the board; while it waits, an item of work."""

    __slots__ = (
        "agent_id", "also", "arrived_us", "cause_at", "cause_id", "channel", "correlation_id", "credit_us", "due",
        "excluded", "expired", "expires_us", "interaction_id", "kept", "language", "language_required", "leg",
        "need", "never", "not_before_us", "noted", "offers", "preferable", "preferred", "preferred_us", "priority",
        "project", "queue", "queue_name", "rank", "ready_us", "rings", "shelf", "shelved", "sibling", "site", "sites",
        "skills", "status", "steps", "tries", "work_id", "wrap_up_us",
    )  # fmt: skip

    # what the event that queues it sets
    queue_name: str
    queue: str
    channel: str
    priority: int
    skills: tuple[tuple[str, int], ...]
    also: tuple[str, ...]
    rings: int
    site: str
    sites: tuple[str, ...]
    language: str
    language_required: bool
    excluded: frozenset[str]
    steps: tuple[int, ...]
    arrived_us: int
    credit_us: int
    ready_us: int
    not_before_us: int | None
    due: bool
    expires_us: int | None
    expired: bool
    preferred: str
    preferred_us: int | None
    #: Whether the time for which it may be kept for the preferred agent has not passed.
    preferable: bool
    tries: dict[str, int]
    offers: dict[str, OpenOffer]
    work_id: str
    agent_id: str
    wrap_up_us: int | None

    def __init__(self, interaction_id: str, leg: str, project: str, sibling: Item | None) -> None:
        self.interaction_id, self.leg, self.project = interaction_id, leg, project
        #: Another leg of the same interaction.
        self.sibling = sibling
        self.status: LegStatus = "absent"
        #: Position and id of the last event of the leg, and the conversation it belongs to.
        self.cause_at, self.cause_id, self.correlation_id = 0, "", ""
        #: Where the index keeps it, and under which rank; none while it cannot be offered. `kept`: for the preferred
        #: agent alone; `never`: who declined or missed it is not asked again.
        self.need: Need | None = None
        self.shelf: Shelf | None = None
        self.rank = self.shelved = _NO_RANK
        self.kept = self.never = False
        #: Whether the index knows already that it changed.
        self.noted = False

    @property
    def cause(self) -> Cause:
        """The last event of the leg."""
        return Cause(self.cause_at, self.cause_id, self.project, self.correlation_id)

    @property
    def plain(self) -> bool:
        """Whether its rank alone says which agents of its need may have it: nobody tried, banned or kept for, nothing
        rings, no moved place."""
        return not (self.tries or self.offers or self.kept or self.excluded or self.credit_us) and (
            self.ready_us == self.arrived_us
        )

    def note_tries(self, trail: Iterable[str]) -> None:
        self.tries = _NO_TRIES
        for agent_id in trail:
            self.note_try(agent_id)

    def note_try(self, agent_id: str) -> None:
        if not self.tries:
            self.tries = {}
        self.tries[agent_id] = self.tries.get(agent_id, 0) + 1

    def ring(self, work_id: str, offer: OpenOffer) -> None:
        if not self.offers:
            self.offers = {}
        self.offers[work_id] = offer

    def hush(self, work_id: str) -> None:
        """An offer is over, if it was open."""
        self.offers.pop(work_id, None)

    def hush_all(self) -> None:
        self.offers = _NO_OFFERS

    def rings_at(self, agent_id: str) -> bool:
        return any(offer.agent_id == agent_id for offer in self.offers.values())
