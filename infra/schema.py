"""The log as others read it: JSON Schema (2020-12) of every stored event with its envelope, and a page for people.

`python -m infra.schema` prints the schemas, `python -m infra.schema --docs > docs/events.md` the page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from domain.event import REGISTRY
from domain.upcasting import STEPS
from infra.log.registry import DIALECT, event_schemas

Schema = Mapping[str, Any]

_MEANINGS = {
    "id": "the event's own id, a UUID",
    "project": "the client's project it belongs to; empty for agents and centres",
    "actor": "who did it: an account, an agent, a timer, a channel",
    "at": "when it happened (`occurred_at`), RFC 3339 in UTC; the log adds when it knew (`recorded_at`)",
    "cause": "id of the event or command that led to it (`causation_id`)",
    "chain": "the conversation it is part of (`correlation_id`)",
}
_TITLES = {"account": "Accounts", "reservation": "Reservations", "delivery": "Deliveries"}


def own_event_schemas() -> dict[str, Schema]:
    """JSON Schema of the data of each of the product's own events, by wire name."""
    schemas = event_schemas()
    return {w: schema for w, schema in schemas.items() if REGISTRY[w].__module__.startswith("domain.")}


def envelope_schema(wire: str, data: Schema) -> dict[str, Any]:
    """JSON Schema of one stored event: what it says (`data`) and of which circumstances (`meta`)."""
    inner = {key: value for key, value in data.items() if key not in ("$schema", "$id", "$defs")}
    meta: dict[str, Any] = {name: {"type": "string", "description": said} for name, said in _MEANINGS.items()}
    meta["at"]["format"] = "date-time"
    parts = {"data": inner, "meta": _closed(meta)}
    whole = {"$schema": DIALECT, "$id": f"urn:trunkline:stored:{wire}", "title": wire, **_closed(parts)}
    return whole | ({"$defs": data["$defs"]} if "$defs" in data else {})


def stored_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of every stored event with its envelope, by wire name."""
    return {wire: envelope_schema(wire, data) for wire, data in own_event_schemas().items()}


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def events_page() -> str:
    """`docs/events.md`: every event, what it means, its fields."""
    return "\n".join(_page()) + "\n"


_INTRODUCTION = """# Events

Everything that Trunkline knows, it knows from these events. Each is stored once, for ever, under its wire name; the
version at its end grows when its shape must change, and older versions are read through an upcaster. This page is
made from the code: `python -m infra.schema --docs > docs/events.md`. `python -m infra.schema` prints it as JSON Schema.

A stored event is `{"data": …, "meta": …}`. `data` is told below, event by event; `meta` is the same for all:
"""
_PERSONAL = """Fields marked *personal* are sealed under their customer's key (`{"sealed": "…"}`) and can no longer be
opened once the customer was erased."""


def _page() -> Iterator[str]:
    yield _INTRODUCTION
    yield "| field | meaning |"
    yield "|---|---|"
    yield from (f"| `{name}` | {said} |" for name, said in _MEANINGS.items())
    yield ""
    yield _PERSONAL
    schemas = own_event_schemas()
    for concept, wires in groupby(schemas, key=lambda wire: wire.partition(".")[0]):
        yield ""
        yield f"## {_TITLES.get(concept, concept.title() + 's')}"
        for wire in wires:
            yield from _event(wire, schemas[wire])
    yield ""
    yield "## Parts of events"
    for name, part in sorted(_parts(schemas).items()):
        yield ""
        yield f"### `{name}`"
        yield ""
        yield " ".join(part.get("description", "").split())
        yield ""
        yield from _fields(part, ())


def _parts(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """What events are made of, by name; the forms of personal fields are told above."""
    found: dict[str, Schema] = {}
    for schema in schemas.values():
        found.update(schema.get("$defs", {}))
    return {name: part for name, part in found.items() if name not in ("Sealed", "Erased")}


def _event(wire: str, schema: Schema) -> Iterator[str]:
    event = REGISTRY[wire]
    yield ""
    yield f"### `{wire}`"
    yield ""
    yield (
        " ".join((event.__doc__ or event.__name__).split())
        if _has_own_docstring(wire)
        else f"{_spoken(event.__name__)}."
    )
    older = sorted(old for old, step in STEPS.items() if step.newer == wire)
    if older:
        yield ""
        yield f"Older versions, read through an upcaster: {', '.join(f'`{name}`' for name in older)}."
    yield ""
    yield from _fields(schema, event.personal)


def _fields(schema: Schema, personal: tuple[str, ...]) -> Iterator[str]:
    yield "| field | type |"
    yield "|---|---|"
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        sealed = ", *personal*" if name in personal else ""
        optional = "" if name in required else f", default `{json.dumps(field.get('default'))}`"
        yield f"| `{name}` | {_type(field, name in personal)}{sealed}{optional} |"


def _has_own_docstring(wire: str) -> bool:
    return bool(vars(REGISTRY[wire]).get("__doc__"))


def _spoken(name: str) -> str:
    """`AgentSignedIn` is "Agent signed in"."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()
    return words[:1].upper() + words[1:]


def _type(field: Schema, personal: bool) -> str:
    if personal:
        return "text or null" if any(form.get("type") == "null" for form in field["anyOf"]) else "text"
    if "enum" in field:
        return " · ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "anyOf" in field:
        return " or ".join(_type(form, False) for form in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items') or field['prefixItems'][0], False)}"
    if field.get("type") == "object":
        inner = next(iter(field.get("patternProperties", {}).values()), field.get("additionalProperties"))
        return f"mapping to {_type(inner, False)}" if isinstance(inner, Mapping) else "object"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "null"}
    kind = str(field.get("type", "any"))
    return "time" if field.get("format") == "date-time" else names.get(kind, kind)


if __name__ == "__main__":
    print(events_page() if "--docs" in sys.argv else json.dumps(stored_schemas(), indent=2, ensure_ascii=False), end="")
