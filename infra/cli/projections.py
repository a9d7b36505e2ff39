"""`trunkline rebuild`: make the read models anew from the log, or check that they are what the log says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from domain.ports import LogUnavailable, UnreadableEvent
from infra.keys.stored import KeyringUnavailable
from infra.load_settings import load_settings
from infra.rebuild import NeverLevel, Rebuild, Rebuilt, Watcher
from infra.rebuild import Progress as Step
from infra.rows.applying import PoisonEvent
from infra.rows.opened import open_rows
from infra.rows.port import PositionMoved, RowStore, RowsUnavailable
from infra.stores import Stores, open_stores
from projections.catalogue import PROJECTIONS
from projections.schema import Projection

#: Exit codes: rows differ from the log or an event cannot be projected; the log or the rows cannot be used at all.
FAULTY, UNUSABLE = 1, 3


def rebuild(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]…", help="Which read models; all when none is named.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Only compare: rebuild beside the live rows, report, drop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a read model, for scripts.")] = False,
) -> None:
    """Rebuild read models from the log while the old ones keep serving.

    A rebuild that was broken off goes on where it stood. It may run beside a running centre.
    """
    chosen = _chosen(names or [])
    try:
        results = asyncio.run(_run(chosen, verify=verify, as_json=as_json))
    except (PoisonEvent, UnreadableEvent, NeverLevel, PositionMoved) as fault:
        _fail(str(fault), FAULTY)
    except (LogUnavailable, RowsUnavailable, KeyringUnavailable) as fault:
        _fail(str(fault), UNUSABLE)
    if any(result.differences for result in results):
        raise typer.Exit(FAULTY)


def _chosen(names: list[str]) -> list[Projection]:
    unknown = [name for name in names if name not in PROJECTIONS]
    if unknown:
        _fail(f"there is no read model {', '.join(unknown)}; there are {', '.join(PROJECTIONS)}", 2)
    return [PROJECTIONS[name] for name in dict.fromkeys(names or PROJECTIONS)]


async def _run(chosen: list[Projection], *, verify: bool, as_json: bool) -> list[Rebuilt]:
    results: list[Rebuilt] = []
    async with _opened() as (stores, rows):
        for projection in chosen:
            with _bar(projection.name) as watch:
                parts = Rebuild(stores.log, rows, stores.opener, watch=watch)
                done = await (parts.verify(projection) if verify else parts.replace(projection))
            typer.echo(_as_json(done) if as_json else _as_line(done, verify=verify))
            results.append(done)
    return results


@asynccontextmanager
async def _opened() -> AsyncIterator[tuple[Stores, RowStore]]:
    settings = load_settings()
    async with open_stores(settings, write=False) as stores:
        rows = await asyncio.to_thread(open_rows, settings.rows_location)
        try:
            yield stores, rows
        finally:
            rows.close()


class _bar:  # noqa: N801  read as a phrase: with _bar(name) as watch
    """Progress on standard error: positions done of the log's head, events a second, time left."""

    def __init__(self, name: str) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(name, total=1, rate="")

    def __enter__(self) -> Watcher:
        self._bar.start()
        return self._show

    def _show(self, step: Step) -> None:
        speed = self._bar.tasks[0].speed
        rate = f"{speed:,.0f} events/s" if speed else ""
        self._bar.update(self._task, total=max(1, step.head), completed=step.position, rate=rate)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _as_json(done: Rebuilt) -> str:
    return json.dumps(
        {
            "projection": done.projection,
            "position": done.position,
            "events": done.events,
            "resumed_at": done.resumed_at,
            "differences": [difference._asdict() for difference in done.differences],
        }
    )


def _as_line(done: Rebuilt, *, verify: bool) -> str:
    resumed = f", taken up at {done.resumed_at}" if done.resumed_at else ""
    if not verify:
        return f"{done.projection}: rebuilt from {done.events} events up to position {done.position}{resumed}"
    if not done.differences:
        return f"{done.projection}: live rows equal the log up to position {done.position}"
    tables = "; ".join(f"{d.table}: {d.only_live} only live, {d.only_rebuilt} only rebuilt" for d in done.differences)
    return f"{done.projection}: live rows differ from the log: {tables}. Run `trunkline rebuild {done.projection}`"


def _fail(reason: str, code: int) -> NoReturn:
    Console(stderr=True).print(f"[red]{reason}[/red]", highlight=False, markup=True)
    raise typer.Exit(code)
