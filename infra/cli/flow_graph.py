"""A call flow drawn, for `trunkline check --graph`: as Mermaid (for pages) or DOT (for Graphviz)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from domain.centre.documents import ProjectDocument
from domain.centre.flows import Flow, FlowStep, HangUp, exits

Form = Literal["mermaid", "dot"]
_LONGEST = 48


class NoSuchFlow(ValueError):
    """No document has a flow of this name; says which there are."""


def draw(projects: Sequence[ProjectDocument], name: str, form: Form = "mermaid") -> str:
    """The flow `name` (or `project/name`) as text. Raises `NoSuchFlow`, also where two projects have it."""
    found = {f"{p.project}/{flow}": (p, flow) for p in projects for flow in p.flows}
    wanted = [key for key in found if key == name or key.endswith(f"/{name}")]
    if len(wanted) != 1:
        known = ", ".join(sorted(found)) or "none yet"
        problem = f"several projects have a flow {name!r}" if wanted else f"there is no flow {name!r}"
        raise NoSuchFlow(f"{problem}; there are: {known}")
    project, flow_name = found[wanted[0]]
    numbers = [number.number for number in project.numbers.values() if number.flow == flow_name]
    flow = project.flows[flow_name]
    return _mermaid(flow, numbers) if form == "mermaid" else _dot(flow, numbers)


def _mermaid(flow: Flow, numbers: Iterable[str]) -> str:
    lines = ["flowchart TD"]
    for index, number in enumerate(numbers):
        lines += [f'  call{index}(["{number}"])', f"  call{index} --> s_{flow.start}"]
    for name, step in flow.steps.items():
        before, after = _SHAPES.get(step.kind, ("[", "]"))
        lines.append(f'  s_{name}{before}"{_escaped("<br/>".join(_label(flow, name, step)))}"{after}')
    for name, step in flow.steps.items():
        lines += [f'  s_{name} -->|"{_escaped(said)}"| s_{to}' for said, to in _edges(step)]
    return "\n".join(lines) + "\n"


def _dot(flow: Flow, numbers: Iterable[str]) -> str:
    lines = ["digraph flow {", "  node [shape=box, fontname=sans];"]
    for index, number in enumerate(numbers):
        lines += [f'  call{index} [label="{number}", shape=oval];', f'  call{index} -> "{flow.start}";']
    for name, step in flow.steps.items():
        label = "\\n".join(_quoted(line) for line in _label(flow, name, step))
        lines.append(f'  "{name}" [label="{label}"];')
    for name, step in flow.steps.items():
        lines += [f'  "{name}" -> "{to}" [label="{_quoted(said)}"];' for said, to in _edges(step)]
    return "\n".join([*lines, "}"]) + "\n"


_SHAPES = {"menu": ("{{", "}}"), "hours": ("{{", "}}"), "queue": ("[[", "]]"), "hang_up": ("([", "])")}


def _label(flow: Flow, name: str, step: FlowStep) -> list[str]:
    """The step's name, what it is, and what is said in the flow's first language."""
    does = step.does
    what = getattr(does, "queue", None) or getattr(does, "hours", None) or getattr(does, "to", None)
    lines = [f"{name}: {step.kind}{f' {what}' if what and not isinstance(does, HangUp) else ''}"]
    said = getattr(does, "say", {})
    words = said.get(flow.languages[0]) or next(iter(said.values()), "")
    if words:
        lines.append(words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…")
    return lines


def _edges(step: FlowStep) -> list[tuple[str, str]]:
    """What leads to each next step; the keys that lead to one step stand on one line."""
    by_target: dict[str, list[str]] = {}
    for key, target in exits(step):
        by_target.setdefault(target, []).append(key.removeprefix("keys."))
    return [(", ".join(keys), target) for target, keys in by_target.items()]


def _escaped(text: str) -> str:
    """Mermaid's entities: `#` first, since it begins them."""
    return text.replace("#", "#35;").replace('"', "#quot;").replace("&", "#amp;").replace("<br/>", "\0").replace(
        "<", "#lt;"
    ).replace(">", "#gt;").replace("\0", "<br/>")  # fmt: skip


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
