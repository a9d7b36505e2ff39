"""What comes to a queue, and where its work can go: what the documents alone say of it."""

from __future__ import annotations

from domain.centre.asked import Asked
from domain.centre.documents import ProjectDocument, Queue
from domain.centre.flow_faults import queues_led_to

#: Queues looked at backwards from one: past that, what comes to it counts as not known.
MAX_SOURCES = 1000


def further_queues(queue: Queue) -> set[str]:
    """The queues that its work may come to or be offered in: by overflow, when it is closed, by a step."""
    found = {step.add_queue for step in queue.steps if step.add_queue is not None}
    found |= {name for name in (queue.closed.queue, queue.overflow and queue.overflow.queue) if name is not None}
    return found


class Reach:
    """The ways of one project's work, looked up once."""

    def __init__(self, project: ProjectDocument) -> None:
        self._project = project
        self._spoken = queues_led_to(project)
        self._departments = {department.queue for department in project.departments.values()}
        self._mailboxes: dict[str, list[str]] = {}
        for name, mailbox in project.mailboxes.items():
            if mailbox.department in project.departments:
                self._mailboxes.setdefault(project.departments[mailbox.department].queue, []).append(name)
        self._into: dict[str, list[str]] = {}
        for name, queue in project.queues.items():
            for further in further_queues(queue):
                self._into.setdefault(further, []).append(name)

    def sources(self, queue: str) -> set[str] | None:
        """`queue`, and those whose work may be offered to its agents; None for more than `MAX_SOURCES`."""
        found, pending = {queue}, [queue]
        while pending:
            for name in self._into.get(pending.pop(), ()):
                if name not in found:
                    found.add(name)
                    pending.append(name)
            if len(found) > MAX_SOURCES:
                return None
        return found

    def channels(self, queue: str) -> frozenset[str] | None:
        """The channels that bring work to this queue; None where a department leads here: anything may come."""
        found: set[str] = set()
        for name in self.sources(queue) or ():
            if name in self._departments:
                return None
            if name in self._spoken:
                found.add("voice")
            if self._project.callbacks is not None and self._project.callbacks.queue == name:
                found.add("callback")
        return frozenset(found) if found else None

    def rings(self, queue: str) -> int | None:
        """The last ring that is ever asked for work that may be offered in this queue; None where not known."""
        sources, queues = self.sources(queue), self._project.queues
        return max(Asked.last(name, queues[name]).rings for name in sources) if sources else None

    def mailboxes(self, queue: str) -> list[str]:
        """The mailboxes whose new matters come to this queue."""
        return self._mailboxes.get(queue, [])
