"""What a peer is told of an event: `type`, `timestamp` and `data`, as the specification has it, and where it stands."""

from __future__ import annotations

import json
from typing import Any

from domain.event import Recorded
from domain.personal import Erased, Sealed

#: Bytes of a message at most; the specification advises to stay small, and peers' servers refuse much more.
MOST_BYTES = 256 * 1024


class TooLarge(Exception):
    """An event that no peer would take."""


def message_id(recorded: Recorded) -> str:
    """`webhook-id`: the same in every attempt and every replay, so that a peer can tell what it has seen."""
    return f"msg_{recorded.event_id}"


def payload(recorded: Recorded, *, personal: bool) -> bytes:
    """The body, the same bytes each time. `recorded` opened, where `personal`; else personal fields are null.

    Raises `TooLarge`.
    """
    event = recorded.event
    data: dict[str, Any] = event.model_dump(mode="json")
    for name in event.personal:
        if not personal or isinstance(getattr(event, name), Sealed | Erased):
            data[name] = None
    document = {
        "type": event.wire,
        "timestamp": recorded.occurred_at.isoformat(),
        "data": data,
        "id": recorded.event_id,
        "project": recorded.project,
        "position": recorded.position,
        "stream": recorded.stream,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at.isoformat(),
        "causation_id": recorded.causation_id,
        "correlation_id": recorded.correlation_id,
    }
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > MOST_BYTES:
        raise TooLarge(f"the message has {len(body)} bytes, at most {MOST_BYTES} are sent")
    return body
