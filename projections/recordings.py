"""Recordings: of conversations, and messages that callers left; where each stands and where its sound lies."""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.call_events import RecordingStarted, RecordingStopped, RecordingStored
from domain.ports import Rows
from domain.voice.events import MessageLeft, MessageStored
from domain.voice.recordings import RecordingGivenUp, RecordingRemoved
from projections.erasing import forgets
from projections.schema import Column, Projection, Table

#: `status`: running, ended (not stored yet), stored, removed, or given_up. `kind`: conversation or message.
RECORDINGS = Table(
    "recordings",
    (
        Column("recording_id"),
        Column("project"),
        Column("interaction_id"),
        Column("leg"),
        Column("customer_id"),
        Column("agent_id"),
        Column("kind"),
        Column("status"),
        Column("consent"),
        Column("began", "instant"),
        Column("stored_at", "instant", optional=True),
        Column("seconds", "real"),
        Column("size", "integer"),
        Column("media_type"),
        Column("reference"),
        Column("recipient"),
        Column("position", "integer"),
    ),
    key=("recording_id",),
    indexes=(
        ("project", "position"),
        ("project", "customer_id", "position"),
        ("project", "agent_id", "position"),
        ("project", "status", "stored_at", "recording_id"),
        ("interaction_id", "position"),
        ("customer_id",),
    ),
    owner="customer_id",
    on_erasure="delete",
    read_back=True,
)

recordings = Projection("recordings", 1, (RECORDINGS,))
forgets(recordings)
on = recordings.on


def _begin(recorded: Recorded, event: RecordingStarted | MessageLeft, rows: Rows, **more: Any) -> None:
    row: dict[str, Any] = {
        "recording_id": event.recording_id,
        "project": recorded.project,
        "interaction_id": event.interaction_id,
        "leg": "",
        "customer_id": "",
        "agent_id": "",
        "consent": "",
        "began": recorded.occurred_at,
        "stored_at": None,
        "seconds": 0.0,
        "size": 0,
        "media_type": "",
        "reference": "",
        "recipient": "",
        "position": recorded.position,
    }
    rows.put("recordings", row | more)


def _change(rows: Rows, recording_id: str, **now: Any) -> None:
    row = rows.get("recordings", (recording_id,))
    if row is not None:
        rows.put("recordings", {**row, **now})


@on(RecordingStarted)
def started(recorded: Recorded, event: RecordingStarted, rows: Rows) -> None:
    more = {"leg": event.leg, "agent_id": event.agent_id, "consent": event.consent}
    _begin(recorded, event, rows, kind="conversation", status="running", **more)


@on(RecordingStopped)
def stopped(recorded: Recorded, event: RecordingStopped, rows: Rows) -> None:
    _change(rows, event.recording_id, status="ended")


@on(MessageLeft)
def left(recorded: Recorded, event: MessageLeft, rows: Rows) -> None:
    if event.recording_id:
        more = {"seconds": float(event.seconds), "recipient": event.recipient}
        _begin(recorded, event, rows, kind="message", status="ended", **more)


@on(RecordingStored, MessageStored)
def stored(recorded: Recorded, event: RecordingStored | MessageStored, rows: Rows) -> None:
    _change(
        rows,
        event.recording_id,
        status="stored",
        customer_id=event.customer_id,
        stored_at=recorded.occurred_at,
        seconds=float(event.seconds),
        size=event.size,
        media_type=event.media_type,
        reference=event.reference,
    )


@on(RecordingRemoved)
def removed(recorded: Recorded, event: RecordingRemoved, rows: Rows) -> None:
    _change(rows, event.recording_id, status="removed", reference="", size=0)


@on(RecordingGivenUp)
def given_up(recorded: Recorded, event: RecordingGivenUp, rows: Rows) -> None:
    _change(rows, event.recording_id, status="given_up")
