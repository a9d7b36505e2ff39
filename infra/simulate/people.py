"""The customers and agents of a run, as far as the router does not keep them itself."""

from __future__ import annotations

from collections.abc import Iterator

from domain.interaction.events import InteractionQueued
from domain.interaction.leg import Leg
from infra.simulate.draws import Draw
from infra.simulate.measures import Tally, Window
from infra.simulate.scenario import CustomerClass, Group

WAITING, HANDLED, AFTER, DONE = range(4)


class Line:
    """A class at work: its draws and its counts."""

    __slots__ = (
        "after", "customers", "due", "factors", "handling", "misses", "name", "patience", "pauses_for", "places",
        "queue_values", "tally", "timeout", "wrap_up_limit",
    )  # fmt: skip

    def __init__(self, name: str, customers: CustomerClass, due: Iterator[Due], tally: Tally) -> None:
        self.name, self.customers, self.due, self.tally = name, customers, due, tally
        self.after: Draw | None = None
        self.patience: Draw | None = None
        self.handling: Draw = int
        self.pauses_for = frozenset(customers.pauses_for)
        self.places: Room | None = None
        #: What every `InteractionQueued` of this class says.
        self.queue_values: dict[str, object] = {}
        #: Of its queue: how long an offer rings, how many missed ones in a row are too many, the longest wrap-up.
        self.timeout = self.misses = 0
        self.wrap_up_limit: int | None = None
        self.factors: dict[str, float] = {}


#: An arrival: its moment, and its own handling time and patience where a trace has them.
Due = tuple[int, int | None, int | None]


class Room:
    """Waiting places that some queues share."""

    __slots__ = ("places", "taken")

    def __init__(self, places: int) -> None:
        self.places, self.taken = places, 0


class Contact:
    """One customer's contact."""

    __slots__ = (
        "agent", "arrived", "counted", "due", "handling", "heard", "interaction_id", "leg", "line", "offers",
        "resting", "state", "trail", "turn", "wanted", "work_id",
    )  # fmt: skip

    def __init__(self, interaction_id: str, line: Line, arrived: int, handling: int, counted: bool) -> None:
        self.interaction_id, self.line, self.arrived, self.handling = interaction_id, line, arrived, handling
        #: Whether it arrived in the measured time, and whether its wait was told already.
        self.counted, self.heard = counted, False
        self.state = WAITING
        self.agent: Person | None = None
        self.work_id = ""
        #: Open offers by work id.
        self.offers: dict[str, Person] = {}
        self.trail: tuple[str, ...] = ()
        #: As it was queued last, and the domain's leg once waiting has changed what it asks for.
        self.wanted: InteractionQueued | None = None
        self.leg: Leg | None = None
        #: When it is finished, and the number of that appointment: an older one no longer holds.
        self.due = self.turn = 0
        #: What is left of it while it rests, else None.
        self.resting: int | None = None

    @property
    def channel(self) -> str:
        """The channel it waits or is worked on: a call that broke off is called back."""
        assert self.wanted is not None, "every contact was queued"
        return self.wanted.channel

    def waiting_leg(self) -> Leg:
        """The domain's leg of it, offers aside."""
        assert self.wanted is not None, "every contact was queued"
        return self.leg or Leg("waiting", self.wanted.queue, self.wanted, trail=self.trail)


class Team:
    """A group at work."""

    __slots__ = ("answer", "back_after", "group", "name", "people")

    def __init__(self, name: str, group: Group, answer: Draw | None, back_after: int) -> None:
        self.name, self.group, self.answer, self.back_after = name, group, answer, back_after
        self.people: list[Person] = []


class Person:
    """An agent."""

    __slots__ = (
        "_busy_since", "_here_since", "agent_id", "busy", "down", "here", "holding", "misses", "on_shift", "ready",
        "ringing", "signed_in", "team", "units", "window",
    )  # fmt: skip

    def __init__(self, agent_id: str, team: Team, units: dict[str, int], window: Window) -> None:
        self.agent_id, self.team, self.units, self.window = agent_id, team, units, window
        #: Work in hand, and contacts that ring here, by work id.
        self.holding: dict[str, Contact] = {}
        self.ringing: dict[str, Contact] = {}
        self.on_shift = self.signed_in = self.ready = self.down = False
        self.misses = 0
        self.busy = self.here = self._busy_since = 0
        self._here_since: int | None = None

    def begin(self, work_id: str, contact: Contact, now: int) -> None:
        if not self.holding:
            self._busy_since = now
        self.holding[work_id] = contact

    def end(self, work_id: str, now: int) -> None:
        del self.holding[work_id]
        if not self.holding:
            self.busy += self.window.overlap(self._busy_since, now)

    def come(self, now: int) -> None:
        if self._here_since is None:
            self._here_since = now

    def leave(self, now: int) -> None:
        if self._here_since is not None:
            self.here += self.window.overlap(self._here_since, now)
            self._here_since = None

    def close(self, now: int) -> None:
        """Count what goes on when the simulation ends."""
        if self.holding:
            self.busy += self.window.overlap(self._busy_since, now)
        self.leave(now)

    @property
    def occupancy(self) -> float | None:
        return self.busy / self.here if self.here else None
