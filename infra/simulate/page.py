"""`docs/simulation.md`: the words of `page.md`, and every key of a scenario from its own models.

`python -m infra.simulate.page > docs/simulation.md`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.schema_words import NAME, flow, in_words
from infra.simulate.measures import GROUP_MEASURES, MEASURES
from infra.simulate.scenario import ScenarioDocument

Node = Mapping[str, Any]

WORDS = Path(__file__).with_name("page.md")
EXAMPLES = Path(__file__).parents[2] / "examples" / "scenarios"
#: Models that `docs/configuration.md` tells.
_ELSEWHERE = ("Profile", "ChannelUse", "QueueUse", "ScenarioQueue", "Offer", "WrapUp")


def simulation_page() -> str:
    """The whole page."""
    words = WORDS.read_text("utf-8")
    parts = {"measures": _measures(), "examples": _examples(), "smallest": smallest()}
    for name, text in parts.items():
        words = words.replace("{" + name + "}", text)
    return words + "\n" + "\n".join(_reference()) + "\n"


def smallest() -> str:
    """The example without its comment."""
    text = (EXAMPLES / "erlang_c_12.yaml").read_text("utf-8")
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


def _measures() -> str:
    rows = ["| measure | what |", "|---|---|", *(f"| `{name}` | {what} |" for name, what in MEASURES.items())]
    rows += ["| `wait_within_t` | P(wait ≤ t): wait over within t seconds, by an answer or by giving up |"]
    rows += ["| `answered_within_t` | of those not blocked: answered within t seconds |"]
    return "\n".join([*rows, *(f"| `{name}` (of a group) | {what} |" for name, what in GROUP_MEASURES.items())])


def _examples() -> str:
    rows = ["| file | what |", "|---|---|"]
    for path in sorted(EXAMPLES.glob("*.yaml")):
        told = " ".join(line.lstrip("# ") for line in _comment(path))
        rows.append(f"| `examples/scenarios/{path.name}` | {told} |")
    return "\n".join(rows)


def _comment(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            return
        yield line


def _reference() -> Iterator[str]:
    schema = ScenarioDocument.model_json_schema()
    yield "## Every key"
    yield ""
    yield from _keys(schema)
    for name, node in sorted(schema["$defs"].items()):
        if name in _ELSEWHERE or "properties" not in node:
            continue
        yield ""
        yield f"### {_spoken(name)}"
        yield ""
        yield " ".join(node.get("description", "").split())
        yield ""
        yield from _keys(node)


def _keys(node: Node) -> Iterator[str]:
    yield "| key | what | default |"
    yield "|---|---|---|"
    required = node.get("required", ())
    for key, field in node["properties"].items():
        default = field.get("default")
        shown = "required" if key in required else "" if default in (None, [], {}, "") else f"`{flow(default)}`"
        more = field.get("description", "")
        yield f"| `{key}` | {_kind(field)}{': ' + more if more else ''} | {shown} |"


def _kind(field: Node) -> str:
    """In words, with the name of the part that stands there."""
    option = next(one for one in field.get("anyOf", (field,)) if one.get("type") != "null")
    if "$ref" in option:
        return _linked(option["$ref"])
    if option.get("type") == "array":
        return f"list of {_kind(option['items'])}"
    free = next(iter(option.get("patternProperties", {}).values()), option.get("additionalProperties"))
    if isinstance(free, Mapping):
        return f"mapping of names to {_kind(free)}"
    if option.get("format") == "date-time":
        return "a moment with its zone"
    return in_words(option).replace(NAME, "a name")


def _linked(ref: str) -> str:
    name = ref.rpartition("/")[2]
    if name in _ELSEWHERE:
        return f"{_spoken(name.removeprefix('Scenario'))} (`docs/configuration.md`)"
    return f"[{_spoken(name)}](#{_spoken(name).replace(' ', '-')})"


def _spoken(name: str) -> str:
    """`CustomerClass` is "customer class"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


if __name__ == "__main__":
    print(simulation_page(), end="")
