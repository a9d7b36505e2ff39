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

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.execute import Executor, Origin
from domain.ports import Log
from domain.rejection import Rejection
from domain.stream import stream_of
from infra.apply_documents import Applied, InForce, apply_documents, in_force
from infra.cli.flow_graph import Form, NoSuchFlow, draw
from infra.document_changes import ChangeInWords, changes
from infra.documents import Checked, Finding, check_files

Files = Annotated[
    list[Path], typer.Argument(help="YAML files, or folders of them: centres and their projects together")
]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object, for scripts")]
#: What each stream's document changes.
Changed = Mapping[str, list[ChangeInWords]]
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


def check(
    files: Files,
    as_json: AsJson = False,
    graph: Graph = "",
    graph_form: GraphForm = "mermaid",
    compared_with: Annotated[
        Path | None, typer.Option(help="an earlier version, file or folder: say in words what changes against it")
    ] = None,
) -> None:
    """Check documents: every fault with its line, what is wrong and what could stand there.

    Exit codes: 0 all is well, 1 there are faults, 2 a file could not be read.
    """
    checked = check_files(files)
    if graph and not checked.exit_code:
        _draw(checked, graph, graph_form)
        return
    changed: Changed = {}
    if compared_with is not None and not checked.exit_code:
        earlier = check_files([compared_with])
        if earlier.exit_code:
            checked = earlier
        else:
            changed = _changed(checked, _by_stream(earlier))
    _print_json(checked, changed) if as_json else _print(checked, changed)
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
        dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
        as_json: AsJson = False,
    ) -> None:
        """Check documents and put them on record; agents are registered or brought up to date.

        Says in words what changes against the documents in force, which holds from the next decision on.

        Exit codes: 0 applied (or so already), 1 there are faults, 2 a file could not be read, 4 the
        configuration is at another revision than expected.
        """
        checked = check_files(files)
        if checked.exit_code:
            _print_json(checked, {}) if as_json else _print(checked, {})
            raise typer.Exit(checked.exit_code)
        expected = _expected(expect or [])
        try:
            applied, changed = asyncio.run(_apply(opening, checked, expected, dry_run=dry_run))
        except Rejection as rejection:
            Console(stderr=True).print(Text(f"not applied: {rejection.reason}", style="bold red"))
            raise typer.Exit(STALE if rejection.code == "stale_revision" else 1) from None
        _print_applied(applied, changed, as_json=as_json, dry_run=dry_run)

    return apply


async def _apply(
    opening: Opening, checked: Checked, expected: Mapping[str, int], *, dry_run: bool
) -> tuple[list[Applied], Changed]:
    async with opening() as opened:
        if opened.notice:
            typer.echo(opened.notice, err=True)
        known = await in_force(opened.log, checked.centres, checked.projects)
        changed = _changed(checked, {stream: one.document for stream, one in known.items()})
        if dry_run:
            return [_would(stream, one, changed) for stream, one in known.items()], changed
        origin = Origin(project="", pool="", actor="cli")
        wanted = {**{stream: one.revision for stream, one in known.items()}, **expected}
        return await apply_documents(
            opened.executor, checked.centres, checked.projects, origin, expected=wanted
        ), changed


def _would(stream: str, known: InForce, changed: Changed) -> Applied:
    """What would become of a document: nothing is written, so its position is 0."""
    new = known.document is None or bool(changed.get(stream))
    return Applied(stream, known.revision + 1 if new else known.revision, new, 0)


def _by_stream(checked: Checked) -> dict[str, CentreDocument | ProjectDocument]:
    found: dict[str, CentreDocument | ProjectDocument] = {stream_of("centre", c.centre): c for c in checked.centres}
    found.update((stream_of("project", p.project), p) for p in checked.projects)
    return found


def _changed(checked: Checked, before: Mapping[str, CentreDocument | ProjectDocument | None]) -> Changed:
    return {stream: changes(before.get(stream), document) for stream, document in _by_stream(checked).items()}


def _expected(options: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for option in options:
        stream, _, revision = option.partition("=")
        if not (stream.startswith(("centre-", "project-")) and revision.isdecimal()):
            raise typer.BadParameter(f"{option!r}: write centre-NAME=REVISION or project-NAME=REVISION")
        found[stream] = int(revision)
    return found


def _print_applied(applied: Sequence[Applied], changed: Changed, *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        told = [{**asdict(one), "changes": _as_dicts(changed.get(one.stream, []))} for one in applied]
        typer.echo(json.dumps({"applied": told, "dry_run": dry_run}, ensure_ascii=False))
        return
    for one in applied:
        said = f"revision {one.revision}" if one.changed else f"unchanged at revision {one.revision}"
        typer.echo(f"{one.stream}: {'would be ' if dry_run and one.changed else ''}{said}")
        for change in changed.get(one.stream, []):
            typer.echo(f"  {change.words}")


def _as_dicts(changed: Sequence[ChangeInWords]) -> list[dict[str, str]]:
    return [asdict(one) for one in changed]


def _print_json(checked: Checked, changed: Changed) -> None:
    unreadable = [{"file": file, "reason": reason} for file, reason in checked.unreadable]
    findings = [asdict(finding) for finding in checked.findings]
    told: dict[str, object] = {"exit_code": checked.exit_code, "findings": findings, "unreadable": unreadable}
    if changed:
        told["changes"] = {stream: _as_dicts(said) for stream, said in changed.items()}
    typer.echo(json.dumps(told))


def _print(checked: Checked, changed: Changed) -> None:
    console = Console(soft_wrap=True)
    for file, reason in checked.unreadable:
        console.print(Text.assemble((file, "bold"), ": ", ("cannot be read: ", "red"), reason))
    for finding in checked.findings:
        print_finding(console, finding)
    for stream, said in changed.items():
        console.print(Text(f"{stream}: {'changed' if said else 'unchanged'}", style="bold"))
        for change in said:
            console.print(Text(f"  {change.words}"))
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
