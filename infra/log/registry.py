"""Every event of the domain known, and its JSON Schema told."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

import domain
from domain.event import REGISTRY, Event
from domain.personal import Erased, Sealed

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def know_all_events() -> None:
    """Imports every module of the domain: an event class, or an upcaster, is known once its module is imported."""
    for module in pkgutil.walk_packages(domain.__path__, "domain."):
        importlib.import_module(module.name)


def event_names() -> frozenset[str]:
    """The wire name of every event."""
    know_all_events()
    return frozenset(REGISTRY)


def event_schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema of the data of every event as it is stored, by wire name, in order of name."""
    know_all_events()
    return {wire: stored_schema(REGISTRY[wire]) for wire in sorted(REGISTRY)}


def stored_schema(event: type[Event]) -> dict[str, Any]:
    """The stored form: unknown fields forbidden, personal fields only sealed (or erased, or empty where optional)."""
    schema = event.model_json_schema(mode="validation", ref_template="#/$defs/{model}")
    for name in event.personal:
        own = schema["properties"][name]
        optional = any(choice.get("type") == "null" for choice in own.get("anyOf", ()))
        forms: list[dict[str, Any]] = [{"$ref": "#/$defs/Sealed"}, {"$ref": "#/$defs/Erased"}]
        kept = {key: value for key, value in own.items() if key in ("title", "description", "default")}
        schema["properties"][name] = {**kept, "anyOf": [*forms, {"type": "null"}] if optional else forms}
    if event.personal:
        for form in (Sealed, Erased):
            schema.setdefault("$defs", {})[form.__name__] = form.model_json_schema()
    return {"$schema": DIALECT, "$id": f"urn:trunkline:event:{event.wire}", **_without_unused(schema)}


def _without_unused(schema: dict[str, Any]) -> dict[str, Any]:
    """Definitions that only the plain form of a personal field referred to say nothing any more."""
    definitions = schema.get("$defs")
    while definitions:
        text = repr(schema)
        unused = [name for name in definitions if f"'#/$defs/{name}'" not in text]
        if not unused:
            break
        for name in unused:
            del definitions[name]
    return {key: value for key, value in schema.items() if key != "$defs" or value}
