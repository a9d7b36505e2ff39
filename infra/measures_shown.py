"""Measures in a terminal: service, work and agents' time, a row for each group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from projections.queries.measures import Level, MeasuredGroup, Measures

NOTHING = "–"
#: One column of a table: its heading, and what it shows of a group.
Columns = Sequence[tuple[str, Callable[[MeasuredGroup], str]]]


def console_for_tables() -> Console:
    """Where nobody says how wide the screen is, it is wide."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=180)


def seconds(value: float | None) -> str:
    """`8.4 s`, `3:05` (minutes), `2:03:05` (hours)."""
    if value is None:
        return NOTHING
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1%}"


def number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _level(level: Level) -> str:
    if level.level is None:
        return NOTHING
    return f"{level.level:.1%} ({level.met}/{level.met + level.missed}){'' if level.reached else ' !'}"


def _flowed(group: MeasuredGroup) -> str:
    return ", ".join(f"{count} {where}" for where, count in group.flowed_out.items()) or "0"


SERVICE: Columns = (
    ("contacts", lambda g: str(g.contacts)),
    ("answered", lambda g: str(g.answered)),
    ("abandoned", lambda g: f"{g.abandoned} ({share(g.abandon_share)})"),
    ("flowed out", _flowed),
    ("cancelled", lambda g: str(g.cancelled)),
    ("waiting", lambda g: str(g.waiting)),
    ("speed of answer", lambda g: seconds(g.speed_of_answer)),
    ("mean wait", lambda g: seconds(g.mean_wait)),
    ("longest", lambda g: seconds(g.longest_wait)),
    ("announced off by", lambda g: seconds(g.announced_absolute_error)),
)
WORK: Columns = (
    ("offers", lambda g: str(g.offers)),
    ("missed", lambda g: f"{g.missed} ({share(g.missed_share)})"),
    ("declined", lambda g: str(g.declined)),
    ("handled", lambda g: str(g.handled)),
    ("talk", lambda g: seconds(g.talk)),
    ("wrap-up", lambda g: seconds(g.wrap_up)),
    ("handling", lambda g: seconds(g.handling)),
    ("dialled", lambda g: _of_origin(g, "dialled")),
    ("handed over", lambda g: _of_origin(g, "handed_over")),
    ("all handling", lambda g: seconds(g.handling_by_origin["all"].handling)),
    ("transferred", lambda g: f"{g.transfers} ({share(g.transfer_share)})"),
    ("resolved", lambda g: str(g.resolved)),
    ("at first contact", lambda g: share(g.first_contact_resolution)),
    ("rating: agent", lambda g: f"{number(g.agent_rating)} ({g.agent_ratings})"),
    ("company", lambda g: f"{number(g.company_rating)} ({g.company_ratings})"),
)
TIME: Columns = (
    ("signed in", lambda g: seconds(g.signed_in)),
    ("working", lambda g: seconds(g.working)),
    ("idle", lambda g: seconds(g.idle)),
    ("not responding", lambda g: seconds(g.not_responding)),
    ("not ready", lambda g: _reasons(g)),
    ("occupancy", lambda g: share(g.occupancy)),
    ("consulting", lambda g: seconds(g.consulting)),
    ("occupancy with it", lambda g: share(g.occupancy_with_consults)),
    ("channels paused", lambda g: _named(g.paused)),
)


def _of_origin(group: MeasuredGroup, origin: str) -> str:
    told = group.handling_by_origin[origin]
    return f"{told.handled} ({seconds(told.handling)})"


def _reasons(group: MeasuredGroup) -> str:
    return _named(group.not_ready)


def _named(spent: Mapping[str, float] | None) -> str:
    return ", ".join(f"{name} {seconds(lasted)}" for name, lasted in (spent or {}).items()) or NOTHING


def print_measures(console: Console, measured: Measures) -> None:
    """All of it: service with every definition, work, and agents' time."""
    title = f"{measured.project}: {_local(measured, 'since')} to {_local(measured, 'until')} ({measured.zone})"
    console.print(Text(title, style="bold"))
    levels: Columns = tuple((name, _level_of(name)) for name in measured.definitions)
    _print(console, measured, (*SERVICE, *levels))
    if not measured.definitions:
        console.print("no definition of good service: add `service_levels` to the project's document", style="dim")
    _print(console, measured, WORK)
    if measured.by not in ("queue", "channel"):
        _print(console, measured, TIME)


def _local(measured: Measures, end: str) -> str:
    moment = measured.since if end == "since" else measured.until
    return moment.isoformat(sep=" ", timespec="minutes")


def _level_of(name: str) -> Callable[[MeasuredGroup], str]:
    return lambda group: _level(group.levels[name])


def _print(console: Console, measured: Measures, columns: Columns) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    if measured.by:
        table.add_column(measured.by)
    for heading, _ in columns:
        table.add_column(heading, justify="right")
    for group in measured.groups:
        table.add_row(Text(group.key or NOTHING), *(Text(show(group)) for _, show in columns))
    totals = [Text(show(measured.total)) for _, show in columns]
    table.add_row(*([Text("all")] if measured.by else []), *totals, style="bold" if measured.by else "")
    console.print(table)
    console.print()
