"""`trunkline staffing`: how many agents and lines, from typed numbers or from the log's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from infra.load_settings import load_settings
from infra.simulate.demand import Demand, Interval, events, together
from infra.simulate.staffing import Staffing, Wishes, Work, staff
from infra.simulate.telling import console as wide_console
from infra.stores import open_stores
from router.sizing import Promise

#: Exit code: the numbers make no sense, or the log has nothing to tell.
FAULTY = 1
_DAY = 86_400


def staffing(
    arrivals: Annotated[float | None, typer.Option(help="Arrivals an hour; without it the log's own.")] = None,
    handling: Annotated[float | None, typer.Option(help="Mean handling time, wrap-up included, seconds.")] = None,
    patience: Annotated[float | None, typer.Option(help="Mean patience, seconds; without it nobody gives up.")] = None,
    share: Annotated[float, typer.Option(help="Share of all to be answered in time.")] = 0.8,
    within: Annotated[float, typer.Option(help="In time means within so many seconds.")] = 20.0,
    occupancy: Annotated[float, typer.Option(help="Highest share of time at work.")] = 1.0,
    shrinkage: Annotated[float, typer.Option(help="Share of paid time away: breaks, training, sickness.")] = 0.0,
    busy: Annotated[float, typer.Option(help="Share of busy tones allowed, for the number of lines.")] = 0.01,
    queue: Annotated[str, typer.Option(help="From the log: only this project/queue.")] = "",
    channel: Annotated[str, typer.Option(help="From the log: only this channel.")] = "",
    interval: Annotated[int, typer.Option(min=60, max=_DAY, help="From the log: seconds of an interval.")] = 1800,
    since: Annotated[datetime | None, typer.Option(help="From the log: arrivals from this moment, UTC.")] = None,
    until: Annotated[datetime | None, typer.Option(help="From the log: arrivals before this moment, UTC.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """The fewest agents that keep a promise (Erlang A with patience, else Erlang C), and lines (Erlang B).

    Give --arrivals and --handling, or neither: then both, and the patience, are those of the centre's log, for each
    interval of the average day.
    """
    if (arrivals is None) != (handling is None):
        raise typer.BadParameter("give --arrivals and --handling together, or neither to take them from the log")
    try:
        promise = Promise(share=share, within=within, occupancy=occupancy)
        wishes = Wishes(promise=promise, shrinkage=shrinkage, busy_share=busy)
        if arrivals is not None and handling is not None:
            rows = [({}, staff(Work(per_hour=arrivals, handling=handling, patience=patience), wishes))]
        else:
            if _DAY % interval:
                raise ValueError(f"--interval must divide a day, {interval} s do not; for example 1800")
            demand = asyncio.run(_demand(interval, _utc(since), _utc(until)))
            rows = _from_log(demand, (queue, channel), patience, wishes)
    except ValueError as fault:
        Console(stderr=True).print(str(fault), style="red", markup=False, highlight=False)
        raise typer.Exit(FAULTY) from None
    _print_json(rows, wishes) if as_json else _print(rows, wishes)


Row = tuple[dict[str, Any], Staffing]


def _utc(at: datetime | None) -> datetime | None:
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


async def _demand(interval: int, since: datetime | None, until: datetime | None) -> Demand:
    demand = Demand(interval)
    async with open_stores(load_settings(), write=False) as stores:
        async for recorded in events(stores.log, since, until):
            demand.fold(recorded)
    return demand


def _from_log(demand: Demand, only: tuple[str, str], patience: float | None, wishes: Wishes) -> list[Row]:
    """A row for every interval of the average day. Where one has no finished work, its queue's mean is taken."""
    day = {
        key: told
        for key, told in demand.average_day().items()
        if only[0] in ("", key.queue) and only[1] in ("", key.channel)
    }
    whole: dict[tuple[str, str], Interval] = {}
    for queue, channel in {(key.queue, key.channel) for key in day}:
        whole[queue, channel] = together(one for key, (_, one) in day.items() if key[:2] == (queue, channel))
    rows: list[Row] = []
    for key, (per_hour, one) in day.items():
        all_day = whole[key.queue, key.channel]
        mean = one.mean_handling or all_day.mean_handling
        if mean is None or mean <= 0:
            continue
        work = Work(per_hour=per_hour, handling=mean, patience=patience or all_day.mean_patience)
        where = {"queue": key.queue, "channel": key.channel, "start": key.start.strftime("%H:%M")}
        rows.append((where, staff(work, wishes)))
    if not rows:
        raise ValueError("the log tells of no finished work here: give --arrivals and --handling, or another --queue")
    return rows


def _print_json(rows: Sequence[Row], wishes: Wishes) -> None:
    promise = wishes.promise
    told = {
        "share": promise.share,
        "within": promise.within,
        "highest_occupancy": promise.occupancy,
        "shrinkage": wishes.shrinkage,
        "busy_share": wishes.busy_share,
        "rows": [where | found.as_json() for where, found in rows],
    }
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _print(rows: Sequence[Row], wishes: Wishes) -> None:
    promise = wishes.promise
    console = wide_console()
    console.print(f"{promise.share:.0%} answered within {promise.within:g} s, at most {promise.occupancy:.0%} at work")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (*rows[0][0], "per hour", "handling", "patience", "load", "agents", "scheduled", "in time",
                    "mean wait", "give up", "at work", "lines"):  # fmt: skip
        table.add_column(heading, justify="left" if heading in rows[0][0] else "right")
    for where, one in rows:
        table.add_row(
            *where.values(),
            f"{one.per_hour:.1f}",
            f"{one.handling:.0f} s",
            "–" if one.patience is None else f"{one.patience:.0f} s",
            f"{one.load:.2f}",
            str(one.agents),
            str(one.scheduled),
            f"{one.answered_within:.1%}",
            f"{one.mean_wait:.1f} s",
            f"{one.abandoned_share:.2%}",
            f"{one.occupancy:.1%}",
            str(one.lines),
        )
    console.print(table)
