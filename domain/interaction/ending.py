"""The end of an interaction: when its last leg has ended, and what is free again with it."""

from __future__ import annotations

from domain.decide import Outcome
from domain.interaction.events import InteractionClosed
from domain.interaction.state import Interaction
from domain.reservation import release
from domain.states import States


def close(states: States, interaction: Interaction, reason: str) -> Outcome:
    """Close the interaction; where it is a callback, its number may be asked for again."""
    closed = InteractionClosed(interaction_id=interaction.interaction_id, reason=reason)
    outcome = Outcome().add("interaction", interaction.interaction_id, closed)
    if interaction.callback_key:
        outcome.merge(release(states, "callback", interaction.callback_key, interaction.interaction_id))
    return outcome


def close_after(states: States, interaction: Interaction, leg: str, reason: str) -> Outcome:
    """Close the interaction whose `leg` is just ending, unless another leg goes on, or somebody outside talks on."""
    if interaction.outside or any(other.status != "ended" for name, other in interaction.legs.items() if name != leg):
        return Outcome()
    return close(states, interaction, reason)
