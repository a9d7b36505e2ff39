"""Draws the cost of a routing decision against the size of the board: `python -m bench.plot FILE.json > cost.svg`.

FILE is what `trunkline bench router --full --json` printed. Plain SVG with logarithmic axes; the table beside the
drawing in `docs/performance.md` has the same numbers.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 440, 300, 62, 42, 36, 46
COLOURS = ("#0b6e99", "#b4532a", "#5b7f2b", "#7a4b9d")


class Line(NamedTuple):
    """One series: points of (size, microseconds)."""

    name: str
    points: Sequence[tuple[float, float]]


class Panel(NamedTuple):
    """A drawing of some series over sizes from `low` to `high`."""

    title: str
    axis: str
    low: float
    high: float
    lines: Sequence[Line]


def panels(document: dict[str, Any]) -> list[Panel]:
    """Cost over agents, and over waiting items."""
    rows: list[dict[str, Any]] = document["backlog"]
    smallest = {row["agents"]: row for row in sorted(rows, key=lambda row: -row["waiting"])}
    over_agents = [smallest[size] for size in sorted(smallest)]
    agents = [
        Line("median", [(row["agents"], 1000 * row["decision"]["median_ms"]) for row in over_agents]),
        Line("99th percentile", [(row["agents"], 1000 * row["decision"]["p99_ms"]) for row in over_agents]),
    ]
    sizes = sorted({row["agents"] for row in rows if row["agents"] >= 1_000})
    waiting = [
        Line(
            f"{size:,} agents, {word}",
            [(row["waiting"], 1000 * row["decision"][key]) for row in rows if row["agents"] == size],
        )
        for size in sizes
        for word, key in (("median", "median_ms"), ("99th percentile", "p99_ms"))
    ]
    return [
        Panel("a thousand waiting", "agents", 100, 10_000, agents),
        Panel("many agents", "waiting items", 1_000, 1_000_000, waiting),
    ]


def _x(panel: Panel, size: float) -> float:
    span = math.log10(panel.high) - math.log10(panel.low)
    share = (math.log10(max(size, panel.low)) - math.log10(panel.low)) / span
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(microseconds: float, highest: float) -> float:
    """From 10 microseconds up to the next power of ten."""
    share = (math.log10(max(microseconds, 10)) - 1) / (math.log10(highest) - 1)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _grid(panel: Panel, highest: float) -> Iterator[str]:
    size = panel.low
    while size <= panel.high * 1.01:
        x = _x(panel, size)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" class="grid"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{size:,.0f}</text>'
        size *= 10
    cost = 10.0
    while cost <= highest * 1.01:
        y = _y(cost, highest)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" class="grid"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{cost:,.0f} µs</text>'
        cost *= 10


def _lines(panel: Panel, highest: float) -> Iterator[str]:
    for number, line in enumerate(panel.lines):
        colour = COLOURS[number % len(COLOURS)]
        places = [(_x(panel, size), _y(cost, highest)) for size, cost in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        y = HEIGHT - BOTTOM - 6 - 13 * (len(panel.lines) - 1 - number)
        yield f'<text x="{LEFT + 10}" y="{y}" style="fill:{colour}">{line.name}</text>'


def drawn(document: dict[str, Any]) -> str:
    """The whole drawing."""
    both = panels(document)
    most = max(cost for panel in both for line in panel.lines for _, cost in line.points)
    highest = 10.0 ** max(3, math.ceil(math.log10(most)))
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH * len(both)} {HEIGHT}" role="img" '
            'aria-label="Processor time of a routing decision against the size of the board">'
        ),
        (
            "<style>text{font:11px sans-serif;fill:#444}.title{font-weight:bold;font-size:13px;fill:#222}"
            ".grid{stroke:#ddd}</style>"
        ),
        f'<rect width="{WIDTH * len(both)}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for number, panel in enumerate(both):
        parts.append(f'<g transform="translate({number * WIDTH} 0)">')
        parts.append(f'<text x="{LEFT}" y="22" class="title">A decision, {panel.title}</text>')
        parts += [*_grid(panel, highest), *_lines(panel, highest)]
        parts.append(f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{panel.axis}</text></g>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    document = json.loads(Path(sys.argv[1]).read_text())
    sys.stdout.write(drawn(document.get("router", document)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
