"""The scenario document: who calls, how long it takes, who answers. The schema of `examples/scenarios/*.yaml`.

Queues and profiles are the product's own, so a rule that a centre can have, a scenario can have. All times are
seconds from the start of the run unless a name says otherwise.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.centre.documents import Document, Hours, Language, Level, Name, Profile, Queue, Routing, Title
from domain.channel import ChannelName, channel_names

Positive = Annotated[float, Field(gt=0, le=1e9)]
Moment = Annotated[float, Field(ge=0, le=1e9)]
Share = Annotated[float, Field(ge=0, le=1)]


class Lognormal(Document):
    """Mean in seconds and coefficient of variation (standard deviation / mean)."""

    mean: Positive = Field(description="seconds")
    cv: float = Field(gt=0, le=20, description="standard deviation / mean")


class FromFile(Document):
    """A column of a CSV file with a heading line; the path is taken from the scenario's folder."""

    file: str = Field(min_length=1, max_length=400, description="a CSV file beside the scenario")
    column: str = Field(min_length=1, max_length=80, description="the heading of the column, in seconds")


class Duration(Document):
    """A time in seconds that differs from one to the next. Exactly one of these."""

    constant: Moment | None = Field(default=None, description="always so many seconds")
    exponential: Positive | None = Field(default=None, description="mean seconds")
    lognormal: Lognormal | None = None
    empirical: Annotated[list[Moment], Field(min_length=1, max_length=100_000)] | None = Field(
        default=None, description="seconds, each drawn with equal chance"
    )
    trace: FromFile | None = Field(default=None, description="seconds in a file, each drawn with equal chance")


class Step(Document):
    """From a moment on, so many arrivals an hour."""

    start: Moment = Field(description="seconds")
    per_hour: float = Field(ge=0, le=1e7, description="arrivals an hour")


class Trace(Document):
    """Recorded arrivals: one row each, in order, with the moment in seconds from the start of the run.

    Further columns may hold each one's own handling time and patience in seconds; an empty cell is drawn as
    for any other.
    """

    file: str = Field(min_length=1, max_length=400, description="a CSV file beside the scenario")
    at: str = Field(default="at", min_length=1, max_length=80, description="the column of the moment")
    handling: str | None = Field(default=None, description="the column of the handling time")
    patience: str | None = Field(default=None, description="the column of the patience")


class Arrivals(Document):
    """When they come. Exactly one of `per_hour` (Poisson), `steps` (Poisson, differing over time), `times`, `trace`."""

    per_hour: Positive | None = Field(default=None, description="arrivals an hour")
    steps: Annotated[list[Step], Field(min_length=1, max_length=10_000)] | None = None
    repeat: Positive | None = Field(default=None, description="seconds after which the steps begin again")
    times: Annotated[list[Moment], Field(min_length=1, max_length=100_000)] | None = Field(
        default=None, description="seconds, in order"
    )
    trace: Trace | None = None


class ByLevel(Document):
    """Handling takes longer with a beginner: the time is multiplied by the factor for the agent's level."""

    skill: Name = Field(description="one of `skills`")
    factors: Annotated[list[Positive], Field(min_length=1, max_length=10)] = Field(
        description="for level 1, 2, …; the last one holds for all levels above"
    )


def _known(channel: str) -> str:
    if channel not in channel_names():
        raise ValueError(f"there is no channel {channel!r}; there are {', '.join(channel_names())}")
    return channel


KnownChannel = Annotated[ChannelName, AfterValidator(_known)]


class CustomerClass(Document):
    """Customers alike. Without `patience` they wait as long as it takes."""

    channel: KnownChannel
    queue: Name = Field(description="one of `queues`")
    arrivals: Arrivals
    handling: Duration
    handling_by_level: ByLevel | None = None
    wrap_up: Duration | None = Field(default=None, description="the agent's work after contact")
    patience: Duration | None = None
    priority: int | None = Field(default=None, ge=1, le=10, description="1 is most urgent; else the queue's")
    age_credit: int = Field(default=0, ge=0, le=86_400, description="seconds that its place moves forward")
    site: Name | None = Field(default=None, description="one of `sites`, where its contacts belong")
    language: Language = "en"
    pauses_for: tuple[KnownChannel, ...] = Field(default=(), description="channels during whose work this work rests")


class Shift(Document):
    """When a group is at work."""

    start: Moment = Field(description="seconds")
    end: Moment = Field(description="seconds")


class Group(Document):
    """Agents alike. Without `shifts` they are there all the time."""

    count: int = Field(ge=1, le=20_000, description="agents")
    profile: Name = Field(description="one of `profiles`")
    site: Name | None = Field(default=None, description="one of `sites`")
    skills: dict[Name, Level] = Field(default={}, description="level by skill")
    languages: tuple[Language, ...] = Field(default=(), description="that they speak; none named: all")
    shifts: Annotated[tuple[Shift, ...], Field(max_length=1000)] = ()
    repeat: Positive | None = Field(default=None, description="seconds after which the shifts begin again")
    answers_after: Duration | None = Field(default=None, description="from ring to answer; else at once")
    back_after: Positive = Field(default=60, description="seconds after which one who missed offers is ready again")


class Places(Document):
    """So many may wait in these queues together; who comes beyond hears the busy tone."""

    places: int = Field(ge=0, le=1_000_000, description="waiting places, shared")
    queues: tuple[Name, ...] = Field(default=(), description="of `queues`; none named: all")


class PowerCut(Document):
    """A site is down from `start` to `end`: calls break and are queued again, agents are away."""

    site: Name = Field(description="one of `sites`")
    start: Moment = Field(description="seconds")
    end: Moment = Field(description="seconds")


class Bound(Document):
    """What a measure is expected to be, shown beside it. `of` is a class or group; without it the total."""

    measure: str = Field(min_length=1, max_length=40, description="as in the results, such as mean_wait")
    of: Name | None = None
    below: float | None = None
    above: float | None = None


class Run(Document):
    """How long, how often. Measured from `warm_up` to `length`, in every one of `runs` independent runs."""

    length: Positive = Field(description="seconds")
    warm_up: Moment = Field(default=0, description="seconds that are simulated but not measured")
    runs: int = Field(default=10, ge=1, le=10_000, description="independent runs")
    seed: int = Field(default=1, ge=0, le=2**63 - 1)
    mirrored: bool = Field(default=True, description="every second run repeats the one before with mirrored draws")


class ScenarioDocument(Document):
    """A call centre to be tried out."""

    schema_version: Literal[1]
    scenario: Name = Field(description="its name")
    title: Title
    run: Run
    starts_at: datetime = Field(default=datetime(2026, 3, 2, tzinfo=UTC), description="the moment of second 0")
    within: Annotated[list[Moment], Field(max_length=20)] = Field(default=[20], description="the t of P(wait ≤ t)")
    sites: tuple[Name, ...] = ()
    skills: tuple[Name, ...] = ()
    queues: dict[Name, ScenarioQueue] = Field(min_length=1)
    profiles: dict[Name, Profile] = Field(min_length=1, description="their queues are named as in `queues`")
    groups: dict[Name, Group] = Field(min_length=1)
    classes: dict[Name, CustomerClass] = Field(min_length=1)
    routing: Routing = Field(default=Routing(), description="the pool's; shares are named as in `queues`")
    hours: dict[Name, Hours] = Field(default={}, description="opening hours, by name")
    waiting_places: tuple[Places, ...] = ()
    power_cuts: tuple[PowerCut, ...] = ()
    exact: tuple[Literal["erlang_c", "erlang_a", "waiting_places", "equal_occupancy"], ...] = Field(
        default=(), description="formulas whose values are shown beside the simulated ones"
    )
    expect: tuple[Bound, ...] = ()


class ScenarioQueue(Queue):
    """A queue as in a project's document; what people read is of no matter here."""

    title: Title = "Queue"


ScenarioDocument.model_rebuild()
