"""`trunkline check FILE…` and `trunkline apply FILE…`: documents looked at, and put on record."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from domain.execute import Executor, Origin
from domain.ports import Log
from domain.rejection import Rejection
from infra.apply_documents import Applied, apply_documents, revisions
from infra.cli.flow_graph import Form, NoSuchFlow, draw
from infra.documents import Checked, Finding, check_files

Files = Annotated[
    list[Path], typer.Argument(help="YAML files, or folders of them: centres and their projects together")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object, for scripts")]
#: `trunkline apply` got documents that were made on another revision than the present one.
STALE = 4


@dataclass(frozen=True, slots=True)
class Opened:
    """What `apply` needs: an executor, and the log it writes to. `notice` is something the operator must be told."""

    executor: Executor
    log: Log
    notice: str = ""


#: Opens the centre's log for one command and closes it again. Given by the composition root.
Opening = Callable[[], AbstractAsyncContextManager[Opened]]


Graph = Annotated[str, typer.Option(help="draw this call flow (NAME or PROJECT/NAME) if all is well")]
GraphForm = Annotated[Form, typer.Option("--graph-form", help="mermaid, or dot for Graphviz")]


def check(files: Files, as_json: AsJson = False, graph: Graph = "", graph_form: GraphForm = "mermaid") -> None:
    """Check documents: every fault with its line, what is wrong and what could stand there.

    Exit codes: 0 all is well, 1 there are faults, 2 a file could not be read.
    """
    checked = check_files(files)
    if graph and not checked.exit_code:
        _draw(checked, graph, graph_form)
        return
    _print_json(checked) if as_json else _print(checked)
    raise typer.Exit(checked.exit_code)


def _draw(checked: Checked, flow: str, form: Form) -> None:
    """Nothing but the drawing on the standard output, so that it can be piped."""
    try:
        typer.echo(draw(checked.projects, flow, form), nl=False)
    except NoSuchFlow as fault:
        raise typer.BadParameter(str(fault), param_hint="--graph") from None


def make_apply(opening: Opening) -> Callable[..., None]:
    """The command `apply` on the log that `opening` opens."""

    def apply(
        files: Files,
        expect: Annotated[
            list[str] | None,
            typer.Option(help="revision the documents were made on, as in centre-demo=3 (default: the present one)"),
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        """Check documents and put them on record; agents are registered or brought up to date.

        Exit codes: 0 applied (or so already), 1 there are faults, 2 a file could not be read, 4 the
        configuration is at another revision than expected.
        """
        checked = check_files(files)
        if checked.exit_code:
            _print_json(checked) if as_json else _print(checked)
            raise typer.Exit(checked.exit_code)
        expected = _expected(expect or [])
        try:
            applied = asyncio.run(_apply(opening, checked, expected))
        except Rejection as rejection:
            Console(stderr=True).print(Text(f"not applied: {rejection.reason}", style="bold red"))
            raise typer.Exit(STALE if rejection.code == "stale_revision" else 1) from None
        _print_applied(applied, as_json)

    return apply


async def _apply(opening: Opening, checked: Checked, expected: Mapping[str, int]) -> list[Applied]:
    async with opening() as opened:
        if opened.notice:
            typer.echo(opened.notice, err=True)
        present = await revisions(opened.log, checked.centres, checked.projects)
        origin = Origin(project="", pool="", actor="cli")
        documents = (checked.centres, checked.projects)
        return await apply_documents(opened.executor, *documents, origin, expected={**present, **expected})


def _expected(options: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for option in options:
        stream, _, revision = option.partition("=")
        if not (stream.startswith(("centre-", "project-")) and revision.isdecimal()):
            raise typer.BadParameter(f"{option!r}: write centre-NAME=REVISION or project-NAME=REVISION")
        found[stream] = int(revision)
    return found


def _print_applied(applied: Sequence[Applied], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"applied": [asdict(one) for one in applied]}))
        return
    for one in applied:
        said = f"revision {one.revision}" if one.changed else f"unchanged at revision {one.revision}"
        typer.echo(f"{one.stream}: {said}")


def _print_json(checked: Checked) -> None:
    unreadable = [{"file": file, "reason": reason} for file, reason in checked.unreadable]
    findings = [asdict(finding) for finding in checked.findings]
    typer.echo(json.dumps({"exit_code": checked.exit_code, "findings": findings, "unreadable": unreadable}))


def _print(checked: Checked) -> None:
    console = Console(soft_wrap=True)
    for file, reason in checked.unreadable:
        console.print(Text.assemble((file, "bold"), ": ", ("cannot be read: ", "red"), reason))
    for finding in checked.findings:
        print_finding(console, finding)
    console.print(_summary(checked))


def print_finding(console: Console, finding: Finding) -> None:
    """The fault with its line of the file, a mark under the place, and how to mend it."""
    colour = "red" if finding.severity == "fault" else "yellow"
    place = f"{finding.file}:{finding.line}:{finding.column}"
    where = f" ({finding.path})" if finding.path else ""
    console.print(Text.assemble((place, "bold"), ": ", (finding.severity, colour), f": {finding.what}{where}"))
    shown, column = _window(finding.text, finding.column)
    number = f"{finding.line:>5} │ "
    console.print(Text.assemble((number, "dim"), shown))
    console.print(Text.assemble((" " * 5 + " │ ", "dim"), " " * (column - 1), ("^", f"bold {colour}")))
    console.print(Text.assemble((" " * 5 + " = ", "dim"), (finding.mend, "green")))


def _window(text: str, column: int, width: int = 120) -> tuple[str, int]:
    """The part of a long line around the column, and the column within it; control characters shown as dots."""
    start = max(0, column - width // 2) if len(text) > width else 0
    part = "".join(c if c.isprintable() else "·" for c in text[start : start + width])
    return part, column - start


def _summary(checked: Checked) -> Text:
    faults, all_findings = len(checked.faults), len(checked.findings)
    warnings = all_findings - faults
    counts = ", ".join(_counted(n, word) for n, word in ((faults, "fault"), (warnings, "warning")) if n)
    if checked.unreadable or faults:
        return Text(counts or "nothing was checked", style="bold red")
    documents = _counted(len(checked.centres), "centre") + " and " + _counted(len(checked.projects), "project")
    return Text(f"{documents} in order" + (f", {counts}" if counts else ""), style="bold green")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
