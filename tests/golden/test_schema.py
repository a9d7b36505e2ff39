"""The log's schema as others read it: what is stored conforms to it, and the page says the same as the code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.upcasting import STEPS
from infra.schema import events_page, stored_schemas
from tests.golden.store import FOLDER, known_events

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.stem not in STEPS)


def faults(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any], where: str = "") -> list[str]:
    """What is wrong with a value by the few keywords of JSON Schema that our schemas use."""
    if "$ref" in schema:
        return faults(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root, where)
    if "anyOf" in schema:
        tries = [faults(option, value, root, where) for option in schema["anyOf"]]
        return [] if [] in tries else [fault for found in tries for fault in found]
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    kind = schema.get("type")
    if kind and (not isinstance(value, kinds[kind]) or (kind == "integer" and isinstance(value, bool))):
        return [f"{where}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, list):
        return [f for n, one in enumerate(value) for f in faults(schema.get("items", {}), one, root, f"{where}[{n}]")]
    return mapping_faults(schema, value, root, where) if isinstance(value, dict) else []


def mapping_faults(schema: Mapping[str, Any], value: dict[str, Any], root: Mapping[str, Any], where: str) -> list[str]:
    found = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    patterned = next(iter(schema.get("patternProperties", {}).values()), None)
    for name, inner in value.items():
        known = schema.get("properties", {}).get(name, patterned)
        if known is None:
            known = schema.get("additionalProperties", True)
        if known is False:
            found.append(f"{where}.{name} is not known")
        elif isinstance(known, Mapping):
            found += faults(known, inner, root, f"{where}.{name}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stored_event_conforms_to_its_schema(path: Path) -> None:
    schema = stored_schemas()[path.stem]
    stored = json.loads(path.read_bytes())
    assert faults(schema, stored, schema) == []
    assert faults(schema, {**stored, "more": 1}, schema) == [".more is not known"]
    assert faults(schema, {**stored, "data": {**stored["data"], "more": 1}}, schema) == [".data.more is not known"]
    assert faults(schema, {"data": stored["data"]}, schema) == [".meta is missing"]


def test_every_event_has_a_schema() -> None:
    schemas = stored_schemas()
    assert schemas.keys() == known_events().keys()
    assert {schema["$schema"] for schema in schemas.values()} == {"https://json-schema.org/draft/2020-12/schema"}


def test_plain_text_in_a_personal_field_does_not_conform() -> None:
    schema = stored_schemas()["interaction.note_added.v1"]
    stored = json.loads((FOLDER / "interaction.note_added.v1.json").read_bytes())
    stored["data"]["text"] = "in plain"
    assert faults(schema, stored, schema)


def test_the_page_of_events_says_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == events_page(), "run `python -m infra.schema --docs > docs/events.md`"
