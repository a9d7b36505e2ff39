"""Results as a table for people and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from infra.simulate.results import Measured, Results, Table
from infra.simulate.student import Interval

#: Classes or groups shown one a column; of more, only the first are shown in a terminal (JSON has all).
MOST_COLUMNS = 6


def console() -> Console:
    """For wide tables: where nobody says how wide the screen is, it is wide."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=160)


def as_json(results: Results) -> dict[str, Any]:
    """One JSON object: every measure with its intervals, exact values, and what was expected."""
    outcome = results.outcome
    return {
        "scenario": results.scenario.scenario,
        "title": results.scenario.title,
        "runs": len(outcome.reports),
        "mirrored": outcome.mirrored,
        "independent": _independent(results),
        "seed": results.seed,
        "method": _method(results),
        "interactions": results.interactions,
        "seconds": round(outcome.seconds, 3),
        "processes": outcome.processes,
        "interactions_per_core_second": round(results.a_second),
        "total": _measures(results.total),
        "classes": {name: _measures(table) for name, table in results.classes.items()},
        "groups": {name: _measures(table) for name, table in results.groups.items()},
        "equal_occupancy": {
            name: {"agents": agents, "beyond_chance": beyond} for name, (beyond, agents) in results.unequal.items()
        },
        "expected": [{"what": what, "holds": holds} for what, holds in results.expected],
    }


def _independent(results: Results) -> int:
    return len(results.outcome.reports) // (2 if results.outcome.mirrored else 1)


def _method(results: Results) -> str:
    units = "pairs of mirrored runs" if results.outcome.mirrored else "runs"
    return f"Student's t over {_independent(results)} independent {units}, warm-up removed"


def _measures(table: Table) -> dict[str, dict[str, Any]]:
    return {name: _measure(measured) for name, measured in table.items()}


def _measure(measured: Measured) -> dict[str, Any]:
    told: dict[str, Any] = {
        "mean": measured.shown.mean,
        "half_width_95": measured.shown.half,
        "half_width_999": measured.strict.half,
    }
    if measured.exact is not None:
        told |= {"exact": measured.exact, "exact_inside_999": measured.inside}
    return told


def print_results(console: Console, results: Results) -> None:
    """The total beside exact values, then classes and groups side by side."""
    run, outcome = results.scenario.run, results.outcome
    console.print(Text(results.scenario.title, style="bold"))
    console.print(
        f"{len(outcome.reports)} runs of {run.length:g} s, the first {run.warm_up:g} s of each not measured; seed"
        f" {results.seed}; {results.interactions:,} interactions in {outcome.seconds:.1f} s, {results.a_second:,.0f} a"
        f" second of a core",
        style="dim",
    )
    console.print(f"± is half the 95 % interval: {_method(results)}", style="dim")
    console.print(_total(results))
    for heading, tables in (("class", results.classes), ("group", results.groups)):
        if len(tables) > 1 or heading == "group":
            console.print(_side_by_side(heading, tables))
            if len(tables) > MOST_COLUMNS:
                console.print(f"and {len(tables) - MOST_COLUMNS} more (see --json)", style="dim")
    for line in _judgements(results):
        console.print(line)


def _total(results: Results) -> RichTable:
    exact = any(measured.exact is not None for measured in results.total.values())
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    table.add_column("in total")
    table.add_column("simulated", justify="right")
    table.add_column("±", justify="right")
    if exact:
        table.add_column("exact", justify="right")
        table.add_column("inside 99.9 %")
    for name, measured in results.total.items():
        cells = [_spoken(name), _number(measured.shown.mean), _half(measured.shown)]
        if exact:
            cells += ["", ""] if measured.exact is None else [_number(measured.exact), _inside(measured)]
        table.add_row(*cells)
    return table


def _inside(measured: Measured) -> str:
    if measured.strict.half is None:
        return "one run alone tells no interval"
    if not measured.tells:
        return "none in any run: too short to tell"
    said = "yes" if measured.inside else "NO"
    width = f" (± {measured.strict.half / measured.exact:.1%})" if measured.exact else ""
    return said + width


def _side_by_side(heading: str, tables: Mapping[str, Table]) -> RichTable:
    shown = dict(list(tables.items())[:MOST_COLUMNS])
    table = RichTable(box=None, pad_edge=False, header_style="bold")
    table.add_column(f"by {heading}")
    for name in shown:
        table.add_column(name, justify="right")
    for measure in dict.fromkeys(name for one in shown.values() for name in one):
        table.add_row(_spoken(measure), *(_cell(one.get(measure)) for one in shown.values()))
    return table


def _cell(measured: Measured | None) -> str:
    return "–" if measured is None else f"{_number(measured.shown.mean)} ± {_half(measured.shown)}"


def _judgements(results: Results) -> Iterator[Text]:
    for name, (beyond, agents) in results.unequal.items():
        said = f"{name}: occupancy of {agents - beyond} of {agents} agents equal within their 99.9 % intervals"
        yield Text(said, style="green" if not beyond else "yellow")
    for what, holds in results.expected:
        yield Text(f"expected {what}: {'yes' if holds else 'NO'}", style="green" if holds else "bold red")


def _spoken(name: str) -> str:
    for measure in ("wait_within_", "answered_within_"):
        if name.startswith(measure):
            return f"{measure.replace('_', ' ')}{name.removeprefix(measure)} s"
    return name.replace("_", " ")


def _number(value: float) -> str:
    if value and abs(value) < 0.001:
        return f"{value:.6f}"
    return f"{value:,.4f}" if abs(value) < 10 else f"{value:,.2f}" if abs(value) < 10_000 else f"{value:,.0f}"


def _half(measured: Interval) -> str:
    return "?" if measured.half is None else _number(measured.half)
