"""The topic as an AsyncAPI 3.0 document: every event with its headers, its key and its JSON Schema.

From the same source as `docs/events.md`. Source of the form: AsyncAPI 3.0.0 and its Kafka bindings 0.5.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.cluster.cloud_event import CONTENT_TYPE, SPEC_VERSION
from infra.schema import stored_schemas

TOPIC = "trunkline.events"
_HEADERS = {
    "content-type": "of the value",
    "ce_specversion": "of CloudEvents",
    "ce_id": "the event's own id, a UUID",
    "ce_source": "the log",
    "ce_type": "the event's wire name: what happened, and the version of its shape",
    "ce_subject": "the stream it belongs to",
    "ce_time": "when it happened, RFC 3339 in UTC",
    "ce_dataschema": "names the JSON Schema of the value",
    "ce_sequence": "its position in the log, 20 digits: rises within a partition; what is not above the last was seen",
    "ce_previous": "position of the record before it in its partition; above the last one seen: something is missing",
    "ce_partitionkey": "the pool, which is the record's key too",
    "ce_project": "the client's project; empty for agents and centres",
    "ce_streamversion": "its place in its stream, from 1",
    "ce_recordedtime": "when the log learned of it, RFC 3339 in UTC; never falls along the sequence",
}
_TRACE = "W3C Trace Context of what the event belongs to, where its conversation is a trace"
_INTRODUCTION = (
    "Every event of the log, in the log's order within a pool. CloudEvents 1.0 in Kafka's binary mode: attributes are "
    "headers, the value is the stored event as JSON. Personal fields are ciphertext. Read with "
    "isolation.level=read_committed."
)


def asyncapi_document(topic: str = TOPIC) -> dict[str, Any]:
    """The whole document."""
    stored = stored_schemas()
    schemas: dict[str, Any] = {}
    messages = {wire: _message(wire, schema, schemas) for wire, schema in stored.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Trunkline's log", "version": "1", "description": _INTRODUCTION},
        "defaultContentType": CONTENT_TYPE.decode(),
        "channels": {
            "events": {
                "address": topic,
                "messages": {wire: {"$ref": f"#/components/messages/{wire}"} for wire in messages},
                "bindings": {"kafka": {"topic": topic, "bindingVersion": "0.5.0"}},
            }
        },
        "operations": {"publishEvents": {"action": "send", "channel": {"$ref": "#/channels/events"}}},
        "components": {"messages": messages, "schemas": schemas},
    }


def _message(wire: str, schema: Mapping[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    for name, part in schema.get("$defs", {}).items():
        schemas[name] = _hoisted(part)
    schemas[wire] = _hoisted({key: value for key, value in schema.items() if key not in ("$schema", "$id", "$defs")})
    return {
        "name": wire,
        "title": wire,
        "contentType": CONTENT_TYPE.decode(),
        "headers": _headers(wire),
        "payload": {"$ref": f"#/components/schemas/{wire}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": "the pool"}, "bindingVersion": "0.5.0"}},
    }


def _headers(wire: str) -> dict[str, Any]:
    told: dict[str, Any] = {name: {"type": "string", "description": said} for name, said in _HEADERS.items()}
    told["ce_specversion"]["const"] = SPEC_VERSION.decode()
    told["ce_type"]["const"] = wire
    for name in ("ce_sequence", "ce_previous"):
        told[name]["pattern"] = r"^\d{20}$"
    told["traceparent"] = {"type": "string", "description": _TRACE, "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$"}
    return {"type": "object", "properties": told, "required": list(_HEADERS)}


def _hoisted(part: Any) -> Any:
    """References point into the document's components instead of the schema's own definitions."""
    if isinstance(part, Mapping):
        return {key: _reference(value) if key == "$ref" else _hoisted(value) for key, value in part.items()}
    return [_hoisted(one) for one in part] if isinstance(part, list) else part


def _reference(value: str) -> str:
    return value.replace("#/$defs/", "#/components/schemas/")
