"""What happens in a conversation: held, consulted, joined, recorded.

Digits that a customer keys never stand in an event; while a recording is paused nothing that is said or keyed is kept.
"""

from __future__ import annotations

from typing import Literal

from domain.event import Event
from domain.personal import Personal

PartyKind = Literal["agent", "number", "supervisor"]
Hearing = Literal["speaks", "listens", "whispers"]


class InteractionHeld(Event, wire="interaction.held.v1"):
    """The customer hears music instead of the agent."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class InteractionResumed(Event, wire="interaction.resumed.v1"):
    """The customer is off hold."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class AgentMuted(Event, wire="interaction.agent_muted.v1"):
    """Nobody in the conversation hears the agent, who hears everybody."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class AgentUnmuted(Event, wire="interaction.agent_unmuted.v1"):
    """The agent is heard again."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class ConsultStarted(Event, wire="interaction.consult_started.v1"):
    """The agent asks somebody while the customer is on hold: another agent, or an outside number.

    `party` names who is asked; an agent's capacity is held under it.
    """

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    party: str
    kind: PartyKind
    asked_agent: str
    customer_id: str
    number: Personal[str] | None = None


class ConsultEnded(Event, wire="interaction.consult_ended.v1"):
    """`joined`: the party talks with the customer too from now on; `transferred`: it took the customer over."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    party: str
    outcome: Literal["ended", "joined", "transferred"]


class PartyJoined(Event, wire="interaction.party_joined.v1"):
    """Somebody further takes part: speaks with both, listens to both, or whispers to the agent alone."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    party: str
    kind: PartyKind
    hearing: Hearing
    joined_agent: str
    customer_id: str
    number: Personal[str] | None = None


class PartyLeft(Event, wire="interaction.party_left.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    party: str
    reason: str


class CustomerPutThrough(Event, wire="interaction.customer_put_through.v1"):
    """The customer goes on with somebody at an outside number, without the agent, whose contact is over.

    `party` names who is there; it was consulted before, or is called now.
    """

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    party: str
    customer_id: str
    number: Personal[str] | None = None


class OutsideEnded(Event, wire="interaction.outside_ended.v1"):
    """Whom the customer was put through to is gone, or was never reached and the customer waits again."""

    interaction_id: str
    party: str
    outcome: Literal["ended", "not_reached"]


class CallPlaced(Event, wire="interaction.call_placed.v1"):
    """An agent calls somebody from the desk. `line` is the number of ours that is shown, empty for the usual one."""

    interaction_id: str
    customer_id: str
    agent_id: str
    line: str
    number: Personal[str]


class RecordingStarted(Event, wire="interaction.recording_started.v1"):
    """`consent` says how the customer agreed: announced, asked, or not needed."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    recording_id: str
    consent: Literal["announced", "asked", "not_needed"]


class RecordingPaused(Event, wire="interaction.recording_paused.v1"):
    """Nothing is kept until it is resumed: card data is being given, or the customer wishes so."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    recording_id: str
    reason: Literal["card_data", "wish"]


class RecordingResumed(Event, wire="interaction.recording_resumed.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    recording_id: str


class RecordingStopped(Event, wire="interaction.recording_stopped.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    recording_id: str


class RecordingStored(Event, wire="interaction.recording_stored.v1"):
    """The sound lies under `reference`, encrypted under the customer's key. `seconds` long, `size` in bytes."""

    interaction_id: str
    customer_id: str
    leg: str
    recording_id: str
    reference: str
    media_type: str
    seconds: float
    size: int
