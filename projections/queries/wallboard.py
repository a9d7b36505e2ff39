"""The wallboard of a project: how it goes now and how the day went, each figure with its target and what it means.

The current interval comes first; counters of the day begin at the project's local midnight. All is read from sums
and counts, so that a board costs as much on a long day as on a short one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from domain.centre.wallboard import MORE_IS_BETTER, OF_AGENTS, Metric, Wallboard
from projections.queries.agents import PRESENCES, agents_at
from projections.queries.figures import ServiceLevel, ratings, service_levels
from projections.queries.measures.rules import zone_of
from projections.queries.metrics import DEFINITIONS, Unit
from projections.queries.queues import QueueLength, queue_lengths
from projections.reading import Reader, View, reads

IN_HAND = ("offered", "accepted", "connected", "wrap_up")


class Tile(View):
    """One figure. `met`: whether it is as good as its target; None where there is none, or nothing to measure.

    `events`: where the events behind it are read, from the beginning of its span.
    """

    metric: Metric
    value: float | None
    unit: Unit
    target: float | None
    met: bool | None
    definition: str
    formula: str
    events: str


class SpanTiles(View):
    """The figures of a span, of the whole project and by queue."""

    since: datetime
    tiles: tuple[Tile, ...]
    queues: dict[str, tuple[Tile, ...]]


class ChannelCounts(View):
    """Work of one channel: what waits, and how much agents have in hand, by state."""

    waiting: int
    in_hand: dict[str, int]


class SiteCounts(View):
    """A site: its agents by state, and what waits that came through it."""

    agents: dict[str, int]
    waiting: int


class WallboardView(View):
    """`interval` comes first, then `now` (which has no span) and `day`, from local midnight in `zone`."""

    project: str
    as_of: datetime
    zone: str
    interval: SpanTiles
    now: SpanTiles
    day: SpanTiles
    channels: dict[str, ChannelCounts]
    sites: dict[str, SiteCounts]
    agents: dict[str, int]


def interval_start(now: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """When the local interval began that holds a moment, in UTC."""
    local = now.astimezone(zone)
    into = timedelta(minutes=local.minute % minutes, seconds=local.second, microseconds=local.microsecond)
    return now.astimezone(UTC) - into


def day_start(now: datetime, zone: ZoneInfo) -> datetime:
    """The last local midnight, in UTC."""
    return datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone).astimezone(UTC)


@reads("queue_board", "agent_board", "figures", "contact_measures", "alerts")
def wallboard(read: Reader, project: str, now: datetime) -> WallboardView:
    """Raises `NotConfigured` for a project that there is none of."""
    rules = read.get("wallboard_rules", (project,)) or {"pool": "", "wallboard": {}, "channels": [], "sites": []}
    settings = Wallboard.model_validate(rules["wallboard"])
    zone = ZoneInfo(settings.time_zone) if settings.time_zone else zone_of(read, project)
    lengths = queue_lengths(read, project, now)
    board = _Board(read, project, settings.targets, now)
    pool: str = rules["pool"]
    agents = {presence: read.count("agents", {"pool": pool, "presence": presence}) for presence in PRESENCES}
    return WallboardView(
        project=project,
        as_of=now,
        zone=zone.key,
        interval=board.span(interval_start(now, settings.interval, zone)),
        now=board.present(lengths, agents["ready"]),
        day=board.span(day_start(now, zone)),
        channels={name: board.channel(name) for name in rules["channels"]},
        sites=dict(_sites(read, pool, lengths)),
        agents=agents,
    )


def _sites(read: Reader, pool: str, lengths: Sequence[QueueLength]) -> Iterator[tuple[str, SiteCounts]]:
    waiting: dict[str, int] = {}
    for length in lengths:
        for one in length.sites:
            waiting[one.site] = waiting.get(one.site, 0) + one.waiting
    known = read.get("wallboard_sites", (pool,))
    names = tuple(sorted({*(known["sites"] if known else ()), *(name for name in waiting if name)}))
    for site, agents in agents_at(read, pool, names).items():
        yield site, SiteCounts(agents=agents, waiting=waiting.get(site, 0))


class _Board:
    """One board being made."""

    def __init__(self, read: Reader, project: str, targets: Mapping[str, float], now: datetime) -> None:
        self._read, self._project, self._targets, self._now = read, project, targets, now

    def span(self, since: datetime) -> SpanTiles:
        # a figure's row bears the quarter of an hour in which the wait began: the one that runs now belongs to it
        until = self._now + timedelta(minutes=15)
        levels = service_levels(self._read, self._project, since, until)
        company, _ = ratings(self._read, self._project, since, until)
        rating = self._tile("rating", company.mean, since)
        queues = {level.queue: tuple(self._level(level, since)) for level in levels}
        return SpanTiles(since=since, tiles=(*self._level(_sum(levels), since), rating), queues=queues)

    def _level(self, level: ServiceLevel, since: datetime) -> Iterator[Tile]:
        ended = level.answered + level.abandoned
        yield self._tile("service_level", level.level, since)
        yield self._tile("speed_of_answer", level.mean_wait, since)
        yield self._tile("abandon_share", level.abandoned / ended if ended else None, since)

    def present(self, lengths: Sequence[QueueLength], ready: int) -> SpanTiles:
        oldest = min((one.oldest for one in lengths if one.oldest), default=None)
        of_all = (
            self._tile("longest_wait", self._wait(oldest)),
            self._tile("waiting", sum(one.waiting for one in lengths)),
            self._tile("in_contact", self._in_hand("connected")),
            self._tile("ready_agents", ready),
        )
        queues = {
            one.queue: (self._tile("longest_wait", self._wait(one.oldest)), self._tile("waiting", one.waiting))
            for one in lengths
        }
        return SpanTiles(since=self._now, tiles=of_all, queues=queues)

    def channel(self, name: str) -> ChannelCounts:
        where = {"project": self._project, "channel": name}
        waiting = self._read.count("queue_waiting", where, by="ready_at", until=self._now)
        in_hand = {status: self._in_hand(status, channel=name) for status in IN_HAND}
        return ChannelCounts(waiting=waiting, in_hand=in_hand)

    def _in_hand(self, status: str, **more: str) -> int:
        return self._read.count("agent_work", {"project": self._project, "status": status, **more})

    def _wait(self, oldest: datetime | None) -> float:
        return 0.0 if oldest is None else max(0.0, (self._now - oldest).total_seconds())

    def _tile(self, metric: Metric, value: float | None, since: datetime | None = None) -> Tile:
        definition, target = DEFINITIONS[metric], self._targets.get(metric)
        met = None
        if value is not None and target is not None:
            met = value >= target if metric in MORE_IS_BETTER else value <= target
        return Tile(
            metric=metric,
            value=value,
            unit=definition.unit,
            target=target,
            met=met,
            definition=definition.text,
            formula=definition.formula,
            events=self._events(metric, since),
        )

    def _events(self, metric: Metric, since: datetime | None) -> str:
        query = [("type", kind.wire) for kind in DEFINITIONS[metric].events]
        if since is not None:
            query.append(("since", since.isoformat()))
        where = "/api/events" if metric in OF_AGENTS else f"/api/projects/{self._project}/events"
        return f"{where}?{urlencode(query)}"


def _sum(levels: Sequence[ServiceLevel]) -> ServiceLevel:
    """All queues together."""
    answered, abandoned = sum(one.answered for one in levels), sum(one.abandoned for one in levels)
    in_time, ended = sum(one.in_time for one in levels), answered + abandoned
    waited = sum((one.mean_wait or 0.0) * one.answered for one in levels)
    return ServiceLevel(
        queue="",
        offered=sum(one.offered for one in levels),
        answered=answered,
        in_time=in_time,
        abandoned=abandoned,
        flowed_out=sum(one.flowed_out for one in levels),
        cancelled=sum(one.cancelled for one in levels),
        level=in_time / ended if ended else None,
        mean_wait=waited / answered if answered else None,
    )


def figure(board: WallboardView, metric: Metric, over: Literal["interval", "day"], queue: str | None) -> float | None:
    """One figure of a board; None where there is nothing to measure."""
    spans = {"interval": board.interval, "day": board.day}
    tiles = spans[over] if DEFINITIONS[metric].spans else board.now
    found = tiles.tiles if queue is None else tiles.queues.get(queue, ())
    return next((tile.value for tile in found if tile.metric == metric), None)
