"""By when a customer who wrote must have a reply, and how a reply goes out on each channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from domain.centre.configuration import Project
from domain.channel import is_written
from domain.decide import Moment, Outcome
from domain.interaction.state import Interaction
from domain.rejection import Rejection
from domain.states import States

if TYPE_CHECKING:
    from domain.interaction.work import Reply

#: Carries a reply that its agent may send: the message, and whatever brings it to the customer.
Carrier = Callable[["States", "Reply", "Interaction", "Moment"], "Outcome"]
_CARRIERS: dict[str, Carrier] = {}


def carries(channel: str) -> Callable[[Carrier], Carrier]:
    """Register how replies go out on a channel. Raises `TypeError` where that is settled already."""

    def register(carrier: Carrier) -> Carrier:
        if _CARRIERS.get(channel, carrier) is not carrier:
            raise TypeError(f"how replies go out by {channel} is settled already")
        _CARRIERS[channel] = carrier
        return carrier

    return register


def carrier_of(channel: str, otherwise: Carrier) -> Carrier:
    """How replies go out on a channel that brings a way of its own, `otherwise` on any other."""
    return _CARRIERS.get(channel, otherwise)


def takes_no_files(c: Reply, what: str) -> None:
    """For a way to the customer that carries words alone. Raises `Rejection` where files are to go along."""
    if c.files:
        raise Rejection("no_files_this_way", f"{what} cannot carry files; take them away, or answer by mail")


def reply_by_of(project: Project, interaction: Interaction, at: Moment) -> datetime | None:
    """When an agent who has the interaction in hand must have replied; None where nobody must."""
    leg = interaction.connected_leg
    rules = None if leg is None else project.configured.queues.get(leg.queue)
    if leg is None or rules is None or rules.silence is None or not is_written(leg.wanted.channel):
        return None
    return at.now + timedelta(seconds=rules.silence)
