"""Contacts: one row for each stay of a leg in a queue, with when the wait began and how it ended.

- The wait *begins* at the customer's arrival, which a transfer or a return to the queue does not move; that of a
  callback for later, when it is due.
- It ends *answered*: an agent is connected; on written channels the first reply is sent, or the work is finished
  without one. *Abandoned*: the customer left. *Flowed out*, unanswered: to voicemail, to a callback, to another queue
  (also by the transfer of a message that nobody had replied to), or expired. *Cancelled*: the contact was
  closed for another reason. Until then it is *waiting*.
- A callback that goes on waiting in its queue under another leg, since it turned out whose it is, goes on with its row.
- A leg that comes back to its queue unanswered goes on with its row. One that had been answered gets a new row that is
  not `counted`: its customer was answered already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.agent.events import AgentMoved, AgentRegistered
from domain.centre.configuration import ProjectConfigured
from domain.channel import is_written
from domain.event import Recorded
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    InteractionTransferred,
    MessageSent,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.ports import Rows
from projections.measures.contact_tables import ANNOUNCED, CONTACTS, LEGS, PROJECTS, RULES, SITES
from projections.schema import Projection

contact_measures = Projection("contact_measures", 2, (CONTACTS, LEGS, ANNOUNCED, RULES, PROJECTS, SITES))
on = contact_measures.on


@on(ProjectConfigured)
def configured(recorded: Recorded, event: ProjectConfigured, rows: Rows) -> None:
    queues: Mapping[str, Mapping[str, Any]] = event.document.get("queues", {})
    row: dict[str, Any] = {
        "project": recorded.project,
        "revision": event.revision,
        "pool": recorded.pool,
        "since": recorded.occurred_at,
        "hours": event.document.get("hours", {}),
        "queue_hours": {name: rules.get("hours") or "" for name, rules in queues.items()},
        "service_levels": event.document.get("service_levels", {}),
    }
    rows.put("measure_rules", row)
    rows.put("measure_projects", {"project": recorded.project, "revision": event.revision})


@on(AgentRegistered, AgentMoved)
def at_site(recorded: Recorded, event: AgentRegistered | AgentMoved, rows: Rows) -> None:
    rows.put("measure_sites", {"agent_id": event.agent_id, "site": event.site})


def _current(rows: Rows, interaction_id: str, leg: str) -> Mapping[str, Any] | None:
    """The row that a leg of an open interaction is at."""
    known = rows.get("measure_legs", (interaction_id, leg))
    return None if known is None else rows.get("measure_contacts", (interaction_id, leg, known["segment"]))


def _waiting(rows: Rows, interaction_id: str, leg: str) -> Mapping[str, Any] | None:
    row = _current(rows, interaction_id, leg)
    return row if row is not None and row["outcome"] == "waiting" else None


def _end(rows: Rows, row: Mapping[str, Any], outcome: str, at: datetime, **more: Any) -> None:
    """End the wait; it is never shorter than nothing, whatever the clocks said."""
    rows.put("measure_contacts", {**row, "outcome": outcome, "ended": max(at, row["began"]), **more})


def _answer(recorded: Recorded, rows: Rows, row: Mapping[str, Any], agent_id: str) -> None:
    known = rows.get("measure_sites", (agent_id,))
    site = known["site"] if known else ""
    _end(rows, row, "answered", recorded.occurred_at, agent_id=agent_id, agent_site=site)


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    if event.reason == "dialled":
        return  # an agent called: nobody waited, so there is no wait to measure
    before = _current(rows, event.interaction_id, event.leg) or _went_on(recorded, event, rows)
    if before is not None and before["leg"] != event.leg:
        _takes_over(rows, before, event.leg)
        return
    counted = before is None or before["outcome"] != "answered"
    if before is not None and before["outcome"] == "waiting":
        if (before["queue"], before["channel"]) == (event.queue, event.channel):
            return
        _flow_out(recorded, rows, before, "callback" if event.channel == "callback" else "queue")
    if before is None and event.channel == "callback":
        _called_back_instead(recorded, event, rows)
    segment = 1 if before is None else before["segment"] + 1
    _begin(recorded, event, rows, segment, counted=counted)


def _begin(recorded: Recorded, event: InteractionQueued, rows: Rows, segment: int, *, counted: bool) -> None:
    project = rows.get("measure_projects", (recorded.project,))
    leg: dict[str, Any] = {"interaction_id": event.interaction_id, "leg": event.leg, "segment": segment}
    row: dict[str, Any] = leg | {
        "project": recorded.project,
        "queue": event.queue,
        "channel": event.channel,
        "site": event.site,
        "revision": project["revision"] if project else 0,
        "began": max(event.arrived_at, event.not_before) if event.not_before else event.arrived_at,
        "counted": counted,
        "outcome": "waiting",
        "ended": None,
        "flowed_to": "",
        "agent_id": "",
        "agent_site": "",
        "announced": 0,
        "error": 0.0,
        "absolute_error": 0.0,
    }
    rows.put("measure_contacts", row)
    rows.put("measure_legs", leg)


def _flow_out(recorded: Recorded, rows: Rows, row: Mapping[str, Any], to: str) -> None:
    _end(rows, row, "flowed_out", recorded.occurred_at, flowed_to=to)


def _called_back_instead(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    """A caller chose to be called back: what waited on the line in this interaction flows out to that callback."""
    for leg in rows.find("measure_legs", interaction_id=event.interaction_id):
        row = _current(rows, event.interaction_id, leg["leg"])
        if row is not None and row["channel"] == "voice" and (row["outcome"] == "waiting" or _left(recorded, row)):
            _flow_out(recorded, rows, row, "callback")


def _left(recorded: Recorded, row: Mapping[str, Any]) -> bool:
    """Whether a transfer has just ended this wait: it stands before the queueing that it leads to."""
    left = row["outcome"] == "flowed_out" and row["flowed_to"] == "queue"
    return left and row["ended"] == max(recorded.occurred_at, row["began"])


def _went_on(recorded: Recorded, event: InteractionQueued, rows: Rows) -> Mapping[str, Any] | None:
    """The row of a callback that has just left another leg of its queue, unanswered, for this one."""
    if event.channel != "callback" or event.reason != "transferred":
        return None
    rows_of = (
        _current(rows, event.interaction_id, leg["leg"])
        for leg in rows.find("measure_legs", interaction_id=event.interaction_id)
    )
    same = (row for row in rows_of if row and (row["queue"], row["channel"]) == (event.queue, "callback"))
    return next((row for row in same if _left(recorded, row)), None)


def _takes_over(rows: Rows, row: Mapping[str, Any], leg: str) -> None:
    key = (row["interaction_id"], row["leg"])
    rows.delete("measure_contacts", (*key, row["segment"]))
    rows.delete("measure_legs", key)
    now = {"leg": leg, "segment": 1, "outcome": "waiting", "ended": None, "flowed_to": ""}
    rows.put("measure_contacts", {**row, **now})
    rows.put("measure_legs", {"interaction_id": row["interaction_id"], "leg": leg, "segment": 1})


@on(WaitAnnounced)
def announced(recorded: Recorded, event: WaitAnnounced, rows: Rows) -> None:
    if _waiting(rows, event.interaction_id, event.leg) is None:
        return
    row: dict[str, Any] = {
        "interaction_id": event.interaction_id,
        "leg": event.leg,
        "position": recorded.position,
        "at": recorded.occurred_at,
        "seconds": event.seconds,
    }
    rows.put("measure_announced", row)


@on(AgentConnected)
def connected(recorded: Recorded, event: AgentConnected, rows: Rows) -> None:
    row = _waiting(rows, event.interaction_id, event.leg)
    if row is None:
        return
    row = _tested(recorded, rows, row)
    if is_written(row["channel"]):
        rows.put("measure_contacts", row)
    else:
        _answer(recorded, rows, row, event.agent_id)


def _tested(recorded: Recorded, rows: Rows, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row with the announced waits held against what the wait was; each is tested once."""
    errors: list[float] = []
    for told in rows.find("measure_announced", interaction_id=row["interaction_id"], leg=row["leg"]):
        errors.append(told["seconds"] - (recorded.occurred_at - told["at"]).total_seconds())
        rows.delete("measure_announced", (told["interaction_id"], told["leg"], told["position"]))
    return {
        **row,
        "announced": row["announced"] + len(errors),
        "error": row["error"] + sum(errors),
        "absolute_error": row["absolute_error"] + sum(map(abs, errors)),
    }


@on(MessageSent, WrapUpStarted, WrapUpCompleted)
def replied(recorded: Recorded, event: MessageSent | WrapUpStarted | WrapUpCompleted, rows: Rows) -> None:
    """The first reply, or the end of work that needed none."""
    row = _waiting(rows, event.interaction_id, event.leg)
    if row is not None:
        _answer(recorded, rows, row, event.agent_id)


@on(InteractionTransferred)
def transferred(recorded: Recorded, event: InteractionTransferred, rows: Rows) -> None:
    row = _waiting(rows, event.interaction_id, event.leg)
    if row is not None:
        _flow_out(recorded, rows, row, "queue")


@on(InteractionAbandoned)
def abandoned(recorded: Recorded, event: InteractionAbandoned, rows: Rows) -> None:
    row = _waiting(rows, event.interaction_id, event.leg)
    if row is not None:
        _end(rows, row, "abandoned", recorded.occurred_at)


@on(SentToVoicemail, WorkExpired)
def flowed_out(recorded: Recorded, event: SentToVoicemail | WorkExpired, rows: Rows) -> None:
    row = _waiting(rows, event.interaction_id, event.leg)
    if row is not None:
        _flow_out(recorded, rows, row, "voicemail" if isinstance(event, SentToVoicemail) else "expired")


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    for leg in rows.find("measure_legs", interaction_id=event.interaction_id):
        key = (event.interaction_id, leg["leg"])
        row = _waiting(rows, *key)
        if row is not None:
            _end(rows, row, "cancelled", recorded.occurred_at)
        rows.delete("measure_legs", key)
    for told in rows.find("measure_announced", interaction_id=event.interaction_id):
        rows.delete("measure_announced", (told["interaction_id"], told["leg"], told["position"]))
