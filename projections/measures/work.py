"""Work: one row for each piece, with where it came from, how an offer was answered, how long contact and wrap-up took.

An offer counts when it was made, a call that the agent dialled and one that was handed over when it came into hand. A
part in a colleague's call is a piece of its own, of no project: it only takes its agent's time. *Contact* runs from the
connection to the end of contact (wrap-up, transfer, break), *wrap-up* from there to its end. Work that an agent could
not be connected for has neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agent.events import AgentReserved
from domain.event import Recorded
from domain.interaction.call_events import ConsultStarted
from domain.interaction.events import (
    AgentConnected,
    ConnectFailed,
    DispositionGiven,
    InteractionClosed,
    InteractionInterrupted,
    InteractionOffered,
    InteractionQueued,
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
from projections.measures.time import agent_measures, asked, site_of, taken_up

on = agent_measures.on

#: Why work ended that was not finished.
BROKEN: Mapping[type, str] = {
    ConnectFailed: "connect_failed",
    InteractionInterrupted: "interrupted",
    WorkGivenUp: "given_up",
}


#: Reasons for which a leg is queued that is in hand at once, and what its work is called then. A transfer leads to one
#: where a colleague takes the call over; else it is offered.
AT_ONCE: Mapping[str, str] = {"dialled": "dialled", "transferred": "handed_over"}


def _put(recorded: Recorded, rows: Rows, work_id: str, agent_id: str, **now: Any) -> None:
    """The two halves of an offer come in either order: the first makes the row, the second adds what it knows."""
    row = rows.get("measure_work", (work_id,)) or {
        "work_id": work_id,
        "origin": "",
        "project": "",
        "queue": "",
        "channel": "",
        "agent_id": agent_id,
        "site": site_of(rows, agent_id),
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
    now = {"origin": "offered", "project": recorded.project, "queue": event.queue}
    _put(recorded, rows, event.work_id, event.agent_id, **now)


@on(AgentReserved)
def reserved(recorded: Recorded, event: AgentReserved, rows: Rows) -> None:
    _put(recorded, rows, event.work_id, event.agent_id, channel=event.channel)


@on(InteractionQueued)
def queued(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    if event.reason in AT_ONCE:
        key = {"interaction_id": event.interaction_id, "leg": event.leg}
        about = {"queue": event.queue, "channel": event.channel, "origin": AT_ONCE[event.reason]}
        rows.put("measure_at_once", {**key, **about})


@on(ConsultStarted)
def consulted(recorded: Recorded, event: ConsultStarted, rows: Rows) -> None:
    """The agent who is asked is held under the party's name."""
    if event.kind == "agent":
        _put(recorded, rows, event.party, event.asked_agent, origin="consulted")
        asked(recorded, rows, event.asked_agent)


def _change(rows: Rows, work_id: str, **now: Any) -> None:
    row = rows.get("measure_work", (work_id,))
    if row is not None:
        rows.put("measure_work", {**row, **now})


@on(OfferAccepted)
def accepted(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    key = {"interaction_id": event.interaction_id, "leg": event.leg}
    _accepted(recorded, rows, event)
    rows.delete("measure_at_once", (event.interaction_id, event.leg))
    rows.put("measure_hands", {**key, "work_id": event.work_id})
    taken_up(recorded, rows, event.agent_id)


def _accepted(recorded: Recorded, rows: Rows, event: OfferAccepted) -> None:
    """What nobody was offered is in hand at once."""
    row = rows.get("measure_work", (event.work_id,))
    at_once = rows.get("measure_at_once", (event.interaction_id, event.leg))
    if at_once is None or (row is not None and row["origin"] == "offered"):
        _change(rows, event.work_id, answer="accepted")
        return
    now = {name: at_once[name] for name in ("queue", "channel", "origin")}
    _put(recorded, rows, event.work_id, event.agent_id, project=recorded.project, answer="accepted", **now)


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


@on(InteractionClosed)
def closed(recorded: Recorded, event: InteractionClosed, rows: Rows) -> None:
    for row in rows.find("measure_at_once", interaction_id=event.interaction_id):
        rows.delete("measure_at_once", (row["interaction_id"], row["leg"]))
