"""`trunkline simulate SCENARIO…`: the product's own router under simulated customers, beside exact values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from infra.cli.check import print_finding

if TYPE_CHECKING:
    from infra.simulate.reading import Loaded
    from infra.simulate.results import Results

#: Exit codes: a scenario is faulty; a file cannot be read; an exact value or an expectation was missed.
FAULTY, UNREADABLE, MISSED = 1, 2, 4


def simulate(
    files: Annotated[list[Path], typer.Argument(metavar="SCENARIO…", help="Scenario files (YAML).")],
    seed: Annotated[int | None, typer.Option(min=0, help="All chance is drawn from it; else the scenario's.")] = None,
    runs: Annotated[int | None, typer.Option(min=1, max=10_000, help="Independent runs; else the scenario's.")] = None,
    length: Annotated[float | None, typer.Option(min=1, max=1e9, help="Seconds; else the scenario's.")] = None,
    processes: Annotated[int | None, typer.Option(min=1, help="At most so many at once; else one a core.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array, for scripts.")] = False,
) -> None:
    """Simulate scenarios with the product's own router, time compressed.

    Exit codes: 0 all is as expected, 1 a scenario is faulty, 2 a file cannot be read, 4 an exact value lies outside
    its 99.9 % interval or an expectation does not hold.
    """
    # the router and all it brings is slow to import, and this module is imported for every command
    from infra.simulate import telling
    from infra.simulate.reading import load

    loaded = [load(path) for path in files]
    _refuse(loaded, as_json)
    console = telling.console()
    all_results: list[Results] = []
    for one in loaded:
        results = _run(one, seed, runs, length, processes)
        all_results.append(results)
        if not as_json:
            telling.print_results(console, results)
            console.print()
    if as_json:
        typer.echo(json.dumps([telling.as_json(results) for results in all_results], ensure_ascii=False, indent=2))
    if not all(results.as_expected for results in all_results):
        raise typer.Exit(MISSED)


def _refuse(loaded: Sequence[Loaded], as_json: bool) -> None:
    """Where a file is faulty: say so, and end."""
    findings = [finding for one in loaded for finding in one.findings]
    unreadable = [(one.file, one.unreadable) for one in loaded if one.unreadable]
    if not findings and not unreadable:
        return
    if as_json:
        told = {
            "findings": [asdict(finding) for finding in findings],
            "unreadable": [{"file": file, "reason": reason} for file, reason in unreadable],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        for file, reason in unreadable:
            console.print(f"{file}: cannot be read: {reason}", markup=False)
        for finding in findings:
            print_finding(console, finding)
    raise typer.Exit(UNREADABLE if unreadable else FAULTY)


def _run(loaded: Loaded, seed: int | None, runs: int | None, length: float | None, processes: int | None) -> Results:
    from infra.simulate.results import results_of
    from infra.simulate.runs import jobs_of, run_all

    scenario = loaded.scenario
    assert scenario is not None, "a faulty scenario was refused"
    if length is not None:
        if length <= scenario.run.warm_up:
            raise typer.BadParameter(f"--length must be more than the warm-up of {scenario.run.warm_up:g} s")
        scenario = scenario.model_copy(update={"run": scenario.run.model_copy(update={"length": length})})
    seed = scenario.run.seed if seed is None else seed
    jobs = jobs_of(scenario, loaded.columns, runs or scenario.run.runs, seed)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(scenario.scenario, total=1.0)
        outcome = run_all(jobs, processes=processes, told=lambda share: progress.update(task, completed=share))
    return results_of(scenario, outcome, seed)
