"""What comes to a queue, and where its work can go: what the documents alone say of it."""

from __future__ import annotations

from domain.centre.documents import ProjectDocument, Queue
from domain.centre.flow_faults import queues_led_to

#: Queues looked at backwards from one: past that, what comes to it counts as not known.
MAX_SOURCES = 1000


def further_queues(queue: Queue) -> set[str]:
    """The queues that its work may come to or be offered in: by overflow, when it is closed, by a step."""
    found = {step.add_queue for step in queue.steps if step.add_queue is not None}
    found |= {name for name in (queue.closed.queue, queue.overflow and queue.overflow.queue) if name is not None}
    return found


def _last_ring(queue: Queue) -> int:
    return max(queue.rings, *(step.open_rings or 0 for step in queue.steps), 0)


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
        self._rings: dict[str, int | None] = {}
        self._channels: dict[str, frozenset[str] | None] = {}
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
        if queue not in self._channels:
            self._channels[queue] = self._found_channels(self.sources(queue) or set())
        return self._channels[queue]

    def rings(self, queue: str) -> int | None:
        """The last ring that is ever asked for work that may be offered in this queue; None where not known."""
        if queue not in self._rings:
            queues = [self._project.queues[name] for name in self.sources(queue) or ()]
            self._rings[queue] = max(map(_last_ring, queues)) if queues else None
        return self._rings[queue]

    def _found_channels(self, sources: set[str]) -> frozenset[str] | None:
        if sources & self._departments:
            return None
        callbacks = self._project.callbacks
        found = {"voice"} if sources & self._spoken else set[str]()
        if callbacks is not None and callbacks.queue in sources:
            found.add("callback")
        return frozenset(found) if found else None

    def mailboxes(self, queue: str) -> list[str]:
        """The mailboxes whose new matters come to this queue."""
        return self._mailboxes.get(queue, [])
