"""Agents' time while they are signed in: in which state, for which reason, with work in hand or without.

A stretch of time ends whenever the state, the site, the profile or having work in hand changes, and at midnight UTC,
so that no stretch is longer than a day. Work is in hand from its acceptance until its capacity is released; several
pieces at once are one stretch. `consulted` is a part in a colleague's call, which is none of one's own work, and
`paused` the channels that the agent takes nothing by.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ChannelPaused,
    ChannelResumed,
    ProfileAssigned,
)
from domain.event import Recorded
from domain.ports import Rows
from projections.schema import Column, Projection, Table

#: One row for each piece of work. `origin`: offered, dialled (the agent called), handed_over (taken over from a
#: colleague within the call), consulted (a part in a colleague's call); empty before it is known. `offered`: when, or
#: when it came into hand. `answer` to an offer: open, accepted, declined, missed, rescinded. `over`: contact ended;
#: `how` it ended: completed, transferred, given_up, interrupted, connect_failed. `site` is the agent's.
WORK = Table(
    "measure_work",
    (
        Column("work_id"),
        Column("origin"),
        Column("project"),
        Column("queue"),
        Column("channel"),
        Column("agent_id"),
        Column("site"),
        Column("offered", "instant"),
        Column("answer"),
        Column("connected", "instant", optional=True),
        Column("over", "instant", optional=True),
        Column("ended", "instant", optional=True),
        Column("how"),
        Column("disposition"),
        Column("released", "boolean"),
    ),
    key=("work_id",),
    indexes=(("project", "offered", "work_id"),),
    read_back=True,
    ahead=True,
)

#: Whose hands a leg is in.
HANDS = Table(
    "measure_hands",
    (Column("interaction_id"), Column("leg"), Column("work_id")),
    key=("interaction_id", "leg"),
    read_back=True,
)

#: Legs that were queued to be in somebody's hands at once, without an offer.
AT_ONCE = Table(
    "measure_at_once",
    (Column("interaction_id"), Column("leg"), Column("queue"), Column("channel"), Column("origin")),
    key=("interaction_id", "leg"),
    read_back=True,
    ahead=True,
)

#: An agent and the stretch of time that lasts. `projects` are those that the profile serves, `in_hand` pieces of work,
#: `consulted` parts in colleagues' calls.
AGENTS = Table(
    "measure_agents",
    (
        Column("agent_id"),
        Column("pool"),
        Column("site"),
        Column("projects", "json"),
        Column("state"),
        Column("reason"),
        Column("began", "instant"),
        Column("in_hand", "integer"),
        Column("consulted", "integer"),
        Column("paused", "json"),
    ),
    key=("agent_id",),
    indexes=(("pool", "agent_id"),),
    read_back=True,
)

#: Stretches that have ended.
TIME = Table(
    "measure_time",
    (
        Column("agent_id"),
        Column("began", "instant"),
        Column("ended", "instant"),
        Column("pool"),
        Column("site"),
        Column("projects", "json"),
        Column("state"),
        Column("reason"),
        Column("working", "boolean"),
        Column("consulted", "boolean"),
        Column("paused", "json"),
    ),
    key=("agent_id", "began"),
    indexes=(("pool", "began", "agent_id"),),
)

agent_measures = Projection("agent_measures", 2, (WORK, HANDS, AT_ONCE, AGENTS, TIME))
on = agent_measures.on

#: No stretch is longer.
LONGEST = timedelta(days=1)


def days_of(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The time from `start` to `end`, cut at every midnight UTC."""
    while start < end:
        midnight = datetime.combine(start.astimezone(UTC).date(), datetime.min.time(), UTC) + LONGEST
        yield start, min(midnight, end)
        start = midnight


def site_of(rows: Rows, agent_id: str) -> str:
    agent = rows.get("measure_agents", (agent_id,))
    return agent["site"] if agent else ""


_COPIED = ("agent_id", "pool", "site", "projects", "state", "reason", "paused")


def _change(recorded: Recorded, rows: Rows, agent_id: str, **now: Any) -> None:
    """End the agent's stretch, and begin one in which `now` holds. An event that comes late begins it where the last
    one began."""
    agent = rows.get("measure_agents", (agent_id,))
    if agent is None:
        return
    if agent["state"] != "signed_out":
        copied = {name: agent[name] for name in _COPIED}
        doing = {"working": bool(agent["in_hand"]), "consulted": bool(agent["consulted"])}
        for began, ended in days_of(agent["began"], recorded.occurred_at):
            rows.put("measure_time", {**copied, **doing, "began": began, "ended": ended})
    rows.put("measure_agents", {**agent, "began": max(agent["began"], recorded.occurred_at), **now})


@on(AgentRegistered)
def registered(recorded: Recorded, event: AgentRegistered, rows: Rows) -> None:
    row: dict[str, Any] = {
        "agent_id": event.agent_id,
        "pool": recorded.pool,
        "site": event.site,
        "projects": [],
        "state": "signed_out",
        "reason": "",
        "began": recorded.occurred_at,
        "in_hand": 0,
        "consulted": 0,
        "paused": [],
    }
    rows.put("measure_agents", row)


@on(ProfileAssigned)
def profile_assigned(recorded: Recorded, event: ProfileAssigned, rows: Rows) -> None:
    projects = sorted({queue.partition("/")[0] for queue in event.profile.queues})
    _change(recorded, rows, event.agent_id, projects=projects)


@on(AgentMoved)
def moved(recorded: Recorded, event: AgentMoved, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, site=event.site)


@on(AgentSignedIn)
def signed_in(recorded: Recorded, event: AgentSignedIn, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, state="not_ready", reason="signed in")


@on(AgentBecameReady)
def ready(recorded: Recorded, event: AgentBecameReady, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, state="ready", reason="")


@on(AgentBecameNotReady)
def not_ready(recorded: Recorded, event: AgentBecameNotReady, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, state="not_ready", reason=event.reason)


@on(AgentStoppedResponding)
def stopped_responding(recorded: Recorded, event: AgentStoppedResponding, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, state="not_responding", reason="")


@on(AgentSignedOut)
def signed_out(recorded: Recorded, event: AgentSignedOut, rows: Rows) -> None:
    _change(recorded, rows, event.agent_id, state="signed_out", reason="", paused=[])


@on(ChannelPaused, ChannelResumed)
def paused(recorded: Recorded, event: ChannelPaused | ChannelResumed, rows: Rows) -> None:
    agent = rows.get("measure_agents", (event.agent_id,))
    if agent is not None:
        others = {channel for channel in agent["paused"] if channel != event.channel}
        now = others | {event.channel} if isinstance(event, ChannelPaused) else others
        _change(recorded, rows, event.agent_id, paused=sorted(now))


def taken_up(recorded: Recorded, rows: Rows, agent_id: str) -> None:
    """The agent has one more piece of work in hand."""
    agent = rows.get("measure_agents", (agent_id,))
    if agent is not None:
        _change(recorded, rows, agent_id, in_hand=agent["in_hand"] + 1)


def asked(recorded: Recorded, rows: Rows, agent_id: str) -> None:
    """The agent has one more part in a colleague's call."""
    agent = rows.get("measure_agents", (agent_id,))
    if agent is not None:
        _change(recorded, rows, agent_id, consulted=agent["consulted"] + 1)


@on(AgentReleased)
def released(recorded: Recorded, event: AgentReleased, rows: Rows) -> None:
    """Capacity is free again; an offer that was never accepted was never in hand."""
    work, agent = rows.get("measure_work", (event.work_id,)), rows.get("measure_agents", (event.agent_id,))
    if work is None or agent is None or work["released"]:
        return
    rows.put("measure_work", {**work, "released": True})
    if work["origin"] == "consulted":
        _change(recorded, rows, event.agent_id, consulted=agent["consulted"] - 1)
    elif work["answer"] == "accepted":
        _change(recorded, rows, event.agent_id, in_hand=agent["in_hand"] - 1)
