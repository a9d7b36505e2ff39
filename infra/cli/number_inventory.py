"""`trunkline numbers list`: which number or mailbox leads to what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.centre.documents import CentreDocument, ProjectDocument
from infra.cli.check import Opening, print_finding
from infra.configured import Configured
from infra.documents import Checked, check_files
from infra.number_inventory import Reached, inventory

Documents = tuple[Sequence[CentreDocument], Sequence[ProjectDocument]]
#: `in`: the language.
_COLUMNS = ("number or mailbox", "leads to", "provider", "lines", "site", "in")


def make_list(opening: Opening) -> Callable[..., None]:
    """The command `list` on the log that `opening` opens."""

    def list_numbers(
        files: Annotated[
            list[Path] | None,
            typer.Argument(metavar="[FILE]...", help="Documents, or folders of them; without, those in force."),
        ] = None,
        project: Annotated[str, typer.Option(metavar="NAME", help="Only this project's.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="One JSON array, for scripts.")] = False,
    ) -> None:
        """List every number and mailbox: where it leads, who carries it, how many lines, which site and language.

        Exit codes: 1 the documents have faults, 2 a file cannot be read, 3 the log cannot be used.
        """
        centres, projects = _of_files(files) if files else asyncio.run(_in_force(opening))
        known = [one.project for one in projects]
        if project and project not in known:
            raise typer.BadParameter(f"there is no project {project!r}; there are {', '.join(known) or 'none'}")
        found = [one for one in inventory(centres, projects) if project in ("", one.project)]
        if as_json:
            typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        else:
            _print(found)

    return list_numbers


def _of_files(files: Sequence[Path]) -> Documents:
    checked = check_files(files)
    if checked.exit_code:
        _refuse(checked)
        raise typer.Exit(checked.exit_code)
    return checked.centres, checked.projects


def _refuse(checked: Checked) -> None:
    console = Console(stderr=True, soft_wrap=True)
    for file, reason in checked.unreadable:
        console.print(f"{file}: cannot be read: {reason}", markup=False, highlight=False)
    for finding in checked.faults:
        print_finding(console, finding)


async def _in_force(opening: Opening) -> Documents:
    async with opening() as opened:
        configured = Configured(opened.log)
        await configured.catch_up()
        return list(configured.centres.values()), list(configured.projects.values())


def _print(found: Sequence[Reached]) -> None:
    """A table for each project; what stands in it is folded and never cut, so that it can be copied."""
    console = Console()
    if not found:
        console.print("there is none yet: declare `numbers` and `mailboxes` in a project's document", highlight=False)
    for project, its in groupby(found, lambda one: one.project):
        table = Table("name", *_COLUMNS, title=escape(project), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for column in table.columns:
            column.overflow = "fold"
        table.columns[1].no_wrap = True
        for one in its:
            table.add_row(*(escape(cell) for cell in _cells(one)))
        console.print(table)


def _cells(one: Reached) -> Iterator[str]:
    yield one.name
    yield "\n".join(_written(one))
    yield "\n".join(_leads_to(one))
    yield "" if one.provider is None else one.provider
    yield "" if one.lines is None else str(one.lines)
    yield one.site or ""
    yield one.language


def _leads_to(one: Reached) -> Iterator[str]:
    if one.flow is not None:
        yield f"calls: {one.flow}"
    if one.department is not None:
        yield f"{'texts' if one.kind == 'number' else 'mail'}: {one.department}"


def _written(one: Reached) -> Iterator[str]:
    """The address as people write it, and the other ways to it below."""
    yield one.shown or one.address
    if one.vanity is not None:
        yield f"{one.vanity} = {one.vanity_digits}"
    if one.kind == "number" and not one.valid:
        yield "not in the numbering plan"
    yield from one.aliases
