"""Words among colleagues: that something was said, by whom and to whom. What was said is kept outside the log.

People at a desk write names and numbers of customers to one another; what stands in the log stays for ever, so the
words lie in a store of their own with an end, and the log only tells those concerned that there is something to read.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.states import States, concept


class StaffMessageSent(Event, wire="staff.message_sent.v1"):
    """`to` is one person (`agent:anna`, `account:…`) or a team (`site:paris`, `profile:mixed`, `everyone`)."""

    message_id: str
    sender: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfStaffMessage(Command):
    """The words are stored; let those concerned know."""

    message_id: str
    sender: str
    to: str


@dataclass(frozen=True, slots=True)
class Said:
    """Whether a message was told of."""

    told: bool = False


def evolve(state: Said, event: Event) -> Said:
    return Said(told=True)


concept("staff", Said(), evolve)


@decides(TellOfStaffMessage)
def tell(states: States, c: TellOfStaffMessage, at: Moment) -> Outcome:
    if states.of(Said, "staff", c.message_id).told:
        return Outcome()
    event = StaffMessageSent(message_id=c.message_id, sender=c.sender, to=c.to)
    return Outcome().add("staff", c.message_id, event)
