"""What was said and done: interactions, their messages and notes, and what became of what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.delivery.events import (
    DeliveryDeferred,
    NotificationBounced,
    NotificationDelivered,
    NotificationFailed,
    NotificationRequested,
)
from domain.event import Event, Recorded
from domain.interaction.call_events import CallPlaced, CustomerPutThrough
from domain.interaction.events import (
    AgentConnected,
    CallbackOffered,
    CallbackRequested,
    CustomerRecognised,
    InteractionAbandoned,
    InteractionClosed,
    InteractionInterrupted,
    InteractionStarted,
    InteractionTransferred,
    MessageReceived,
    MessageSent,
    NoteAdded,
    SentToVoicemail,
    WorkExpired,
    WorkGivenUp,
    WrapUpCompleted,
)
from domain.ports import Rows
from projections.customer_history.tables import customer_history, entry
from projections.erasing import text_of

on = customer_history.on
_UNKNOWN: Mapping[str, Any] = {"customer_id": "", "channel": "", "ticket_id": ""}


def _interaction(rows: Rows, interaction_id: str) -> Mapping[str, Any]:
    return rows.get("history_interactions", (interaction_id,)) or _UNKNOWN


def _say(recorded: Recorded, rows: Rows, event: Event, what: str, **more: str) -> None:
    """An entry on the timeline of the interaction's customer, in its channel and on its ticket."""
    interaction_id: str = getattr(event, "interaction_id")  # noqa: B009  every event handled here bears one
    known = _interaction(rows, interaction_id)
    customer_id: str = known["customer_id"] or getattr(event, "customer_id", "")
    if customer_id:
        more.setdefault("owner_id", getattr(event, "customer_id", ""))
        channel, ticket_id = known["channel"], known["ticket_id"]
        where = {"channel": channel, "ticket_id": ticket_id, "interaction_id": interaction_id}
        if more["owner_id"] not in ("", customer_id):
            _shown_elsewhere(rows, more["owner_id"], interaction_id, customer_id)
        entry(recorded, rows, customer_id, what, **(where | more))


def _shown_elsewhere(rows: Rows, owner_id: str, interaction_id: str, customer_id: str) -> None:
    """Remember under whom somebody's words are shown, so that they are found when that somebody is erased."""
    row = {"owner_id": owner_id, "interaction_id": interaction_id, "customer_id": customer_id}
    rows.put("history_shown_elsewhere", row)


@on(InteractionStarted)
def started(recorded: Recorded, event: InteractionStarted, rows: Rows) -> None:
    row = {
        "interaction_id": event.interaction_id,
        "customer_id": event.customer_id,
        "channel": event.channel,
        "ticket_id": event.ticket_id,
    }
    rows.put("history_interactions", row)
    entry(
        recorded,
        rows,
        event.customer_id,
        "contact_started",
        channel=event.channel,
        interaction_id=event.interaction_id,
        ticket_id=event.ticket_id,
        detail=event.entry,
    )


@on(CustomerRecognised)
def recognised(recorded: Recorded, event: CustomerRecognised, rows: Rows) -> None:
    """The contact moves to the timeline of whom it turned out to be; its texts stay under the first one's key."""
    known = rows.get("history_interactions", (event.interaction_id,))
    if known is None or known["customer_id"] == event.customer_id:
        return
    rows.put("history_interactions", {**known, "customer_id": event.customer_id})
    for row in rows.find("history_timeline", customer_id=known["customer_id"]):
        if row["interaction_id"] == event.interaction_id:
            rows.delete("history_timeline", (row["customer_id"], row["position"]))
            rows.put("history_timeline", {**row, "customer_id": event.customer_id})
            _shown_elsewhere(rows, row["owner_id"], event.interaction_id, event.customer_id)
    _say(recorded, rows, event, "recognised", detail=event.how)


@on(MessageReceived)
def received(recorded: Recorded, event: MessageReceived, rows: Rows) -> None:
    _say(
        recorded,
        rows,
        event,
        "message_received",
        channel=event.via if event.via != "page" else "email",
        by="automatic" if event.automatic else "customer",
        detail=event.automatic,
        title=text_of(event.subject),
        text=text_of(event.text),
    )


@on(MessageSent)
def sent(recorded: Recorded, event: MessageSent, rows: Rows) -> None:
    """`detail`: how many files went along, where any did."""
    title, text = text_of(event.subject), text_of(event.text)
    files = str(len(event.files)) if event.files else ""
    _say(recorded, rows, event, "message_sent", by=event.agent_id, detail=files, title=title, text=text)


@on(NoteAdded)
def noted(recorded: Recorded, event: NoteAdded, rows: Rows) -> None:
    _say(recorded, rows, event, "note", by=event.author, text=text_of(event.text))


@on(CallbackRequested)
def callback_requested(recorded: Recorded, event: CallbackRequested, rows: Rows) -> None:
    title, text = text_of(event.number), text_of(event.about)
    _say(recorded, rows, event, "callback_requested", detail=event.due_at.isoformat(), title=title, text=text)
    row: dict[str, Any] = {
        "customer_id": event.customer_id,
        "kind": "callback",
        "matter_id": event.interaction_id,
        "number": "",
        "title": text,
        "department": event.queue,
        "status": "open",
        "due_at": event.due_at,
        "opened_at": recorded.occurred_at,
    }
    rows.put("history_open_matters", row)


@on(CallPlaced)
def call_placed(recorded: Recorded, event: CallPlaced, rows: Rows) -> None:
    _say(recorded, rows, event, "call_placed", by=event.agent_id, title=text_of(event.number))


@on(CustomerPutThrough)
def put_through(recorded: Recorded, event: CustomerPutThrough, rows: Rows) -> None:
    _say(recorded, rows, event, "put_through", by=event.agent_id, title=text_of(event.number))


@on(AgentConnected)
def connected(recorded: Recorded, event: AgentConnected, rows: Rows) -> None:
    _say(recorded, rows, event, "connected", by=event.agent_id)


@on(InteractionTransferred)
def transferred(recorded: Recorded, event: InteractionTransferred, rows: Rows) -> None:
    _say(recorded, rows, event, "transferred", by=event.from_agent, detail=event.department)


@on(WorkGivenUp)
def given_up(recorded: Recorded, event: WorkGivenUp, rows: Rows) -> None:
    _say(recorded, rows, event, "given_up", by=event.agent_id, detail=event.reason)


@on(InteractionInterrupted)
def interrupted(recorded: Recorded, event: InteractionInterrupted, rows: Rows) -> None:
    _say(recorded, rows, event, "interrupted", by=event.agent_id, detail=event.reason)


@on(CallbackOffered)
def callback_offered(recorded: Recorded, event: CallbackOffered, rows: Rows) -> None:
    _say(recorded, rows, event, "callback_offered", by="system")


@on(SentToVoicemail)
def sent_to_voicemail(recorded: Recorded, event: SentToVoicemail, rows: Rows) -> None:
    _say(recorded, rows, event, "sent_to_voicemail", by="system", detail=str(event.waited))


@on(WorkExpired)
def expired(recorded: Recorded, event: WorkExpired, rows: Rows) -> None:
    _say(recorded, rows, event, "expired", by="system", detail=event.reason)


@on(InteractionAbandoned)
def abandoned(recorded: Recorded, event: InteractionAbandoned, rows: Rows) -> None:
    _say(recorded, rows, event, "abandoned", by="customer", detail=f"{event.waited:.0f}")


@on(WrapUpCompleted)
def wrapped_up(recorded: Recorded, event: WrapUpCompleted, rows: Rows) -> None:
    _say(recorded, rows, event, "completed", by=event.agent_id, detail=event.disposition)


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    known = _interaction(rows, event.interaction_id)
    # a caller who took a callback instead of waiting has it in the contact that began as a call
    if known["channel"] in ("callback", "voice"):
        rows.delete("history_open_matters", (known["customer_id"], "callback", event.interaction_id))
    _say(recorded, rows, event, "contact_closed", detail=event.reason)


@on(NotificationRequested)
def requested(recorded: Recorded, event: NotificationRequested, rows: Rows) -> None:
    row = {
        "delivery_id": event.delivery_id,
        "customer_id": event.customer_id,
        "ticket_id": event.ticket_id,
        "interaction_id": event.interaction_id,
        "kind": event.kind,
        "channel": event.channel,
    }
    rows.put("history_deliveries", row)


def _delivery(recorded: Recorded, rows: Rows, delivery_id: str, what: str, text: str = "") -> None:
    known = rows.get("history_deliveries", (delivery_id,))
    if known is not None:
        entry(
            recorded,
            rows,
            known["customer_id"],
            what,
            channel=known["channel"],
            interaction_id=known["interaction_id"],
            ticket_id=known["ticket_id"],
            by="system",
            detail=known["kind"],
            text=text,
        )


@on(NotificationDelivered)
def delivered(recorded: Recorded, event: NotificationDelivered, rows: Rows) -> None:
    _delivery(recorded, rows, event.delivery_id, "delivered")


@on(DeliveryDeferred)
def deferred(recorded: Recorded, event: DeliveryDeferred, rows: Rows) -> None:
    _delivery(recorded, rows, event.delivery_id, "delivery_deferred", text_of(event.reason))


@on(NotificationFailed)
def failed(recorded: Recorded, event: NotificationFailed, rows: Rows) -> None:
    _delivery(recorded, rows, event.delivery_id, "delivery_failed", text_of(event.reason))


@on(NotificationBounced)
def bounced(recorded: Recorded, event: NotificationBounced, rows: Rows) -> None:
    _delivery(recorded, rows, event.delivery_id, "bounced", text_of(event.reason))
