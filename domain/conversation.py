"""Conversations on a page of ours: customer and agent write, and the log itself carries what they say.

One begins with the customer's first message and waits in the queue of its department. It is over when the agent ends
the contact, when the customer leaves, or when nobody took it in time; what is said afterwards begins another one.
Whoever writes has proved nothing, so a conversation is nobody's but its own: an e-mail address that is given is kept
as something said, and opens no other customer's card.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from domain.centre.configuration import Project, project_of
from domain.centre.documents import Conversation
from domain.customer.events import CustomerRegistered, FactRecorded
from domain.decide import Command, Moment, Outcome, decide, decides
from domain.interaction.answering import reply_by_of, takes_no_files
from domain.interaction.calling import AbandonInteraction
from domain.interaction.events import InteractionStarted, MessageReceived, MessageSent
from domain.interaction.finishing import CompleteWork
from domain.interaction.queueing import FIRST_LEG, Arriving, open_queue, queued
from domain.interaction.state import Interaction, interaction_of
from domain.interaction.work import Reply
from domain.rejection import NotFound, Rejection
from domain.states import States

#: Characters of the longest message, either way.
LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConversation(Command):
    """Somebody writes for the first time on the page `entry`, a name among the project's `conversations`.

    `email`: where they say they can be reached, unproved. The result names the interaction.
    """

    project: str
    entry: str
    text: str
    name: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SayInConversation(Command):
    """The customer writes more."""

    project: str
    interaction_id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveConversation(Command):
    """The customer is gone; again it changes nothing. `only_waiting`: whom an agent has in hand, that agent ends."""

    project: str
    interaction_id: str
    only_waiting: bool = False


def conversation_of(project: Project, entry: str) -> Conversation:
    """Raises `NotFound`."""
    found = project.configured.conversations.get(entry)
    if found is None:
        raise NotFound("conversation", entry)
    return found


def takes_any(project: Project, wanted: Conversation, at: Moment) -> bool:
    """Whether somebody who writes now is let in: the queue is open, or one may wait for its opening."""
    rules = project.queue(open_queue(project, project.department_queue(wanted.department), at.now))
    return rules.closed.then in ("wait", "queue") or project.is_open(rules, at.now)


@decides(StartConversation)
def start(states: States, c: StartConversation, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    wanted = conversation_of(project, c.entry)
    text = _checked(c.text)
    if not takes_any(project, wanted, at):
        raise Rejection("queue_closed", "nobody is there to answer now")
    language = c.language or wanted.language
    customer_id, interaction_id = at.new_id(), at.new_id()
    outcome = _stranger(c, customer_id, language)
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel=wanted.channel,
        direction="inbound",
        customer_id=customer_id,
        ticket_id="",
        entry=c.entry,
        language=language,
    )
    said = _said(interaction_id, customer_id, wanted.channel, c.name, text, at)
    work = Arriving(
        interaction_id=interaction_id,
        leg=FIRST_LEG,
        channel=wanted.channel,
        queue=project.department_queue(wanted.department),
        customer_id=customer_id,
        language=language,
        site=wanted.site or "",
        expires_at=None if wanted.expires is None else at.now + timedelta(seconds=wanted.expires),
    )
    outcome.add("interaction", interaction_id, started, said, *queued(states, project, work, at.now))
    outcome.result |= {"interaction_id": interaction_id, "customer_id": customer_id, "message_id": said.message_id}
    return outcome


def _stranger(c: StartConversation, customer_id: str, language: str) -> Outcome:
    registered = CustomerRegistered(customer_id=customer_id, provisional=True, language=language, name=c.name or None)
    outcome = Outcome().add("customer", customer_id, registered)
    if c.email:
        said = FactRecorded(customer_id=customer_id, name="email_given", value=c.email, source=c.entry)
        outcome.add("customer", customer_id, said)
    return outcome


def _checked(text: str) -> str:
    if not text.strip():
        raise Rejection("empty", "write something before sending")
    if len(text) > LONGEST:
        raise Rejection("too_long", f"a message has at most {LONGEST} characters, this one has {len(text)}")
    return text


def _said(interaction_id: str, customer_id: str, channel: str, name: str, text: str, at: Moment) -> MessageReceived:
    return MessageReceived(
        interaction_id=interaction_id,
        customer_id=customer_id,
        message_id=at.new_id(),
        via=channel,
        sender="",
        sender_name=name,
        subject="",
        text=text,
        external_id="",
    )


@decides(SayInConversation)
def say(states: States, c: SayInConversation, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    if not interaction.being_worked:
        raise Rejection("ended", "this conversation is over; a new message begins another one")
    text = _checked(c.text)
    said = _said(c.interaction_id, interaction.customer_id, interaction.channel, "", text, at)
    by = reply_by_of(project_of(states, c.project), interaction, at)
    outcome = Outcome().add("interaction", c.interaction_id, said.model_copy(update={"reply_by": by}))
    outcome.result["message_id"] = said.message_id
    return outcome


@decides(LeaveConversation)
def leave(states: States, c: LeaveConversation, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    outcome = Outcome()
    for name, leg in interaction.legs.items():
        if interaction.status == "open" and leg.status == "connected":
            if c.only_waiting:
                return Outcome()
            work = CompleteWork(project=c.project, interaction_id=c.interaction_id, leg=name, agent_id=leg.agent_id)
            outcome.merge(decide(states.after(outcome.events), work, now=at.now, new_id=at.new_id))
    left = AbandonInteraction(interaction_id=c.interaction_id)
    outcome.merge(decide(states.after(outcome.events), left, now=at.now, new_id=at.new_id))
    return replace(outcome, result={})


def said_on_page(states: States, c: Reply, interaction: Interaction, at: Moment) -> Outcome:
    """Carries replies of a channel whose customers read them on a page of ours: nothing has to be sent."""
    takes_no_files(c, "this conversation")
    message = MessageSent(
        interaction_id=c.interaction_id,
        customer_id=interaction.customer_id,
        message_id=at.new_id(),
        leg=c.leg,
        agent_id=c.agent_id,
        delivery_id="",
        subject="",
        text=_checked(c.text),
        via=interaction.channel,
    )
    outcome = Outcome().add("interaction", c.interaction_id, message)
    outcome.result["message_id"] = message.message_id
    return outcome
