"""How an event looks in a terminal and as JSON."""

from __future__ import annotations

import json
from typing import Any

from domain.event import Event, Recorded
from domain.personal import Erased, Sealed

MAX_VALUE = 60
MAX_DATA = 160


def as_line(recorded: Recorded) -> str:
    """One line: position, time, stream and version, wire name, the data in short."""
    at = recorded.recorded_at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    stream = f"{printable(recorded.stream)}@{recorded.version}"
    return f"{recorded.position:>8}  {at}  {stream:<32}  {recorded.event.wire:<32}  {short_data(recorded.event)}"


def as_document(recorded: Recorded) -> dict[str, Any]:
    """Everything, ready for JSON."""
    return {
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.version,
        "type": recorded.event.wire,
        "project": recorded.project,
        "pool": recorded.pool,
        "actor": recorded.actor,
        "occurred_at": recorded.occurred_at.isoformat(),
        "recorded_at": recorded.recorded_at.isoformat(),
        "event_id": recorded.event_id,
        "causation_id": recorded.causation_id,
        "correlation_id": recorded.correlation_id,
        "data": recorded.event.model_dump(mode="json"),
    }


def as_json(recorded: Recorded) -> str:
    return json.dumps(as_document(recorded), ensure_ascii=False, separators=(",", ":"))


def short_data(event: Event) -> str:
    """Fields that say something, `name=value`, long ones cut; sealed ones say that they are."""
    shown = (
        f"{name}={_short(value)}"
        for name in type(event).model_fields
        if (value := getattr(event, name)) not in (None, "", (), [], {})
    )
    text = " ".join(shown)
    return text if len(text) <= MAX_DATA else f"{text[: MAX_DATA - 1]}…"


def _short(value: object) -> str:
    if isinstance(value, Sealed):
        return "[sealed]"
    if isinstance(value, Erased):
        return "[erased]"
    text = printable(str(value))
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def printable(text: str) -> str:
    """Control characters written out: what a customer sent must not steer the reader's terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
