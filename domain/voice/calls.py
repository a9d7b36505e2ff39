"""Commands of a caller's leg: it comes in, goes through its flow turn by turn, leaves a message, ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.centre.configuration import project_of
from domain.customer.decide import Contact
from domain.decide import Command, Moment, Outcome, decide, decides
from domain.event import Event
from domain.interaction.calling import AbandonInteraction, EnqueueCall, ReceiveCall
from domain.interaction.events import InteractionQueued
from domain.interaction.finishing import CompleteWork
from domain.interaction.state import Interaction, interaction_of
from domain.rejection import NotFound
from domain.states import States
from domain.voice.call import Call, call_of
from domain.voice.events import (
    CallEnded,
    CallProceeded,
    CallStarted,
    CustomerNumberKeyed,
    RecordingAgreed,
    Way,
)
from domain.voice.lines import free_line, take_line
from domain.voice.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCall(Command):
    """A call came in at a number of the project's; again it changes nothing.

    The result says `refused` when all lines are taken, else `interaction_id` and `customer_id`.
    """

    project: str
    number: str
    call_id: str
    provider: str
    caller: Contact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTurn(Command):
    """Go on to `place`, from the turn before it, with what that `means`, all at once; a turn taken is not taken again.

    The result says `taken` or `repeated`.
    """

    call_id: str
    place: Place
    way: Way
    means: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCustomerNumber(Command):
    """The caller keyed a customer number."""

    call_id: str
    number: str
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreeToRecording(Command):
    call_id: str
    agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForAgent(Command):
    """Let the caller wait in a queue, as `EnqueueCall`; with another priority than the queue's where one is given."""

    project: str
    call_id: str
    queue: str
    priority: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCall(Command):
    """The caller's leg is over: its line is free, what waited is abandoned, the agent's contact ends."""

    project: str
    call_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConversation(Command):
    """A customer whom we called has hung up: what waited is abandoned, the agent's contact ends."""

    project: str
    interaction_id: str


@decides(AnswerCall)
def answer(states: States, c: AnswerCall, at: Moment) -> Outcome:
    known = states.of(Call, "call", c.call_id)
    if known.status != "absent":
        return Outcome(result={"interaction_id": known.interaction_id, "customer_id": known.customer_id})
    project = project_of(states, c.project)
    number = project.configured.numbers.get(c.number)
    if number is None:
        raise NotFound("number", c.number)
    has_line, outcome = take_line(states, c.project, c.number, c.call_id, number.lines)
    if not has_line:
        outcome.result["refused"] = "busy"
        return outcome
    receive = ReceiveCall(project=c.project, caller=c.caller, entry=c.number, language=number.language)
    outcome.merge(decide(states, receive, now=at.now, new_id=at.new_id))
    started = CallStarted(
        call_id=c.call_id,
        interaction_id=outcome.result["interaction_id"],
        customer_id=outcome.result["customer_id"],
        number=c.number,
        provider=c.provider,
        caller_known=c.caller is not None,
        caller=None if c.caller is None else c.caller.address,
    )
    return outcome.add("call", c.call_id, started)


@decides(TakeTurn)
def take_turn(states: States, c: TakeTurn, at: Moment) -> Outcome:
    call = call_of(states, c.call_id)
    if call.turn != c.place.turn - 1:
        return Outcome(result={"turn": "repeated"})
    proceeded = CallProceeded(call_id=c.call_id, interaction_id=call.interaction_id, place=c.place, way=c.way)
    outcome = Outcome().add("call", c.call_id, proceeded)
    for command in c.means:
        later = states.after(outcome.events)
        outcome.merge(decide(later, command, now=at.now, new_id=at.new_id))
    outcome.result["turn"] = "taken"
    return outcome


@decides(KeyCustomerNumber)
def key_customer_number(states: States, c: KeyCustomerNumber, at: Moment) -> Outcome:
    call = call_of(states, c.call_id)
    interaction = interaction_of(states, call.interaction_id)
    keyed = CustomerNumberKeyed(
        call_id=c.call_id,
        interaction_id=call.interaction_id,
        customer_id=interaction.customer_id,
        number=c.number,
        known=c.known,
    )
    return Outcome().add("call", c.call_id, keyed)


@decides(AgreeToRecording)
def agree(states: States, c: AgreeToRecording, at: Moment) -> Outcome:
    call = call_of(states, c.call_id)
    agreed = RecordingAgreed(call_id=c.call_id, interaction_id=call.interaction_id, agreed=c.agreed)
    return Outcome().add("call", c.call_id, agreed)


@decides(WaitForAgent)
def wait_for_agent(states: States, c: WaitForAgent, at: Moment) -> Outcome:
    call = call_of(states, c.call_id)
    number = project_of(states, c.project).configured.numbers.get(call.number)
    enqueue = EnqueueCall(
        project=c.project,
        interaction_id=call.interaction_id,
        queue=c.queue,
        site=(number.site or "") if number is not None else "",
    )
    outcome = decide(states, enqueue, now=at.now, new_id=at.new_id)
    if c.priority is None:
        return outcome
    events = {stream: [_as_urgent(event, c.priority) for event in found] for stream, found in outcome.events.items()}
    return replace(outcome, events=events)


def _as_urgent(event: Event, priority: int) -> Event:
    return event.model_copy(update={"priority": priority}) if isinstance(event, InteractionQueued) else event


@decides(EndCall)
def end_call(states: States, c: EndCall, at: Moment) -> Outcome:
    call = states.of(Call, "call", c.call_id)
    if call.status != "going_on":
        return Outcome()
    ended = CallEnded(call_id=c.call_id, interaction_id=call.interaction_id, status=c.status)
    outcome = Outcome().add("call", c.call_id, ended).merge(free_line(states, c.project, call.number, c.call_id))
    return _customer_gone(states, c.project, call.interaction_id, outcome, at)


@decides(EndConversation)
def end_conversation(states: States, c: EndConversation, at: Moment) -> Outcome:
    return _customer_gone(states, c.project, c.interaction_id, Outcome(), at)


def _customer_gone(states: States, project: str, interaction_id: str, outcome: Outcome, at: Moment) -> Outcome:
    """Added to `outcome`: the end of every contact on the line, and of what waited there."""
    interaction = states.of(Interaction, "interaction", interaction_id)
    for name, leg in interaction.legs.items():
        if interaction.status == "open" and leg.status == "connected" and leg.wanted.channel == "voice":
            work = CompleteWork(project=project, interaction_id=interaction_id, leg=name, agent_id=leg.agent_id)
            outcome.merge(decide(states.after(outcome.events), work, now=at.now, new_id=at.new_id))
    left = AbandonInteraction(interaction_id=interaction_id)
    outcome.merge(decide(states.after(outcome.events), left, now=at.now, new_id=at.new_id))
    return replace(outcome, result={})
