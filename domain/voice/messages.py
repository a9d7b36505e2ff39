"""Messages that callers leave: work for an agent, who listens and calls back; the sound follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.centre.configuration import project_of
from domain.centre.documents import ProjectDocument
from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.passing_on import MessageSound, message_taken
from domain.interaction.events import InteractionStarted, SentToVoicemail
from domain.interaction.offers import rescind
from domain.interaction.queueing import Arriving, banned, queued, waited
from domain.interaction.state import Interaction
from domain.rejection import NotFound
from domain.states import States
from domain.voice.call import Call
from domain.voice.events import MessageLeft, MessageStored


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveMessage(Command):
    """The caller spoke a message: work for an agent of `queue`, who listens and calls back."""

    project: str
    call_id: str
    queue: str
    seconds: int
    recording_id: str
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreMessage(Command):
    """The sound of a message is in the customer's store under `reference`; again it changes nothing.

    A message for somebody whose address stands in the flow goes out to them.
    """

    project: str
    call_id: str
    customer_id: str
    recording_id: str
    reference: str
    media_type: str
    seconds: int
    size: int


@decides(LeaveMessage)
def leave_message(states: States, c: LeaveMessage, at: Moment) -> Outcome:
    call = states.of(Call, "call", c.call_id)
    if call.status == "absent":
        raise NotFound("call", c.call_id)
    if c.recording_id in call.messages:
        return Outcome()
    interaction = states.of(Interaction, "interaction", call.interaction_id)
    outcome = Outcome()
    if interaction.status != "open":
        interaction = _for_the_message(interaction, at)
        outcome.add("interaction", interaction.interaction_id, _started(interaction))
    left = MessageLeft(
        call_id=c.call_id,
        interaction_id=interaction.interaction_id,
        queue=c.queue,
        seconds=c.seconds,
        recording_id=c.recording_id,
        recipient=c.recipient,
        provider=call.provider,
    )
    outcome.add("call", c.call_id, left).merge(_no_longer_waits(interaction, at))
    work = Arriving(
        interaction_id=interaction.interaction_id,
        leg=interaction.next_leg,
        channel="callback",
        queue=c.queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        excluded=banned(states, interaction.customer_id),
    )
    events = queued(states, project_of(states, c.project), work, at.now)
    return outcome.add("interaction", interaction.interaction_id, *events)


def _for_the_message(over: Interaction, at: Moment) -> Interaction:
    """A caller may hang up after speaking, and the provider tell of the end before the message: work of its own."""
    return replace(over, interaction_id=at.new_id(), status="open", legs={}, recordings={})


def _started(interaction: Interaction) -> InteractionStarted:
    return InteractionStarted.model_validate(
        {
            "interaction_id": interaction.interaction_id,
            "channel": "callback",
            "direction": "inbound",
            "customer_id": interaction.customer_id,
            "ticket_id": interaction.ticket_id,
            "entry": interaction.entry,
            "language": interaction.language,
        }
    )


def _no_longer_waits(interaction: Interaction, at: Moment) -> Outcome:
    """Who leaves a message waits no longer for an agent."""
    outcome = Outcome()
    for name, leg in interaction.legs.items():
        if leg.status == "waiting" and leg.wanted.channel == "voice":
            outcome.merge(rescind(interaction, name, "the caller leaves a message"))
            sent = SentToVoicemail(
                interaction_id=interaction.interaction_id, leg=name, step=0, waited=waited(leg.wanted, at.now)
            )
            outcome.add("interaction", interaction.interaction_id, sent)
    return outcome


@decides(StoreMessage)
def store_message(states: States, c: StoreMessage, at: Moment) -> Outcome:
    call = states.of(Call, "call", c.call_id)
    if call.status == "absent":
        raise NotFound("call", c.call_id)
    if c.recording_id in call.stored:
        return Outcome()
    stored = MessageStored(
        call_id=c.call_id,
        interaction_id=call.work.get(c.recording_id, call.interaction_id),
        customer_id=c.customer_id,
        recording_id=c.recording_id,
        reference=c.reference,
        media_type=c.media_type,
        seconds=c.seconds,
        size=c.size,
    )
    return Outcome().add("call", c.call_id, stored).merge(_passed_on(states, c, call, at))


def _passed_on(states: States, c: StoreMessage, call: Call, at: Moment) -> Outcome:
    """The mail to whom the message is for."""
    recipient, project = call.recipients.get(c.recording_id, ""), project_of(states, c.project)
    address = _address(project.configured, call.number, recipient) if recipient else None
    if address is None:
        return Outcome()
    interaction = states.of(Interaction, "interaction", call.work.get(c.recording_id, call.interaction_id))
    sound = MessageSound(c.recording_id, c.reference, c.media_type, c.seconds)
    return message_taken(interaction, c.customer_id, call.caller, recipient, address, sound, project, at)


def _address(project: ProjectDocument, number: str, recipient: str) -> str | None:
    """Where messages for somebody go, by the flow of the number that was called."""
    line = project.numbers.get(number)
    flow = project.flows.get(line.flow or "") if line is not None else None
    takings = (step.message_taking for step in flow.steps.values()) if flow is not None else ()
    found = (one.deliver_to for one in takings if one is not None and one.recipient == recipient)
    return next(filter(None, found), None)
