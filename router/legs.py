"""The legs of a pool's open interactions, folded by the domain's own table of a leg's states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.event import Recorded
from domain.interaction.events import (
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    WrapUpStarted,
)
from domain.interaction.state import LEG
from router.deadlines import Deadline
from router.instants import SECOND, micros
from router.orders import ItemOrder
from router.records import Cause, Item, OpenOffer


class Legs:
    """Legs by interaction id and name; a leg that has ended is forgotten."""

    def __init__(self, order: ItemOrder) -> None:
        self._order = order
        self._legs: dict[str, dict[str, Item]] = {}

    def get(self, interaction_id: str, leg: str) -> Item | None:
        legs = self._legs.get(interaction_id)
        return None if legs is None else legs.get(leg)

    def all(self) -> Iterator[Item]:
        return (item for legs in self._legs.values() for item in legs.values())

    def of_project(self, project: str) -> list[Item]:
        return [item for item in self.all() if item.project == project]

    def forget(self, item: Item) -> None:
        legs = self._legs.get(item.interaction_id, {})
        legs.pop(item.leg, None)
        if not legs:
            self._legs.pop(item.interaction_id, None)

    def drop(self, interaction_id: str) -> list[Item]:
        """Forget an interaction; what was left of its legs."""
        return list(self._legs.pop(interaction_id, {}).values())

    def fold(self, event: Any, recorded: Recorded, cause: Cause) -> Item:
        """One leg after one of its events. Raises `KeyError` for an event that its state does not allow."""
        legs = self._legs.setdefault(event.interaction_id, {})
        item = legs.get(event.leg)
        if item is None:
            item = legs[event.leg] = Item(event.interaction_id, event.leg, recorded.project, cause)
        item.status, item.cause = LEG[item.status, type(event)], cause
        match event:
            case InteractionQueued():
                self._queued(item, event, micros(recorded.recorded_at))
            case InteractionOffered():
                item.offers[event.work_id] = OpenOffer(event.agent_id, micros(event.expires_at))
            case OfferAccepted():
                item.offers.pop(event.work_id, None)
                item.work_id, item.agent_id = event.work_id, event.agent_id
            case OfferDeclined() | OfferTimedOut():
                item.offers.pop(event.work_id, None)
                item.tries[event.agent_id] = item.tries.get(event.agent_id, 0) + 1
            case OfferRescinded():
                item.offers.pop(event.work_id, None)
            case WrapUpStarted():
                item.wrap_up_us = None if event.ends_at is None else micros(event.ends_at)
            case _:
                pass
        return item

    def _queued(self, item: Item, event: InteractionQueued, recorded_us: int) -> None:
        item.queue_name, item.queue = event.queue, f"{item.project}/{event.queue}"
        item.channel, item.priority = event.channel, event.priority
        item.skills = tuple(sorted(event.skills.items()))
        item.arrived_us, item.credit_us = micros(event.arrived_at), event.age_credit * SECOND
        item.not_before_us = None if event.not_before is None else micros(event.not_before)
        item.due = item.not_before_us is None or item.not_before_us <= recorded_us
        item.note_tries(event.trail)
        item.offers.clear()
        item.work_id = item.agent_id = ""
        item.wrap_up_us = None
        item.rank = self._order.rank(item)

    def deadlines(self, event: Any, item: Item) -> Iterator[Deadline]:
        """The timers that an event of a leg sets."""
        if isinstance(event, InteractionQueued) and not item.due and item.not_before_us is not None:
            yield Deadline(item.not_before_us, "due", item.interaction_id, item.leg)
        elif isinstance(event, InteractionOffered):
            yield Deadline(micros(event.expires_at), "offer", item.interaction_id, item.leg, event.work_id)
        elif isinstance(event, WrapUpStarted) and item.wrap_up_us is not None:
            yield Deadline(item.wrap_up_us, "wrap_up", item.interaction_id, item.leg, event.work_id)
