"""Text search: tickets and notes by the words in them, without regard to case and diacritics.

Each text is kept under its words; a query looks up the rarest-looking word and holds the others against the text.
"""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.events import InteractionStarted, MessageReceived, MessageSent, NoteAdded
from domain.ports import Rows
from domain.ticket.events import TicketOpened
from projections.erasing import forgets, text_of
from projections.schema import Column, Projection, Table
from projections.searching import distinct_words

TEXTS = Table(
    "search_texts",
    (
        Column("position", "integer"),
        Column("project"),
        Column("customer_id"),
        Column("kind"),
        Column("ticket_id"),
        Column("interaction_id"),
        Column("by"),
        Column("at", "instant"),
        Column("text", personal=True),
    ),
    key=("position",),
    indexes=(("customer_id",),),
    owner="customer_id",
    on_erasure="delete",
)
#: Which text has a word. `newest` is the position negated, so that a scan gives the latest text first.
WORDS = Table(
    "search_words",
    (
        Column("project"),
        Column("word", personal=True),
        Column("newest", "integer"),
        Column("customer_id"),
    ),
    key=("project", "word", "newest"),
    indexes=(("customer_id",),),
    owner="customer_id",
    on_erasure="delete",
)
#: On which ticket an interaction works.
ABOUT = Table(
    "search_interactions",
    (Column("interaction_id"), Column("ticket_id")),
    key=("interaction_id",),
    read_back=True,
)

text_search = Projection("text_search", 1, (TEXTS, WORDS, ABOUT))
on = text_search.on
forgets(text_search)


def _keep(
    recorded: Recorded, rows: Rows, kind: str, text: str, customer_id: str, ticket_id: str, interaction_id: str, by: str
) -> None:
    words = distinct_words(text)
    if not words:
        return
    row: dict[str, Any] = {
        "position": recorded.position,
        "project": recorded.project,
        "customer_id": customer_id,
        "kind": kind,
        "ticket_id": ticket_id,
        "interaction_id": interaction_id,
        "by": by,
        "at": recorded.occurred_at,
        "text": text,
    }
    rows.put(TEXTS.name, row)
    for word in words:
        found = {"project": recorded.project, "word": word, "newest": -recorded.position, "customer_id": customer_id}
        rows.put(WORDS.name, found)


def _ticket_of(rows: Rows, interaction_id: str) -> str:
    known = rows.get(ABOUT.name, (interaction_id,))
    return known["ticket_id"] if known else ""


@on(InteractionStarted)
def started(recorded: Recorded, event: InteractionStarted, rows: Rows) -> None:
    rows.put(ABOUT.name, {"interaction_id": event.interaction_id, "ticket_id": event.ticket_id})


@on(TicketOpened)
def opened(recorded: Recorded, event: TicketOpened, rows: Rows) -> None:
    text = text_of(event.subject)
    _keep(recorded, rows, "ticket", text, event.customer_id, event.ticket_id, event.interaction_id, "customer")


@on(NoteAdded)
def noted(recorded: Recorded, event: NoteAdded, rows: Rows) -> None:
    ticket_id = _ticket_of(rows, event.interaction_id)
    text = text_of(event.text)
    _keep(recorded, rows, "note", text, event.customer_id, ticket_id, event.interaction_id, event.author)


@on(MessageReceived)
def received(recorded: Recorded, event: MessageReceived, rows: Rows) -> None:
    if event.automatic:
        return
    ticket_id = _ticket_of(rows, event.interaction_id)
    text = text_of(event.text)
    _keep(recorded, rows, "message", text, event.customer_id, ticket_id, event.interaction_id, "customer")


@on(MessageSent)
def sent(recorded: Recorded, event: MessageSent, rows: Rows) -> None:
    ticket_id = _ticket_of(rows, event.interaction_id)
    text = text_of(event.text)
    _keep(recorded, rows, "message", text, event.customer_id, ticket_id, event.interaction_id, event.agent_id)
