"""What a consumer could read yesterday it can read for ever: schemas only ever take more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.cluster.asyncapi import asyncapi_document
from infra.cluster.cloud_event import Attributes
from infra.log.rows import StoredRow
from infra.schema import stored_schemas
from tests.golden.evolution import breaks, shapes
from tests.golden.sample import MOMENT
from tests.golden.store import FOLDER, known_events
from tests.golden.test_schema import faults

WIRES = sorted(known_events())


@pytest.mark.parametrize("wire", WIRES)
def test_todays_schema_takes_whatever_any_earlier_one_took(wire: str) -> None:
    today, stored = stored_schemas()[wire], shapes(wire)
    assert stored, "run `python -m tests.golden.evolution` and commit what it adds"
    assert [fault for earlier in stored for fault in breaks(earlier, today)] == []
    assert stored[-1] == today, "the shape is new: run `python -m tests.golden.evolution` and commit what it adds"


BASE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "kind": {"enum": ["a", "b"], "type": "string"},
        "size": {"type": "integer"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
        "by_name": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"Part": {"type": "object", "properties": {"id": {"type": "string"}}, "additionalProperties": False}},
}


def changed(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {**BASE, "properties": {**BASE["properties"], name: value}, **more}


@pytest.mark.parametrize(
    "new",
    [
        BASE,
        changed("more", {"type": "string", "default": ""}),
        changed("size", {"type": "number"}),
        changed("kind", {"enum": ["a", "b", "c"], "type": "string"}),
        changed("name", {"type": "string", "maxLength": 20}),
        changed("note", {"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "integer"}]}),
        changed("name", {"type": "string", "title": "Other words"}),
        {**BASE, "required": []},
    ],
)
def test_a_schema_may_take_more(new: dict[str, Any]) -> None:
    assert breaks(BASE, new) == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (changed("more", {"type": "string"}, required=["name", "more"]), "value.more is required now"),
        (changed("size", {"type": "string"}), "value.size: was integer, is string"),
        (changed("kind", {"enum": ["a"], "type": "string"}), "value.kind: 'b' is taken no more"),
        (changed("kind", {"const": "a", "type": "string"}), "value.kind: 'b' is taken no more"),
        (changed("name", {"type": "string", "maxLength": 9}), "value.name: maxLength 9 takes less"),
        (changed("name", {"type": "string", "minLength": 1, "maxLength": 10}), "value.name: minLength 1 takes less"),
        (changed("note", {"type": "string"}), 'value.note: {"type": "null"} is taken no more'),
        (changed("by_name", {"type": "object", "additionalProperties": {"type": "string"}}), "value.by_name.*: was"),
        ({**BASE, "properties": {"name": BASE["properties"]["name"]}}, "value.kind is gone"),
        (
            {**BASE, "$defs": {"Part": {"type": "object", "properties": {}, "additionalProperties": False}}},
            "value.parts[].id is gone",
        ),
        (changed("name", {"type": "string", "maxLength": 10, "pattern": "^x"}), "value.name: pattern '^x' is new"),
    ],
)
def test_a_schema_that_takes_less_is_found_out(new: dict[str, Any], said: str) -> None:
    assert any(fault.startswith(said) for fault in breaks(BASE, new)), breaks(BASE, new)


def test_the_asyncapi_document_names_every_event_and_all_it_refers_to() -> None:
    document = asyncapi_document()
    assert document["asyncapi"] == "3.0.0"
    assert document["channels"]["events"]["messages"].keys() == stored_schemas().keys()
    text = json.dumps(document)
    for reference in {one.partition('"')[0] for one in text.split('"$ref": "')[1:]}:
        node: Any = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node, reference


def test_a_record_has_the_headers_and_the_value_that_the_document_tells() -> None:
    wire = "interaction.note_added.v1"
    document = asyncapi_document()
    message = document["components"]["messages"][wire]
    row = StoredRow(7, "interaction-1", 3, wire, (FOLDER / f"{wire}.json").read_bytes(), "main", MOMENT)
    told = {name: value.decode() for name, value in Attributes("urn:trunkline:log").of(row, 5)}
    assert faults(message["headers"], told, message["headers"]) == []
    assert set(message["headers"]["required"]) <= set(told) <= set(message["headers"]["properties"])
    assert told["ce_type"] == message["headers"]["properties"]["ce_type"]["const"]
    root = {"$defs": document["components"]["schemas"]}
    payload = document["components"]["schemas"][wire]
    assert faults(payload, json.loads(row.state), root) == []


def test_parts_of_the_same_name_are_the_same_in_every_event() -> None:
    parts: dict[str, Any] = {}
    for wire, schema in stored_schemas().items():
        for name, part in schema.get("$defs", {}).items():
            assert parts.setdefault(name, part) == part, f"{name} of {wire} is another"
