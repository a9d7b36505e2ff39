"""Queues that open and close by their hours."""

from __future__ import annotations

from datetime import datetime

from domain.centre.hours import is_open, next_change
from router.index import Index
from router.instants import instant, micros
from router.policies import Policies, QueueRules
from router.timers import Timers


class Openings:
    """Keeps `QueueRules.open` true, and tells the index of every change."""

    def __init__(self, policies: Policies, index: Index) -> None:
        self._policies, self._index = policies, index
        self._changes = Timers()
        self._first_us: int | None = None

    def configured(self, project: str, at: datetime) -> None:
        """Other rules are in force for a project since this moment."""
        for name, rules in self._policies.projects[project].queues.items():
            self._look(project, name, rules, at)
        self._first_us = self._changes.first_us()

    def pass_time(self, now_us: int) -> None:
        """Let queues be open or closed as they are now."""
        if self._first_us is None or now_us < self._first_us:
            return
        for project, name in self._changes.pop_due(now_us):
            rules = self._policies.rules(project, name)
            if rules is not None:  # else the queue is gone from the document, and its hours with it
                self._look(project, name, rules, instant(now_us))
        self._first_us = self._changes.first_us()

    def first_us(self) -> int | None:
        """When the next queue opens or closes."""
        return self._first_us

    def _look(self, project: str, name: str, rules: QueueRules, at: datetime) -> None:
        change = None if rules.hours is None else next_change(rules.hours, at)
        self._changes.plan((project, name), None if change is None else micros(change))
        rules.open = rules.hours is None or is_open(rules.hours, at)
        self._index.shut(f"{project}/{name}", shut=not rules.open)
