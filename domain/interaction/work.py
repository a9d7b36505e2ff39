"""An agent's work on an interaction: answering and noting; passing it on and finishing it stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.decide import Command, Moment, Outcome, decides
from domain.enclosing import NamedFile
from domain.interaction.answering import carrier_of
from domain.interaction.events import NoteAdded
from domain.interaction.finishing import CompleteWork, CompleteWrapUp, TimeOutWrapUp
from domain.interaction.replying import by_mail
from domain.interaction.state import in_hand, interaction_of
from domain.interaction.transferring import TransferInteraction, TransferToAgent, TransferToQueue
from domain.rejection import Rejection
from domain.states import States

__all__ = [
    "AddNote",
    "CompleteWork",
    "CompleteWrapUp",
    "Reply",
    "TimeOutWrapUp",
    "TransferInteraction",
    "TransferToAgent",
    "TransferToQueue",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Command):
    """Write to the customer: as they wrote, or `by` mail in the ticket's thread or by text.

    By mail, too, where the channel has no way of its own and nothing else is asked for. `text` may be empty where files
    go along; a way that carries words alone refuses them.
    """

    project: str
    interaction_id: str
    leg: str
    agent_id: str
    text: str
    by: Literal["", "email", "sms"] = ""
    #: the last message that the author had read; empty where nobody looked
    after: str = ""
    #: what goes along, where the channel can carry it
    files: tuple[NamedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """An internal note: never sent to the customer."""

    interaction_id: str
    author: str
    text: str


@decides(Reply)
def reply(states: States, c: Reply, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if in_hand(interaction, c.leg, c.agent_id).status != "connected":
        raise Rejection("not_possible_now", "a reply can be sent while the work is in your hands, before wrap-up")
    # a file alone says enough, where the way to the customer carries files
    if not c.text.strip() and not c.files:
        raise Rejection("empty", "write something before sending")
    if c.after and c.after != interaction.last_said:
        raise Rejection("said_meanwhile", "something was said since you began to write; read it, then send yours")
    return carrier_of(c.by or interaction.channel, by_mail)(states, c, interaction, at)


@decides(AddNote)
def add_note(states: States, c: AddNote, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if not c.text.strip():
        raise Rejection("empty", "a note needs a text")
    note = NoteAdded(interaction_id=c.interaction_id, customer_id=interaction.customer_id, author=c.author, text=c.text)
    return Outcome().add("interaction", c.interaction_id, note)
