"""What interactions are about, learned from the events that pass by anyway."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from domain.event import Event
from domain.interaction.events import CustomerRecognised, InteractionStarted

#: The events that tell.
TELLING = (InteractionStarted.wire, CustomerRecognised.wire)
MOST = 10_000


class Matter(NamedTuple):
    """The ticket and the customer of an interaction, each empty where there is none."""

    ticket_id: str = ""
    customer_id: str = ""


def matter_of(events: Iterable[Event]) -> Matter:
    """By what an interaction began with, and whose it turned out to be."""
    found = Matter()
    for event in events:
        found = _after(found, event)
    return found


class About:
    """Of the interactions that began while this process was looking, the latest `most`."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[str, Matter] = OrderedDict()

    def learn(self, event: Event) -> None:
        """To be told every event, in the order of the log."""
        if isinstance(event, InteractionStarted):
            self._known[event.interaction_id] = _after(Matter(), event)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        elif isinstance(event, CustomerRecognised) and event.interaction_id in self._known:
            self._known[event.interaction_id] = _after(self._known[event.interaction_id], event)

    def of(self, interaction_id: str) -> Matter | None:
        """None for one whose beginning this process has not seen, or has forgotten: the log knows."""
        return self._known.get(interaction_id)


def _after(known: Matter, event: Event) -> Matter:
    if isinstance(event, InteractionStarted):
        return Matter(event.ticket_id, event.customer_id)
    return known._replace(customer_id=event.customer_id) if isinstance(event, CustomerRecognised) else known
