"""The legs of a pool's open interactions, folded by the domain's own table of a leg's states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from domain.interaction.events import InteractionQueued, RequirementsRelaxed
from router.instants import SECOND, micros
from router.records import Item


class Legs:
    """Legs by interaction id and name; a leg that has ended is forgotten."""

    def __init__(self) -> None:
        #: The legs of an interaction hang together by `sibling`: nearly all have but one.
        self._first: dict[str, Item] = {}

    def get(self, interaction_id: str, leg: str) -> Item | None:
        item = self._first.get(interaction_id)
        while item is not None and item.leg != leg:
            item = item.sibling
        return item

    def of(self, interaction_id: str) -> Iterator[Item]:
        """The legs of one interaction."""
        item = self._first.get(interaction_id)
        while item is not None:
            yield item
            item = item.sibling

    def all(self) -> Iterator[Item]:
        for first in self._first.values():
            item: Item | None = first
            while item is not None:
                yield item
                item = item.sibling

    def of_project(self, project: str) -> list[Item]:
        return [item for item in self.all() if item.project == project]

    def found(self, interaction_id: str, leg: str, project: str) -> Item:
        """The leg, begun if it is not known yet."""
        first = item = self._first.get(interaction_id)
        while item is not None and item.leg != leg:
            item = item.sibling
        if item is None:
            item = self._first[interaction_id] = Item(interaction_id, leg, project, first)
        return item

    def forget(self, item: Item) -> None:
        one = self._first.get(item.interaction_id)
        if one is item:
            if item.sibling is None:
                del self._first[item.interaction_id]
            else:
                self._first[item.interaction_id] = item.sibling
        while one is not None:
            if one.sibling is item:
                one.sibling = item.sibling
            one = one.sibling

    def drop(self, interaction_id: str) -> list[Item]:
        """Forget an interaction; what was left of its legs."""
        item = self._first.pop(interaction_id, None)
        legs: list[Item] = []
        while item is not None:
            legs.append(item)
            item = item.sibling
        return legs


def queue_up(item: Item, event: InteractionQueued, queue: str, recorded_at: datetime) -> None:
    """The leg waits, as the event says; what was noted of an earlier wait is void. `queue` is `project/queue`."""
    told = vars(event)  # asked for one by one, its twenty fields take a third longer
    item.queue_name, item.queue, item.channel, item.priority = told["queue"], queue, told["channel"], told["priority"]
    skills = told["skills"]
    item.skills = tuple(sorted(skills.items())) if len(skills) > 1 else tuple(skills.items())
    item.also = tuple([f"{item.project}/{other}" for other in told["also"]]) if told["also"] else ()
    item.rings, item.sites, item.steps = told["rings"], told["sites"], told["steps"]
    item.site, item.language, item.language_required = told["site"], told["language"], told["language_required"]
    item.excluded = frozenset(told["excluded"])
    item.ready_us = item.arrived_us = micros(told["arrived_at"])
    item.credit_us = told["age_credit"] * SECOND
    item.not_before_us = item.expires_us = item.preferred_us = None
    item.due, item.expired, item.preferable = True, False, False
    if told["not_before"] is not None:
        item.not_before_us = micros(told["not_before"])
        item.due = told["not_before"] <= recorded_at
        item.ready_us = max(item.arrived_us, item.not_before_us)
    if told["expires_at"] is not None:
        item.expires_us, item.expired = micros(told["expires_at"]), told["expires_at"] <= recorded_at
    item.preferred = told["preferred"]
    if told["preferred"] and told["preferred_until"] is not None:
        item.preferred_us, item.preferable = micros(told["preferred_until"]), told["preferred_until"] > recorded_at
    item.note_tries(told["trail"])
    item.hush_all()
    item.work_id = item.agent_id = ""
    item.wrap_up_us = None


def relax(item: Item, event: RequirementsRelaxed) -> None:
    """The requirements that hold from now on."""
    item.skills = tuple(sorted(event.skills.items()))
    item.also = tuple([f"{item.project}/{queue}" for queue in event.also])
    item.rings, item.sites, item.language_required = event.rings, event.sites, event.language_required
    note_step(item, event.step)


def note_step(item: Item, number: int) -> None:
    """A step of the queue was taken."""
    if number not in item.steps:
        item.steps = (*item.steps, number)
