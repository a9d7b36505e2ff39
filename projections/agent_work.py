"""Work of agents: a part of the agent board, in which it stands.

An offer and the capacity held for it are two events of one append in either order, so each of them may
make the row of the work; it goes when the capacity is released. Not all work was offered: a call that an agent makes
and one that an agent is handed are in hand at once, and who is consulted has a part in somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agent.events import AgentReleased, AgentReserved
from domain.event import Recorded
from domain.interaction.call_events import ConsultStarted
from domain.interaction.events import (
    AgentConnected,
    DispositionGiven,
    InteractionOffered,
    InteractionQueued,
    InteractionTransferred,
    OfferAccepted,
    WrapUpStarted,
)
from domain.ports import Rows
from projections.agent_board import agent_board, on_agent

__all__ = ["agent_board"]
on = agent_board.on


def _work(
    recorded: Recorded, rows: Rows, event: InteractionOffered | AgentReserved | OfferAccepted
) -> Mapping[str, Any]:
    """The row of the work that this event names, made when the other half of the offer has not come yet."""
    known = rows.get("agent_work", (event.work_id,))
    return known or {
        "work_id": event.work_id,
        "agent_id": event.agent_id,
        "project": "",
        "interaction_id": event.interaction_id,
        "leg": event.leg,
        "queue": "",
        "channel": "",
        "units": 0,
        "status": "offered",
        "offered_at": recorded.occurred_at,
        "since": recorded.occurred_at,
        "until": None,
        "disposition": "",
        "why": {},
    }


@on(InteractionOffered)
def offered(recorded: Recorded, event: InteractionOffered, rows: Rows) -> None:
    why = event.decision.model_dump(mode="json")
    now = {"project": recorded.project, "queue": event.queue, "until": event.expires_at, "why": why}
    rows.put("agent_work", {**_work(recorded, rows, event), **now})


@on(AgentReserved)
def reserved(recorded: Recorded, event: AgentReserved, rows: Rows) -> None:
    work = _work(recorded, rows, event)
    rows.put("agent_work", {**work, "channel": event.channel, "units": event.units})
    agent = rows.get("agents", (event.agent_id,))
    if agent is not None:
        rows.put("agents", {**agent, "used": agent["used"] + event.units, "held": agent["held"] + 1})


def _move(recorded: Recorded, rows: Rows, work_id: str, status: str, **now: Any) -> None:
    work = rows.get("agent_work", (work_id,))
    if work is not None:
        rows.put("agent_work", {**work, "status": status, "since": recorded.occurred_at, **now})


@on(InteractionQueued)
def dialled(recorded: Recorded, event: InteractionQueued, rows: Rows) -> None:
    """A call that an agent makes waits for nobody."""
    if event.reason == "dialled":
        _remember(rows, event.interaction_id, event.leg, event.queue)


@on(InteractionTransferred)
def handed_over(recorded: Recorded, event: InteractionTransferred, rows: Rows) -> None:
    if event.to_agent:
        _remember(rows, event.interaction_id, event.to_leg, event.queue)


def _remember(rows: Rows, interaction_id: str, leg: str, queue: str) -> None:
    rows.put("agent_legs", {"interaction_id": interaction_id, "leg": leg, "queue": queue})


@on(ConsultStarted)
def consulted(recorded: Recorded, event: ConsultStarted, rows: Rows) -> None:
    """Whoever is asked sees whose contact it is; nothing of it is theirs to accept."""
    work = rows.get("agent_work", (event.work_id,))
    if event.kind == "agent" and work is not None:
        known = rows.get("agent_work", (event.party,))
        theirs: dict[str, Any] = {"work_id": event.party, "agent_id": event.asked_agent, "status": "consulted"}
        theirs |= {"units": 0 if known is None else known["units"], "why": dict[str, Any]()}
        since: dict[str, Any] = {
            "offered_at": recorded.occurred_at,
            "since": recorded.occurred_at,
            "until": None,
            "disposition": "",
        }
        rows.put("agent_work", {**work, **theirs, **since})


@on(OfferAccepted)
def accepted(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    leg = rows.get("agent_legs", (event.interaction_id, event.leg))
    if leg is not None:
        rows.delete("agent_legs", (event.interaction_id, event.leg))
        work = _work(recorded, rows, event)
        rows.put("agent_work", {**work, "project": recorded.project, "queue": leg["queue"]})
    _move(recorded, rows, event.work_id, "accepted", until=None)
    on_agent(rows, event.agent_id, idle_since=None)


@on(AgentConnected)
def connected(recorded: Recorded, event: AgentConnected, rows: Rows) -> None:
    _move(recorded, rows, event.work_id, "connected")


@on(WrapUpStarted)
def wrap_up(recorded: Recorded, event: WrapUpStarted, rows: Rows) -> None:
    _move(recorded, rows, event.work_id, "wrap_up", until=event.ends_at, disposition=event.default_disposition)


@on(DispositionGiven)
def disposed(recorded: Recorded, event: DispositionGiven, rows: Rows) -> None:
    """The wrap-up goes on: only what will be recorded at its end is another."""
    work = rows.get("agent_work", (event.work_id,))
    if work is not None:
        rows.put("agent_work", {**work, "disposition": event.disposition})


@on(AgentReleased)
def released(recorded: Recorded, event: AgentReleased, rows: Rows) -> None:
    """The work is gone. Who had work in hand and has none left is idle; a missed offer changes no idle time."""
    work, agent = rows.get("agent_work", (event.work_id,)), rows.get("agents", (event.agent_id,))
    if work is None or agent is None:
        return
    rows.delete("agent_work", (event.work_id,))
    now: dict[str, Any] = {"used": agent["used"] - work["units"], "held": agent["held"] - 1}
    if work["status"] != "offered" and not now["held"] and agent["presence"] != "signed_out":
        now["idle_since"] = recorded.occurred_at
    rows.put("agents", {**agent, **now})
