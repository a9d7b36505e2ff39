"""`trunkline demo`: a small centre with three sites, simulated customers and agents, on this machine only."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from infra.demo.pace import Pace
from infra.logs import configure_logs

if TYPE_CHECKING:
    from infra.demo.running import Run

#: Exit code: an invariant was broken.
BROKEN = 1
#: Seconds between two lines, on a terminal and elsewhere.
ON_TERMINAL, ELSEWHERE = 0.5, 5.0
HTTP_PORT, SMTP_PORT, START_PORT = 8080, 2525, 8090
#: Seconds that agents get to finish after Ctrl-C.
AFTER_CTRL_C = 10.0


class Where(NamedTuple):
    """Folder and ports; 0: any free one."""

    data: Path | None
    port: int
    smtp_port: int
    start_port: int


def demo(
    seconds: Annotated[
        float | None, typer.Option(min=1, max=86_400, help="How long customers come; without it until Ctrl-C.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="No display; one JSON object at the end.")] = False,
    customers: Annotated[float, typer.Option(min=0.1, max=6_000, help="Customers a minute at speed 1.")] = 36,
    speed: Annotated[float, typer.Option(min=0.1, max=100, help="How fast people live.")] = 1.0,
    seed: Annotated[int | None, typer.Option(help="What people do is drawn from it; without it, anything.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Keep the centre in this folder; without it, a temporary one.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="HTTP port; another one where it is taken.")] = HTTP_PORT,
    smtp_port: Annotated[
        int, typer.Option(min=0, max=65_535, help="SMTP port; another one where it is taken.")
    ] = SMTP_PORT,
    start_port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port of the start page; another one where it is taken.")
    ] = START_PORT,
    cluster: Annotated[
        bool, typer.Option("--cluster", help="Many processes on a PostgreSQL of their own instead of one on SQLite.")
    ] = False,
    drain: Annotated[float, typer.Option(min=0, max=3_600, help="Seconds agents get to finish at the end.")] = 90.0,
    most_mails: Annotated[int, typer.Option(min=1, max=1_000_000, help="Bound of the run, in mails.")] = 50_000,
    power_cut: Annotated[
        str | None, typer.Option(help="The power fails at this site for a quarter of the run (needs --seconds).")
    ] = None,
    new_policy: Annotated[
        bool, typer.Option("--new-policy", help="Another routing policy is applied during the run (needs --seconds).")
    ] = False,
) -> None:
    """Run a small centre with simulated customers and agents; mails and API calls are real, on the loopback.

    Exit code 1 when an invariant was broken.
    """
    if as_json and seconds is None:
        raise typer.BadParameter("--json tells what happened at the end: say when that is with --seconds")
    if (power_cut is not None or new_policy) and seconds is None:
        raise typer.BadParameter("--power-cut and --new-policy happen at a share of the run: give it --seconds")
    configure_logs("error" if as_json else "warning")
    pace = Pace(
        customers=customers,
        speed=speed,
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
        seconds=seconds,
        drain=drain if seconds is not None else AFTER_CTRL_C,
        most_mails=most_mails,
        power_cut=power_cut,
        policy_changes=new_policy,
    )
    where = Where(data, port, smtp_port, start_port)
    result = asyncio.run(_run(pace, where, quiet=as_json, cluster=cluster))
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        _tell(result)
    if result["invariants"]["broken"]:
        raise typer.Exit(BROKEN)


async def _run(pace: Pace, where: Where, *, quiet: bool, cluster: bool) -> dict[str, Any]:
    # a whole centre is slow to import, and this module is imported for every command
    from infra.demo.running import check, live, opened
    from infra.demo.telling import report

    opening = opened(
        pace,
        data=where.data,
        http_port=where.port,
        smtp_port=where.smtp_port,
        start_port=where.start_port,
        cluster=cluster,
    )
    async with opening as (run, server):
        showing = asyncio.create_task(_nothing() if quiet else _show(run))
        try:
            with _until_ctrl_c(run) as stop:
                await live(run, server, stop)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)
        if not quiet:
            Console(highlight=False).print("\nHolding the log against what everybody saw …")
        return report(run, await check(run))


@contextmanager
def _until_ctrl_c(run: Run) -> Generator[asyncio.Event]:
    """Set by the first Ctrl-C (or SIGTERM), upon which agents get a little time to finish; the second one ends that."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def stopped() -> None:
        (run.day.over if stop.is_set() else stop).set()

    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stopped)
    try:
        yield stop
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


async def _nothing() -> None:
    """Headless."""


async def _show(run: Run) -> None:
    """The introduction, then one line that keeps changing; a line now and then where there is no terminal."""
    from infra.demo.telling import introduction, line

    console = Console(highlight=False, soft_wrap=True)
    console.print(introduction(run))
    if not console.is_terminal:
        while True:
            console.print(line(run), markup=False)
            await asyncio.sleep(ELSEWHERE)
    with Live(console=console, auto_refresh=False, transient=False) as shown:
        while True:
            shown.update(Text(line(run), no_wrap=True, overflow="ellipsis"), refresh=True)
            await asyncio.sleep(ON_TERMINAL)


def _tell(result: dict[str, Any]) -> None:
    console = Console(highlight=False)
    counts, level = result["counts"], result["service_level"]
    console.print()
    console.print(", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if number))
    for name, one in level["queues"].items():
        if one["share"] is not None:
            told = f"{one['share']:.0%} of {one['answered'] + one['abandoned']} within {one['target_seconds']} s"
            console.print(f"  {name:<24} {told}, {one['average_speed_of_answer']:.1f} s on average", markup=False)
    if result["incidents"]:
        _tell_by_site(console, result)
    broken = result["invariants"]["broken"]
    for fault in broken:
        console.print(f"BROKEN {fault}", style="bold red", markup=False)
    console.print(f"{len(result['invariants']['checked'])} invariants checked, {len(broken)} broken")


def _tell_by_site(console: Console, result: dict[str, Any]) -> None:
    """What happened to the centre, and how long customers waited for each site's agents before, during and after."""
    for incident in result["incidents"]:
        console.print("  " + ", ".join(f"{name} {value}" for name, value in incident.items()), markup=False)
    for site, parts in result["wait_by_site"].items():
        told = [f"{part} {one['answered']} answered after {one['mean_wait']:.1f} s" for part, one in parts.items()]
        console.print(f"  {site:<24} {'; '.join(told) or 'nobody answered'}", markup=False)
