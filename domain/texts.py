"""What a customer's text commands: no more texts, texts again, help. What is a command and what a message is told in
`channels.sms.keywords`; a text that commands is kept on record like any other, and nobody has to answer it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.centre.configuration import Project, project_of
from domain.customer.decide import Contact, recognise
from domain.customer.events import ConsentGiven, ConsentWithdrawn
from domain.customer.state import Customer
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.events import Kind
from domain.delivery.request import TEXTS, About, text, wants_no_texts
from domain.entrance import entrance
from domain.event import Event
from domain.states import States
from domain.stream import stream_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeKeyword(Command):
    """`entry` names the number that it came to. `answered`: the provider has answered by itself already.

    The result's `taken` is `no` for a START of somebody who never stopped: that is a message.
    """

    project: str
    entry: str
    sender: Contact
    kind: Literal["stop", "start", "help"]
    answered: bool = False
    language: str = ""


@decides(TakeKeyword)
def take_keyword(states: States, c: TakeKeyword, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    way_in = entrance(project, "sms", c.entry)
    customer_id, outcome = recognise(states, c.sender, "", c.language or way_in.language, at)
    new = stream_of("customer", customer_id) in outcome.events
    stopped = not new and wants_no_texts(states.of(Customer, "customer", customer_id))
    if c.kind == "start" and not stopped:
        outcome.result["taken"] = "no"
        return outcome
    outcome.result["taken"] = "yes"
    event = _consent(c.kind, customer_id, stopped=stopped)
    if event is not None:
        outcome.add("customer", customer_id, event)
    # who has stopped already is not told so again: two machines could go on for ever
    if not c.answered and not (c.kind == "stop" and stopped):
        outcome.merge(_answer(c, project, About(customer_id, c.language or way_in.language), at))
    return outcome


def _consent(kind: str, customer_id: str, *, stopped: bool) -> Event | None:
    if kind == "stop" and not stopped:
        return ConsentWithdrawn(customer_id=customer_id, purpose=TEXTS)
    return ConsentGiven(customer_id=customer_id, purpose=TEXTS) if kind == "start" else None


def _answer(c: TakeKeyword, project: Project, about: About, at: Moment) -> Outcome:
    kinds: dict[str, Kind] = {"stop": "texts_stopped", "start": "texts_started", "help": "texts_help"}
    texts = project.configured.numbers[c.entry].texts
    body = (texts.help or "") if texts is not None and c.kind == "help" else ""
    return text(kinds[c.kind], c.entry, about, c.sender.address, project, at, body=body)
