"""What is due for one waiting leg by its queue's present rules, and when something will be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.centre.documents import ProjectDocument, Queue
from domain.centre.hours import Hours, after_open, is_open, next_change
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, TakeStep
from router.crew import Crew, Requirement
from router.instants import SECOND, instant, micros
from router.records import Item
from router.requirements import after_step
from router.watched import Watched

WaitCommand = TakeStep | OverflowInteraction | AnnounceWait | ExpireWork


class Dues:
    """Reads the projects' present documents and who is signed in; keeps nothing but what it works out once a leg."""

    def __init__(self, documents: Mapping[str, ProjectDocument], crew: Crew) -> None:
        self._documents, self._crew = documents, crew

    def rules(self, item: Item) -> Queue | None:
        """The item's queue; None for one that the project no longer has."""
        document = self._documents.get(item.project)
        return None if document is None else document.queues.get(item.queue_name)

    def commands(self, watch: Watched, now_us: int) -> Iterator[WaitCommand]:
        """What is due now but for the announcement: expiry alone, or else overflow and steps, in their order."""
        item, rules = watch.item, self.rules(watch.item)
        if item.expires_us is not None and item.expires_us <= now_us:
            yield ExpireWork(project=item.project, interaction_id=item.interaction_id, leg=item.leg)
        elif rules is not None:
            if self._overflows(watch, rules):
                yield OverflowInteraction(project=item.project, interaction_id=item.interaction_id, leg=item.leg)
            for number in self._steps_due(watch, rules, now_us):
                yield TakeStep(project=item.project, interaction_id=item.interaction_id, leg=item.leg, step=number)

    def instants(self, watch: Watched) -> Iterator[int]:
        """When what has not been asked for yet is due, steps that wait for somebody left out."""
        item, rules = watch.item, self.rules(watch.item)
        if watch.has_asked(ExpireWork):
            return
        if item.expires_us is not None:
            yield item.expires_us
        if rules is None:
            return
        if self._overflows(watch, rules) and not watch.has_asked(OverflowInteraction):
            yield item.arrived_us
        out = {*item.steps, *watch.held, *watch.steps_asked()}
        yield from (due for number, due in enumerate(self.steps(watch), 1) if due is not None and number not in out)

    def steps(self, watch: Watched) -> tuple[int | None, ...]:
        """When each step of the queue is due, or was; None for one whose time never comes."""
        rules = self.rules(watch.item)
        if rules is None:
            return ()
        if watch.dues is None:
            hours = self._hours(watch.item, rules)
            watch.dues = tuple(_due(watch.item, hours, step.after) for step in rules.steps)
        return watch.dues

    def announcement(self, watch: Watched, now_us: int) -> int | None:
        """When the customer is to be told next how long it may take, not before now; None for never.

        Callers alone are told, at arrival and then every so often, but not while the queue is closed.
        """
        item, rules = watch.item, self.rules(watch.item)
        if item.channel != "voice" or rules is None or rules.announce is None or watch.has_asked(ExpireWork):
            return None
        at_us = max(now_us, item.arrived_us if watch.announce_us is None else watch.announce_us)
        hours = self._hours(item, rules)
        if hours is None or is_open(hours, instant(at_us)):
            return at_us
        opening = next_change(hours, instant(at_us))
        return None if opening is None else micros(opening)

    def _hours(self, item: Item, rules: Queue) -> Hours | None:
        return None if rules.hours is None else self._documents[item.project].hours.get(rules.hours)

    def _overflows(self, watch: Watched, rules: Queue) -> bool:
        return watch.crowded and rules.overflow is not None and not watch.overflowed

    def _steps_due(self, watch: Watched, rules: Queue, now_us: int) -> Iterator[int]:
        """Steps whose time has come; one that nobody could make use of is held until somebody can."""
        for number, (step, due) in enumerate(zip(rules.steps, self.steps(watch), strict=True), 1):
            if number in watch.item.steps or number in watch.held or due is None or due > now_us:
                continue
            wanted = after_step(watch.item, step)
            if not step.relaxes or self._anybody(watch.item, wanted):
                yield number
            else:
                watch.held[number] = wanted

    def _anybody(self, item: Item, wanted: Requirement) -> bool:
        return any(agent_id not in item.excluded for agent_id in self._crew.able(wanted))


def _due(item: Item, hours: Hours | None, after: int) -> int | None:
    """Open seconds since arrival, where the queue has hours."""
    if hours is None:
        return item.arrived_us + after * SECOND
    due = after_open(hours, instant(item.arrived_us), after)
    return None if due is None else micros(due)
