"""`trunkline explain`: why this agent, why not that one, why nobody yet; and every decision of a log made again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.ports import LogUnavailable, UnreadableEvent
from infra.explaining import documents, words
from infra.explaining.reading import awaited, explained, redecided
from infra.explaining.subject import NothingToExplain, Offered, subject
from infra.log.opened import LogSettings, NoKeyring, open_log
from infra.log.registry import know_all_events
from infra.log.stored import StoredLog

#: Exit codes: what was asked for is not there, or decisions differ; wrong use; the log cannot be used at all.
FAULTY, WRONG_USE, UNUSABLE = 1, 2, 3


def explain(
    context: typer.Context,
    interaction: Annotated[str, typer.Argument(metavar="[INTERACTION]", help="Its id.")] = "",
    leg: Annotated[str, typer.Option(help="Which leg; else the last one that was queued.")] = "",
    agent: Annotated[str, typer.Option(help="Why not this agent, and what would have chosen them.")] = "",
    offer: Annotated[int | None, typer.Option(min=1, help="Which offer of the leg, from 1; else the last.")] = None,
    store: Annotated[
        str, typer.Option("--store", "--log", help="Address of the log: sqlite:///file or postgresql://…")
    ] = "",
    verify: Annotated[
        bool, typer.Option("--verify", help="Make every decision of the log again and compare, byte for byte.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")] = False,
) -> None:
    """Explain a routing decision, or why a contact still waits, from the log alone.

    Reads beside a running centre. With --verify: exit code 1 when a decision differs.
    """
    if bool(interaction) == verify:
        _fail("name an interaction to explain, or --verify to make every decision again", WRONG_USE)
    if verify and (leg or agent or offer is not None):
        _fail("--verify makes every decision again: it goes with none of --leg, --agent, --offer", WRONG_USE)
    url = store or _log_url(context.obj)
    if verify:
        sound = _run(url, lambda log: _verify(log, as_json=as_json))
        if not sound:
            raise typer.Exit(FAULTY)
    else:
        typer.echo(_run(url, lambda log: _explain(log, interaction, leg, agent, offer, as_json=as_json)))


async def _explain(log: StoredLog, interaction: str, leg: str, agent: str, offer: int | None, *, as_json: bool) -> str:
    what = await subject(log, interaction, leg, offer)
    with _progress("folding") as step:
        if isinstance(what, Offered):
            found = await explained(log, what, agent or None, step)
            return _text(documents.decision(what, found)) if as_json else words.decision(what, found)
        waiting = await awaited(log, what, agent or None, await log.head(), step)
        return _text(documents.waiting(what, waiting)) if as_json else words.waiting(what, waiting)


async def _verify(log: StoredLog, *, as_json: bool) -> bool:
    with _progress("deciding again") as step:
        found = await redecided(log, await log.head(), step)
    typer.echo(_text(documents.verified(found)) if as_json else words.verified(found))
    return found.same


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _log_url(settings: LogSettings | None) -> str:
    if settings is None or not settings.log_url:
        _fail("which log? give --store sqlite:///path/to/file or --store postgresql://…", UNUSABLE)
    return settings.log_url


def _run(url: str, work: Callable[[StoredLog], Coroutine[Any, Any, Any]]) -> Any:
    know_all_events()

    async def opened() -> Any:
        async with _opened(url) as log:
            return await work(log)

    try:
        return asyncio.run(opened())
    except NothingToExplain as fault:
        _fail(fault.reason, FAULTY)
    except UnreadableEvent as fault:
        _fail(str(fault), FAULTY)
    except (LogUnavailable, OSError, ValueError) as fault:
        _fail(str(fault), UNUSABLE)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@asynccontextmanager
async def _opened(url: str) -> AsyncGenerator[StoredLog]:
    """Without keys: nothing personal is needed to decide, so nothing personal is opened."""
    log = await open_log(url, NoKeyring(), write=False)
    try:
        yield log
    finally:
        await log.close()


@contextmanager
def _progress(word: str) -> Generator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(word, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


def _fail(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
