"""Whether a schema still takes everything that an earlier one took: what a consumer may rely on for ever.

For the keywords that our schemas use. `python -m tests.golden.evolution` adds today's shape of each event to the
stored ones, where it is new, and refuses one that would break them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.schema import stored_schemas

#: One file for each wire name, one line for each shape it ever had, the oldest first.
SCHEMAS = Path(__file__).parent / "schemas"
Schema = Mapping[str, Any]
_TELLING = frozenset({"title", "description", "default", "$id", "$schema", "$defs", "examples"})
#: Limits, and whether a greater value takes less.
_LIMITS = {
    "minLength": True,
    "minItems": True,
    "minimum": True,
    "exclusiveMinimum": True,
    "maxLength": False,
    "maxItems": False,
    "maximum": False,
    "exclusiveMaximum": False,
}


def shapes(wire: str) -> list[dict[str, Any]]:
    """Every shape that was stored for an event."""
    path = SCHEMAS / f"{wire}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def breaks(old: Schema, new: Schema) -> list[str]:
    """What the old schema takes and the new one does not, as sentences; empty when nothing."""
    return list(_breaks(old, new, old, new, "value", 0))


def _breaks(old: Schema, new: Schema, olds: Schema, news: Schema, where: str, depth: int) -> Iterator[str]:
    old, new = _resolved(old, olds), _resolved(new, news)
    if depth > 20 or not set(new) - _TELLING:
        return
    if "anyOf" in old or "anyOf" in new:
        yield from _any(old, new, olds, news, where, depth)
        return
    yield from _values(old, new, where)
    if new.get("type") == "object" and old.get("type") == "object":
        yield from _object(old, new, olds, news, where, depth + 1)
    if "items" in new:
        yield from _breaks(old.get("items", {}), new["items"], olds, news, f"{where}[]", depth + 1)


def _any(old: Schema, new: Schema, olds: Schema, news: Schema, where: str, depth: int) -> Iterator[str]:
    for one in old.get("anyOf", [old]):
        if all(list(_breaks(one, other, olds, news, where, depth + 1)) for other in new.get("anyOf", [new])):
            yield f"{where}: {json.dumps(one)[:80]} is taken no more"


def _values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    kinds = {old.get("type"), new.get("type")}
    if "type" in new and len(kinds) > 1 and (old.get("type"), new["type"]) != ("integer", "number"):
        yield f"{where}: was {old.get('type', 'anything')}, is {new['type']}"
    for keyword in ("enum", "const"):
        if keyword in new:
            yield from _one_of(old, new, where)
    for keyword in ("pattern", "format"):
        if keyword in new and new[keyword] != old.get(keyword):
            yield f"{where}: {keyword} {new[keyword]!r} is new"
    for keyword, least in _LIMITS.items():
        if keyword in new and (keyword not in old or _less(old[keyword], new[keyword], least)):
            yield f"{where}: {keyword} {new[keyword]} takes less"


def _less(old: float, new: float, least: bool) -> bool:
    return new > old if least else new < old


def _one_of(old: Schema, new: Schema, where: str) -> Iterator[str]:
    taken = new.get("enum", [new.get("const")])
    given = old.get("enum", [old["const"]] if "const" in old else None)
    if given is None:
        yield f"{where}: took anything, takes {taken}"
    else:
        yield from (f"{where}: {value!r} is taken no more" for value in given if value not in taken)


def _object(old: Schema, new: Schema, olds: Schema, news: Schema, where: str, depth: int) -> Iterator[str]:
    before, now = old.get("properties", {}), new.get("properties", {})
    yield from (
        f"{where}.{name} is required now" for name in new.get("required", ()) if name not in old.get("required", ())
    )
    rest = new.get("additionalProperties", True)
    for name, part in before.items():
        if name in now:
            yield from _breaks(part, now[name], olds, news, f"{where}.{name}", depth)
        elif rest is False:
            yield f"{where}.{name} is gone"
    for keyword in ("additionalProperties", "patternProperties"):
        yield from _rest(old.get(keyword), new.get(keyword), olds, news, f"{where}.*", depth)


def _rest(old: Any, new: Any, olds: Schema, news: Schema, where: str, depth: int) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        if "type" in old or "$ref" in old or "anyOf" in old or not old:
            yield from _breaks(old, new, olds, news, where, depth)
        else:
            for pattern, part in old.items():
                if pattern in new:
                    yield from _breaks(part, new[pattern], olds, news, where, depth)
                else:
                    yield f"{where}: names like {pattern} are taken no more"
    elif old not in (None, False) and new is False:
        yield f"{where}: other names are taken no more"


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def main() -> int:
    SCHEMAS.mkdir(exist_ok=True)
    broken = 0
    for wire, schema in stored_schemas().items():
        known = shapes(wire)
        faults = [fault for one in known for fault in breaks(one, schema)]
        for fault in faults:
            print(f"{wire}: {fault}: give the event a new version and an upcaster", file=sys.stderr)
        broken += bool(faults)
        if schema not in known and not faults:
            with (SCHEMAS / f"{wire}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(schema, ensure_ascii=False, separators=(",", ":")) + "\n")
            print(f"added a shape of {wire}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
