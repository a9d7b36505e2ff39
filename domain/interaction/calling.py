"""A telephone call: it comes in, is queued, connected or not, and its caller may hang up at any moment."""

from __future__ import annotations

from dataclasses import dataclass

from domain.agent.state import Agent
from domain.centre.configuration import project_of
from domain.customer.decide import Contact, recognise, survivor
from domain.customer.events import CustomerRegistered
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.call_events import OutsideEnded
from domain.interaction.ending import close
from domain.interaction.events import (
    AgentConnected,
    ConnectFailed,
    CustomerRecognised,
    InteractionAbandoned,
    InteractionStarted,
    InteractionTransferred,
    SentToVoicemail,
)
from domain.interaction.offers import missed, released, rescind
from domain.interaction.queueing import Arriving, banned, had_before, open_queue, queued, requeued
from domain.interaction.state import LEG, Interaction, Leg, in_hand, interaction_of
from domain.rejection import Rejection
from domain.reservation import holder_of
from domain.states import States
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveCall(Command):
    """Somebody calls the number `entry`. `caller` None: the number is withheld."""

    project: str
    caller: Contact | None
    entry: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecogniseCaller(Command):
    """The caller turned out to be the customer of an address, by a customer number that was keyed, for instance."""

    interaction_id: str
    contact: Contact
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnqueueCall(Command):
    """Let the caller wait for an agent of a queue; a caller who waits already goes on waiting.

    The result says under `then` what comes next: `wait`, `voicemail`, or `message`, which ends the call.
    """

    project: str
    interaction_id: str
    queue: str
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectAgent(Command):
    """The agent who accepted talks with the customer now; again it changes nothing."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailConnect(Command):
    """The agent who accepted could not be connected: a miss of theirs, and the caller waits on in the old place."""

    project: str
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonInteraction(Command):
    """The customer hung up. What still waited for an agent is abandoned; a callback that was asked for stays.

    The interaction is over unless an agent has it in hand, whose contact ends by `CompleteWork`.
    """

    interaction_id: str


@decides(ReceiveCall)
def receive(states: States, c: ReceiveCall, at: Moment) -> Outcome:
    project = project_of(states, c.project)
    language = c.language or project.configured.language
    if c.caller is None:
        customer_id = at.new_id()
        nobody_yet = CustomerRegistered(customer_id=customer_id, provisional=True, language=language)
        outcome = Outcome().add("customer", customer_id, nobody_yet)
    else:
        customer_id, outcome = recognise(states, c.caller, "", language, at)
    interaction_id = at.new_id()
    started = InteractionStarted(
        interaction_id=interaction_id,
        channel="voice",
        direction="inbound",
        customer_id=customer_id,
        ticket_id="",
        entry=c.entry,
        language=language,
    )
    outcome.add("interaction", interaction_id, started)
    outcome.result |= {"interaction_id": interaction_id, "customer_id": customer_id}
    return outcome


@decides(RecogniseCaller)
def recognise_caller(states: States, c: RecogniseCaller, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    holder = holder_of(states, c.contact.fingerprint)
    if holder is None:
        raise Rejection("unknown_customer", "no customer is known under this; ask again, or go on without")
    customer_id = survivor(states, holder)
    if customer_id == interaction.customer_id:
        return Outcome()
    recognised = CustomerRecognised(interaction_id=c.interaction_id, customer_id=customer_id, how=c.how)
    outcome = Outcome().add("interaction", c.interaction_id, recognised)
    return outcome.merge(_kept_from(interaction, customer_id, banned(states, customer_id)))


def _kept_from(interaction: Interaction, customer_id: str, agents: tuple[str, ...]) -> Outcome:
    """Who asked to be called back and is recognised only then: what waits goes on in its place, on a leg of its own,
    where it would have reached agents whom it must not reach."""
    for name, leg in interaction.legs.items():
        if leg.status != "waiting" or set(agents) <= set(leg.wanted.excluded):
            continue
        moved = InteractionTransferred(
            interaction_id=interaction.interaction_id,
            leg=name,
            to_leg=interaction.next_leg,
            from_agent="",
            queue=leg.queue,
            department="",
        )
        excluded = tuple(sorted({*leg.wanted.excluded, *agents}))
        own = {"leg": moved.to_leg, "customer_id": customer_id, "excluded": excluded}
        waits = leg.wanted.model_copy(update={**own, "trail": leg.trail, "reason": "transferred"})
        outcome = rescind(interaction, name, "it turned out whose contact this is")
        return outcome.add("interaction", interaction.interaction_id, moved, waits)
    return Outcome()


@decides(EnqueueCall)
def enqueue(states: States, c: EnqueueCall, at: Moment) -> Outcome:
    interaction, project = interaction_of(states, c.interaction_id), project_of(states, c.project)
    if interaction.being_worked:
        return Outcome(result={"then": "wait"})
    queue = open_queue(project, c.queue, at.now)
    rules = project.queue(queue)
    if rules.closed.then == "message" and not project.is_open(rules, at.now):
        outcome = close(states, interaction, "the queue is closed")
        outcome.result |= {"then": "message", "queue": queue}
        return outcome
    work = Arriving(
        interaction_id=c.interaction_id,
        leg=interaction.next_leg,
        channel="voice",
        queue=queue,
        customer_id=interaction.customer_id,
        language=interaction.language,
        site=c.site,
        excluded=banned(states, interaction.customer_id),
        had=had_before(interaction),
    )
    events = queued(states, project, work, at.now)
    outcome = Outcome().add("interaction", c.interaction_id, *events)
    voicemail = any(isinstance(event, SentToVoicemail) for event in events)
    outcome.result |= {"then": "voicemail" if voicemail else "wait", "queue": queue, "leg": work.leg}
    return outcome


@decides(ConnectAgent)
def connect(states: States, c: ConnectAgent, at: Moment) -> Outcome:
    interaction = interaction_of(states, c.interaction_id)
    leg = in_hand(interaction, c.leg, c.agent_id)
    if leg.work_id != c.work_id:
        raise Rejection("not_yours", "this work is not in your hands (any more)")
    if leg.status == "connected":
        return Outcome()
    step(LEG, leg.status, AgentConnected, "the work")
    connected = AgentConnected(interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=c.agent_id)
    return Outcome().add("interaction", c.interaction_id, connected)


@decides(FailConnect)
def fail_connect(states: States, c: FailConnect, at: Moment) -> Outcome:
    leg = states.of(Interaction, "interaction", c.interaction_id).leg(c.leg)
    if leg.status != "accepted" or leg.work_id != c.work_id:
        return Outcome()
    failed = ConnectFailed(
        interaction_id=c.interaction_id, leg=c.leg, work_id=c.work_id, agent_id=c.agent_id, reason=c.reason
    )
    outcome = Outcome().add("interaction", c.interaction_id, failed)
    outcome.add("interaction", c.interaction_id, requeued(leg, "connect_failed", tried=leg.agent_id))
    allowed = project_of(states, c.project).queue(leg.queue).offer.on(leg.wanted.channel).misses
    agent = states.of(Agent, "agent", leg.agent_id)
    return outcome.add("agent", leg.agent_id, *missed(agent, c.work_id, "connect failed", allowed))


@decides(AbandonInteraction)
def abandon(states: States, c: AbandonInteraction, at: Moment) -> Outcome:
    interaction = states.of(Interaction, "interaction", c.interaction_id)
    outcome = Outcome()
    if interaction.status != "open":
        return outcome
    if interaction.outside:
        ended = OutsideEnded(interaction_id=c.interaction_id, party=interaction.outside, outcome="ended")
        outcome.add("interaction", c.interaction_id, ended)
    abandoned = [name for name, leg in interaction.legs.items() if _leaves_waiting(leg)]
    for name in abandoned:
        leg = interaction.leg(name)
        outcome.merge(rescind(interaction, name, "the customer left"))
        seconds = max(0.0, (at.now - leg.wanted.arrived_at).total_seconds())
        left = InteractionAbandoned(interaction_id=c.interaction_id, leg=name, waited=seconds)
        outcome.add("interaction", c.interaction_id, left)
        if leg.status == "accepted":
            outcome.add("agent", leg.agent_id, released(leg.agent_id, leg.work_id, "the customer left"))
    if any(leg.status != "ended" for name, leg in interaction.legs.items() if name not in abandoned):
        return outcome
    return outcome.merge(close(states, interaction, "the customer left"))


def _leaves_waiting(leg: Leg) -> bool:
    return leg.status in ("waiting", "accepted") and leg.wanted.channel != "callback"
