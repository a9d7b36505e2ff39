"""How a conversation stands, for whoever looks at it: parties, hold, mute, recordings."""

from __future__ import annotations

from pydantic import BaseModel

from domain.interaction.leg import Leg
from domain.interaction.state import Interaction


class Party(BaseModel):
    """Who takes part beside agent and customer: `consulted` while the customer is on hold, or `joined`."""

    party: str
    kind: str
    standing: str
    agent_id: str
    hearing: str


class Talk(BaseModel):
    """One leg: an agent's part of a conversation. `held`: the customer hears music; `muted`: nobody hears the agent."""

    leg: str
    status: str
    channel: str
    queue: str
    agent_id: str
    work_id: str
    held: bool
    muted: bool
    parties: list[Party]


class Recorded(BaseModel):
    """`status`: running, paused, ended or stored."""

    recording_id: str
    leg: str
    status: str


class Conversation(BaseModel):
    """`outside`: the party whom the customer was put through to, while they talk."""

    interaction_id: str
    status: str
    customer_id: str
    outside: str
    legs: list[Talk]
    recordings: list[Recorded]


def conversation_of(interaction: Interaction) -> Conversation:
    recordings = [
        Recorded(recording_id=name, leg=one.leg, status=one.status) for name, one in interaction.recordings.items()
    ]
    return Conversation(
        interaction_id=interaction.interaction_id,
        status=interaction.status,
        customer_id=interaction.customer_id,
        outside=interaction.outside,
        legs=[_talk(name, leg) for name, leg in interaction.legs.items()],
        recordings=recordings,
    )


def _talk(name: str, leg: Leg) -> Talk:
    parties = [
        Party(party=party, kind=who.kind, standing=who.standing, agent_id=who.agent_id, hearing=who.hearing)
        for party, who in leg.call.parties.items()
    ]
    return Talk(
        leg=name,
        status=leg.status,
        channel=leg.queued.channel if leg.queued is not None else "",
        queue=leg.queue,
        agent_id=leg.agent_id,
        work_id=leg.work_id,
        held=leg.call.hold == "held",
        muted=leg.call.voice == "muted",
        parties=parties,
    )
