"""Work: one row for each offer, with how it was answered and how long contact and wrap-up took.

An offer counts when it was made. *Contact* runs from the connection to the end of contact (wrap-up, transfer,
break), *wrap-up* from there to its end. Work that an agent could not be connected for has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agent.events import AgentReserved
from domain.event import Recorded
from domain.interaction.events import (
    AgentConnected,
    ConnectFailed,
    DispositionGiven,
    InteractionInterrupted,
    InteractionOffered,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.ports import Rows
from projections.measures.time import agent_measures, site_of, taken_up

on = agent_measures.on

#: Why work ended that was not finished.
BROKEN: Mapping[type, str] = {
    ConnectFailed: "connect_failed",
    InteractionInterrupted: "interrupted",
    WorkGivenUp: "given_up",
}


def _put(recorded: Recorded, rows: Rows, event: InteractionOffered | AgentReserved, **now: Any) -> None:
    """The two halves of an offer come in either order: the first makes the row, the second adds what it knows."""
    row = rows.get("measure_work", (event.work_id,)) or {
        "work_id": event.work_id,
        "project": "",
        "queue": "",
        "channel": "",
        "agent_id": event.agent_id,
        "site": site_of(rows, event.agent_id),
        "offered": recorded.occurred_at,
        "answer": "open",
        "connected": None,
        "over": None,
        "ended": None,
        "how": "",
        "disposition": "",
        "released": False,
    }
    rows.put("measure_work", {**row, **now})


@on(InteractionOffered)
def offered(recorded: Recorded, event: InteractionOffered, rows: Rows) -> None:
    _put(recorded, rows, event, project=recorded.project, queue=event.queue)


@on(AgentReserved)
def reserved(recorded: Recorded, event: AgentReserved, rows: Rows) -> None:
    _put(recorded, rows, event, channel=event.channel)


def _change(rows: Rows, work_id: str, **now: Any) -> None:
    row = rows.get("measure_work", (work_id,))
    if row is not None:
        rows.put("measure_work", {**row, **now})


@on(OfferAccepted)
def accepted(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    _change(rows, event.work_id, answer="accepted")
    key = {"interaction_id": event.interaction_id, "leg": event.leg}
    rows.put("measure_hands", {**key, "work_id": event.work_id})
    taken_up(recorded, rows, event.agent_id)


@on(OfferDeclined)
def declined(recorded: Recorded, event: OfferDeclined, rows: Rows) -> None:
    _change(rows, event.work_id, answer="declined")


@on(OfferTimedOut)
def timed_out(recorded: Recorded, event: OfferTimedOut, rows: Rows) -> None:
    _change(rows, event.work_id, answer="missed")


@on(OfferRescinded)
def rescinded(recorded: Recorded, event: OfferRescinded, rows: Rows) -> None:
    _change(rows, event.work_id, answer="rescinded")


@on(AgentConnected)
def connected(recorded: Recorded, event: AgentConnected, rows: Rows) -> None:
    _change(rows, event.work_id, connected=recorded.occurred_at)


@on(WrapUpStarted)
def wrapping_up(recorded: Recorded, event: WrapUpStarted, rows: Rows) -> None:
    _change(rows, event.work_id, over=recorded.occurred_at)


@on(DispositionGiven)
def disposed(recorded: Recorded, event: DispositionGiven, rows: Rows) -> None:
    _change(rows, event.work_id, disposition=event.disposition)


def _end(recorded: Recorded, rows: Rows, work_id: str, how: str, **now: Any) -> None:
    row = rows.get("measure_work", (work_id,))
    if row is not None and row["ended"] is None:
        over = row["over"] or recorded.occurred_at
        rows.put("measure_work", {**row, "over": over, "ended": recorded.occurred_at, "how": how, **now})


@on(WrapUpCompleted)
def completed(recorded: Recorded, event: WrapUpCompleted, rows: Rows) -> None:
    _end(recorded, rows, event.work_id, "completed", disposition=event.disposition)
    rows.delete("measure_hands", (event.interaction_id, event.leg))


@on(ConnectFailed, WorkGivenUp, InteractionInterrupted)
def broken_off(recorded: Recorded, event: ConnectFailed | WorkGivenUp | InteractionInterrupted, rows: Rows) -> None:
    _end(recorded, rows, event.work_id, BROKEN[type(event)])
    rows.delete("measure_hands", (event.interaction_id, event.leg))


@on(InteractionTransferred)
def transferred(recorded: Recorded, event: InteractionTransferred, rows: Rows) -> None:
    """The event names the leg, not the work: that is in this leg's hands."""
    held = rows.get("measure_hands", (event.interaction_id, event.leg))
    if held is not None:
        _end(recorded, rows, held["work_id"], "transferred")
        rows.delete("measure_hands", (event.interaction_id, event.leg))
