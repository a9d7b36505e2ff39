"""Whether a customer whom we called is on the line: their leg was answered, and goes on."""

from __future__ import annotations

from domain.interaction.state import Interaction
from domain.states import States
from domain.voice.dial import Dial, customer_dial


def on_the_line(states: States, interaction: Interaction) -> bool:
    """A customer who was called for any of the interaction's legs, and has not hung up."""
    called = [leg for leg in interaction.legs.values() if leg.queued and leg.queued.channel == "callback"]
    attempts = (states.of(Dial, "dial", customer_dial(leg.work_id)) for leg in called if leg.work_id)
    return any(attempt.status == "answered" for attempt in attempts)
