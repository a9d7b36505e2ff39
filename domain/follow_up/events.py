"""What happens to a follow-up. The work itself is an interaction that waits from the time it is planned for."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.personal import Personal

#: How the customer is contacted: called, or written to in the thread of the ticket.
By = Literal["callback", "email"]


class FollowUpScheduled(Event, wire="follow_up.scheduled.v1"):
    """A further contact is planned at `due_at`, for an agent (else for whoever serves the queue).

    `interaction_id` is the work that it becomes then; `minutes` is how long it takes in a calendar.
    """

    follow_up_id: str
    customer_id: str
    ticket_id: str
    interaction_id: str
    agent_id: str
    queue: str
    channel: By
    due_at: datetime
    minutes: int
    about: Personal[str]
    by: str


class FollowUpMoved(Event, wire="follow_up.moved.v1"):
    """It is planned for another time, or another agent; `interaction_id` is the work in place of the one before."""

    follow_up_id: str
    interaction_id: str
    agent_id: str
    due_at: datetime
    by: str


class FollowUpDone(Event, wire="follow_up.done.v1"):
    """Somebody said that it is done, before its work was taken."""

    follow_up_id: str
    by: str


class FollowUpCancelled(Event, wire="follow_up.cancelled.v1"):
    follow_up_id: str
    reason: str
    by: str
