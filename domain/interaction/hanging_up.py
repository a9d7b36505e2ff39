"""What ends with a conversation: whoever was consulted or took part leaves, and recordings stop."""

from __future__ import annotations

from domain.decide import Outcome
from domain.event import Event
from domain.interaction.call import Party
from domain.interaction.call_events import ConsultEnded, PartyLeft, RecordingStopped
from domain.interaction.offers import released
from domain.interaction.state import Interaction


def hang_up(interaction: Interaction, name: str, reason: str, *, but: str = "") -> Outcome:
    """End what a leg's conversation had open, save the party `but`; agents who took part are free again."""
    leg = interaction.leg(name)
    outcome = Outcome()
    for party in sorted(leg.call.parties):
        if party != but:
            outcome.merge(party_leaves(interaction, name, party, reason))
    for recording_id in sorted(interaction.recordings):
        recording = interaction.recordings[recording_id]
        if recording.leg == name and recording.status in ("running", "paused"):
            stopped = RecordingStopped(**_where(interaction, name), recording_id=recording_id)
            outcome.add("interaction", interaction.interaction_id, stopped)
    return outcome


def party_leaves(interaction: Interaction, name: str, party: str, reason: str) -> Outcome:
    """One party is out of the conversation; an agent among them is free again."""
    who = interaction.leg(name).call.parties[party]
    outcome = Outcome().add("interaction", interaction.interaction_id, _left(interaction, name, party, who, reason))
    if who.kind == "agent":
        outcome.add("agent", who.agent_id, released(who.agent_id, party, reason))
    return outcome


def _left(interaction: Interaction, name: str, party: str, who: Party, reason: str) -> Event:
    if who.standing == "consulted":
        return ConsultEnded(**_where(interaction, name), party=party, outcome="ended")
    return PartyLeft(**_where(interaction, name), party=party, reason=reason)


def _where(interaction: Interaction, name: str) -> dict[str, str]:
    leg = interaction.leg(name)
    return {
        "interaction_id": interaction.interaction_id,
        "leg": name,
        "work_id": leg.work_id,
        "agent_id": leg.agent_id,
    }
