"""In conversation: hold, mute, consult, bring in, listen in, and hand over to whoever was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.agent.events import AgentReserved
from domain.agent.state import Agent
from domain.channel import is_spoken
from domain.customer.decide import Contact
from domain.decide import Command, Moment, Outcome, decides
from domain.interaction.call import Party
from domain.interaction.call_events import (
    AgentMuted,
    AgentUnmuted,
    ConsultEnded,
    ConsultStarted,
    Hearing,
    InteractionHeld,
    InteractionResumed,
    PartyJoined,
    PartyLeft,
)
from domain.interaction.events import AgentConnected, InteractionTransferred, OfferAccepted
from domain.interaction.hanging_up import hang_up, party_leaves
from domain.interaction.offers import released
from domain.interaction.state import Interaction, Leg, in_hand, interaction_of
from domain.rejection import NotFound, Rejection
from domain.states import States

#: Why a party leaves that goes on with the customer.
TOOK_OVER = "took the customer over"


@dataclass(frozen=True, slots=True, kw_only=True)
class InCall(Command):
    """Something an agent does in a conversation."""

    interaction_id: str
    leg: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCall(InCall):
    """Put the customer on hold; again it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCall(InCall):
    """Take the customer off hold; again it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteAgent(InCall):
    """Let nobody in the conversation hear the agent; again it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmuteAgent(InCall):
    """Let the agent be heard again; again it changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultAgent(InCall):
    """Ask another agent, who must have room for the call, while the customer is on hold."""

    to_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultNumber(InCall):
    """Ask somebody at an outside number while the customer is on hold."""

    number: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConsult(InCall):
    """Whoever was asked is gone, or never answered; the customer stays on hold until the agent resumes."""

    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinConsulted(InCall):
    """Bring whoever is consulted into the conversation with the customer."""

    party: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuperviseCall(InCall):
    """A supervisor listens, whispers to the agent, or speaks with both; another way of hearing replaces it."""

    supervisor: str
    hearing: Hearing


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveParty(InCall):
    """Somebody who took part has hung up, or was put out; again it changes nothing."""

    party: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverCall(InCall):
    """Hand the customer over to an agent who is consulted or takes part: theirs is the next leg, connected at once."""

    party: str


def talking(states: States, c: InCall) -> tuple[Interaction, Leg]:
    """The interaction and its leg, in conversation and in this agent's hands."""
    interaction = interaction_of(states, c.interaction_id)
    leg = in_hand(interaction, c.leg, c.agent_id)
    if not is_spoken(leg.wanted.channel):
        raise Rejection("no_call", f"this is work on {leg.wanted.channel}, there is no call")
    if leg.status != "connected":
        raise Rejection("not_possible_now", "the customer is not on the line with you")
    return interaction, leg


def where(c: InCall, leg: Leg) -> dict[str, str]:
    """What every event of a conversation bears."""
    return {"interaction_id": c.interaction_id, "leg": c.leg, "work_id": leg.work_id, "agent_id": c.agent_id}


@decides(HoldCall)
def hold(states: States, c: HoldCall, at: Moment) -> Outcome:
    _, leg = talking(states, c)
    return _held(c, leg) if leg.call.hold == "talking" else Outcome()


def _held(c: InCall, leg: Leg) -> Outcome:
    return Outcome().add("interaction", c.interaction_id, InteractionHeld(**where(c, leg)))


@decides(ResumeCall)
def resume(states: States, c: ResumeCall, at: Moment) -> Outcome:
    _, leg = talking(states, c)
    return _resumed(c, leg)


def _resumed(c: InCall, leg: Leg) -> Outcome:
    if leg.call.hold == "talking":
        return Outcome()
    return Outcome().add("interaction", c.interaction_id, InteractionResumed(**where(c, leg)))


@decides(MuteAgent)
def mute(states: States, c: MuteAgent, at: Moment) -> Outcome:
    _, leg = talking(states, c)
    if leg.call.voice == "muted":
        return Outcome()
    return Outcome().add("interaction", c.interaction_id, AgentMuted(**where(c, leg)))


@decides(UnmuteAgent)
def unmute(states: States, c: UnmuteAgent, at: Moment) -> Outcome:
    _, leg = talking(states, c)
    if leg.call.voice == "heard":
        return Outcome()
    return Outcome().add("interaction", c.interaction_id, AgentUnmuted(**where(c, leg)))


@decides(ConsultAgent)
def consult_agent(states: States, c: ConsultAgent, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    agent = states.of(Agent, "agent", c.to_agent)
    if not agent.employed:
        raise NotFound("agent", c.to_agent)
    if any(c.to_agent == who.agent_id for who in (leg, *leg.call.parties.values())):
        raise Rejection("same_agent", f"agent {c.to_agent} takes part already")
    reason = "state: signed out" if agent.presence == "signed_out" else agent.lacks_room(leg.wanted.channel)
    if reason is not None:
        raise Rejection("agent_unfit", f"agent {c.to_agent}: {reason}")
    party = at.new_id()
    started = ConsultStarted(
        **where(c, leg), party=party, kind="agent", asked_agent=c.to_agent, customer_id=interaction.customer_id
    )
    return _consulting(c, leg, started).add("agent", c.to_agent, _reserved(agent, party, c, leg, c.leg))


@decides(ConsultNumber)
def consult_number(states: States, c: ConsultNumber, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    started = ConsultStarted(
        **where(c, leg),
        party=at.new_id(),
        kind="number",
        asked_agent="",
        customer_id=interaction.customer_id,
        number=c.number.address,
    )
    return _consulting(c, leg, started)


def _consulting(c: InCall, leg: Leg, started: ConsultStarted) -> Outcome:
    if leg.call.consulted is not None:
        raise Rejection("consulting", "you are consulting somebody already; end that, or bring them in")
    outcome = _held(c, leg) if leg.call.hold == "talking" else Outcome()
    outcome.add("interaction", c.interaction_id, started)
    outcome.result["party"] = started.party
    return outcome


def _reserved(agent: Agent, work_id: str, c: InCall, leg: Leg, name: str) -> AgentReserved:
    """Capacity of an agent for a part in the call."""
    assert agent.profile is not None, "an agent with room has a profile"
    channel = leg.wanted.channel
    return AgentReserved(
        agent_id=agent.agent_id,
        work_id=work_id,
        interaction_id=c.interaction_id,
        leg=name,
        channel=channel,
        units=agent.profile.channels[channel].units,
    )


@decides(EndConsult)
def end_consult(states: States, c: EndConsult, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    if leg.call.consulted != c.party:
        return Outcome()
    return party_leaves(interaction, c.leg, c.party, "consult ended")


@decides(JoinConsulted)
def join_consulted(states: States, c: JoinConsulted, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    who = leg.call.parties.get(c.party)
    if who is not None and who.standing == "joined":
        return Outcome()
    if who is None:
        raise Rejection("party_gone", "whoever was consulted is gone")
    ended = ConsultEnded(**where(c, leg), party=c.party, outcome="joined")
    joined = PartyJoined(
        **where(c, leg),
        party=c.party,
        kind="agent" if who.kind == "agent" else "number",
        hearing="speaks",
        joined_agent=who.agent_id,
        customer_id=interaction.customer_id,
    )
    return Outcome().add("interaction", c.interaction_id, ended, joined).merge(_resumed(c, leg))


@decides(SuperviseCall)
def supervise(states: States, c: SuperviseCall, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    party = f"supervisor:{c.supervisor}"
    outcome = Outcome()
    known = leg.call.parties.get(party)
    if known is not None:
        if known.hearing == c.hearing:
            return Outcome(result={"party": party})
        outcome.merge(party_leaves(interaction, c.leg, party, f"{c.hearing} now"))
    joined = PartyJoined(
        **where(c, leg),
        party=party,
        kind="supervisor",
        hearing=c.hearing,
        joined_agent=c.supervisor,
        customer_id=interaction.customer_id,
    )
    outcome.add("interaction", c.interaction_id, joined)
    outcome.result["party"] = party
    return outcome


@decides(RemoveParty)
def remove_party(states: States, c: RemoveParty, at: Moment) -> Outcome:
    interaction, leg = talking(states, c)
    who = leg.call.parties.get(c.party)
    return Outcome() if who is None else party_leaves(interaction, c.leg, c.party, c.reason)


@decides(HandOverCall)
def hand_over(states: States, c: HandOverCall, at: Moment) -> Outcome:
    """The agent's leg ends with all that was open in it; the other's begins where it is, in contact."""
    interaction, leg = talking(states, c)
    who = leg.call.parties.get(c.party)
    if who is None or who.kind != "agent":
        raise Rejection("party_gone", "only an agent who is consulted or takes part can take the customer over")
    agent, to_leg, work_id = states.of(Agent, "agent", who.agent_id), interaction.next_leg, at.new_id()
    outcome = hang_up(interaction, c.leg, "transferred", but=c.party).merge(_resumed(c, leg))
    moved = InteractionTransferred(
        interaction_id=c.interaction_id,
        leg=c.leg,
        to_leg=to_leg,
        from_agent=c.agent_id,
        queue=leg.queue,
        department="",
        to_agent=who.agent_id,
    )
    theirs: dict[str, Any] = {**where(c, leg), "leg": to_leg, "work_id": work_id, "agent_id": who.agent_id}
    again = leg.wanted.model_copy(update={"leg": to_leg, "reason": "transferred", "trail": ()})
    connected = (OfferAccepted(**theirs), AgentConnected(**theirs))
    outcome.add("interaction", c.interaction_id, _taken_over(c, leg, who), moved, again, *connected)
    outcome.add("agent", c.agent_id, released(c.agent_id, leg.work_id, "transferred"))
    outcome.add("agent", who.agent_id, released(who.agent_id, c.party, "transferred"))
    return outcome.add("agent", who.agent_id, _reserved(agent, work_id, c, leg, to_leg))


def _taken_over(c: HandOverCall, leg: Leg, who: Party) -> ConsultEnded | PartyLeft:
    if who.standing == "consulted":
        return ConsultEnded(**where(c, leg), party=c.party, outcome="transferred")
    return PartyLeft(**where(c, leg), party=c.party, reason=TOOK_OVER)
