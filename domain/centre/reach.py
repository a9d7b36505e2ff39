"""What comes to a queue, and where its work can go: what the documents alone say of it."""

from __future__ import annotations

from domain.centre.documents import ProjectDocument, Queue
from domain.centre.flow_faults import queues_led_to


def further_queues(queue: Queue) -> set[str]:
    """The queues that its work may come to or be offered in: by overflow, when it is closed, by a step."""
    found = {step.add_queue for step in queue.steps if step.add_queue is not None}
    found |= {name for name in (queue.closed.queue, queue.overflow and queue.overflow.queue) if name is not None}
    return found


def sources(p: ProjectDocument, queue: str) -> set[str]:
    """`queue`, and those whose work may be offered to its agents."""
    found, pending = {queue}, [queue]
    while pending:
        wanted = pending.pop()
        new = {name for name, one in p.queues.items() if wanted in further_queues(one)} - found
        found |= new
        pending.extend(new)
    return found


def channels_of(p: ProjectDocument, queue: str) -> frozenset[str] | None:
    """The channels that bring work to this queue; None where a department leads here, so that anything may come."""
    found: set[str] = set()
    spoken = queues_led_to(p)
    for name in sources(p, queue):
        if any(department.queue == name for department in p.departments.values()):
            return None
        if name in spoken:
            found.add("voice")
        if p.callbacks is not None and p.callbacks.queue == name:
            found.add("callback")
    return frozenset(found) if found else None


def written_mail(p: ProjectDocument, queue: str) -> list[str]:
    """The mailboxes whose new matters come to this queue."""
    leading = {name for name, department in p.departments.items() if department.queue == queue}
    return [name for name, mailbox in p.mailboxes.items() if mailbox.department in leading]
