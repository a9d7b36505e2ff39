"""A follow-up as decisions see it: absent → scheduled (moved again and again) → done or cancelled.

One whose work an agent has taken and finished is done without an event of its own: its interaction is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.follow_up.events import By, FollowUpCancelled, FollowUpDone, FollowUpMoved, FollowUpScheduled
from domain.personal import plain
from domain.states import concept
from domain.transitions import Table, step

Status = Literal["absent", "scheduled", "done", "cancelled"]

STATUS: Table[Status] = {
    ("absent", FollowUpScheduled): "scheduled",
    ("scheduled", FollowUpMoved): "scheduled",
    ("scheduled", FollowUpDone): "done",
    ("scheduled", FollowUpCancelled): "cancelled",
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    follow_up_id: str = ""
    status: Status = "absent"
    customer_id: str = ""
    ticket_id: str = ""
    interaction_id: str = ""
    agent_id: str = ""
    queue: str = ""
    channel: By = "callback"
    due_at: datetime | None = None
    about: str = ""


def evolve(state: FollowUp, event: Event) -> FollowUp:
    if (state.status, type(event)) in STATUS:
        state = replace(state, status=step(STATUS, state.status, type(event), "the follow-up"))
    match event:
        case FollowUpScheduled():
            return FollowUp(
                event.follow_up_id,
                state.status,
                event.customer_id,
                event.ticket_id,
                event.interaction_id,
                event.agent_id,
                event.queue,
                event.channel,
                event.due_at,
                plain(event.about, otherwise=""),
            )
        case FollowUpMoved():
            return replace(state, interaction_id=event.interaction_id, agent_id=event.agent_id, due_at=event.due_at)
        case _:
            return state


concept("follow_up", FollowUp(), evolve)
