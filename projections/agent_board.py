"""Agent board: who is there, how much of their capacity is used, what rings and what is in hand.

What becomes of each piece of work stands in `projections.agent_work`.
"""

from __future__ import annotations

from typing import Any

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ChannelPaused,
    ChannelResumed,
    LanguagesStated,
    ProfileAssigned,
    SkillExpired,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.event import Recorded
from domain.ports import Rows
from projections.certifications import CERTIFICATIONS, certification
from projections.schema import Column, Projection, Table

#: `channels`: what the profile allows, by channel: concurrency, units, channels whose work rests meanwhile. `used`:
#: units held. `paused`: why and since when nothing more is taken, by channel.
AGENTS = Table(
    "agents",
    (
        Column("agent_id"),
        Column("pool"),
        Column("name"),
        Column("site"),
        Column("presence"),
        Column("reason"),
        Column("since", "instant"),
        Column("idle_since", "instant", optional=True),
        Column("profile"),
        Column("capacity", "integer"),
        Column("used", "integer"),
        Column("held", "integer"),
        Column("channels", "json"),
        Column("paused", "json"),
        Column("skills", "json"),
        Column("languages", "json"),
    ),
    key=("agent_id",),
    indexes=(
        ("pool", "agent_id"),
        ("pool", "presence", "site", "agent_id"),
        ("pool", "site", "presence", "agent_id"),
        ("pool", "profile", "agent_id"),
    ),
    read_back=True,
)

#: `status`: offered, accepted, connected, wrap_up; consulted for a part in a colleague's work. `until`: when the offer
#: or the wrap-up ends, if ever.
WORK = Table(
    "agent_work",
    (
        Column("work_id"),
        Column("agent_id"),
        Column("project"),
        Column("interaction_id"),
        Column("leg"),
        Column("queue"),
        Column("channel"),
        Column("units", "integer"),
        Column("status"),
        Column("offered_at", "instant"),
        Column("since", "instant"),
        Column("until", "instant", optional=True),
        Column("disposition"),
        Column("why", "json"),
    ),
    key=("work_id",),
    indexes=(
        ("agent_id", "offered_at", "work_id"),
        ("interaction_id",),
        ("project", "status", "channel", "work_id"),
    ),
    read_back=True,
    ahead=True,
)

#: The queue of a leg that an agent has without an offer, until they have it.
LEGS = Table(
    "agent_legs",
    (Column("interaction_id"), Column("leg"), Column("queue")),
    key=("interaction_id", "leg"),
    read_back=True,
    ahead=True,
)

#: Sites that are down, as long as they are.
SITES_DOWN = Table(
    "sites_down",
    (Column("pool"), Column("site"), Column("reason"), Column("by"), Column("since", "instant")),
    key=("pool", "site"),
)

agent_board = Projection("agent_board", 7, (AGENTS, WORK, LEGS, SITES_DOWN, CERTIFICATIONS))
on = agent_board.on


def on_agent(rows: Rows, agent_id: str, **now: Any) -> None:
    row = rows.get("agents", (agent_id,))
    if row is not None:
        rows.put("agents", {**row, **now})


@on(AgentRegistered)
def registered(recorded: Recorded, event: AgentRegistered, rows: Rows) -> None:
    """Who was retired and is back has the profile and the skills of before, until other events say otherwise."""
    known = rows.get("agents", (event.agent_id,))
    now = {"name": event.name, "site": event.site}
    if known is not None:
        rows.put("agents", {**known, **now, "presence": "signed_out", "reason": "", "since": recorded.occurred_at})
        return
    row: dict[str, Any] = {
        "agent_id": event.agent_id,
        "pool": recorded.pool,
        **now,
        "presence": "signed_out",
        "reason": "",
        "since": recorded.occurred_at,
        "idle_since": None,
        "profile": "",
        "capacity": 0,
        "used": 0,
        "held": 0,
        "channels": {},
        "paused": {},
        "skills": {},
        "languages": [],
    }
    rows.put("agents", row)


@on(LanguagesStated)
def languages(recorded: Recorded, event: LanguagesStated, rows: Rows) -> None:
    on_agent(rows, event.agent_id, languages=list(event.languages))


@on(SiteWentDown)
def site_down(recorded: Recorded, event: SiteWentDown, rows: Rows) -> None:
    where = {"pool": recorded.pool, "site": event.site, "reason": event.reason, "by": event.by}
    rows.put("sites_down", {**where, "since": recorded.occurred_at})


@on(SiteCameBack)
def site_back(recorded: Recorded, event: SiteCameBack, rows: Rows) -> None:
    rows.delete("sites_down", (recorded.pool, event.site))


@on(ProfileAssigned)
def profile_assigned(recorded: Recorded, event: ProfileAssigned, rows: Rows) -> None:
    channels = {
        channel: {"concurrency": use.concurrency, "units": use.units, "interrupts": list(use.interrupts)}
        for channel, use in event.profile.channels.items()
    }
    on_agent(rows, event.agent_id, profile=event.profile_name, capacity=event.profile.capacity, channels=channels)


@on(AgentMoved)
def moved(recorded: Recorded, event: AgentMoved, rows: Rows) -> None:
    on_agent(rows, event.agent_id, site=event.site)


@on(SkillGranted, SkillWithdrawn, SkillExpired)
def skill(recorded: Recorded, event: SkillGranted | SkillWithdrawn | SkillExpired, rows: Rows) -> None:
    certification(recorded, event, rows)
    row = rows.get("agents", (event.agent_id,))
    if row is None:
        return
    skills: dict[str, int] = {name: level for name, level in row["skills"].items() if name != event.skill}
    if isinstance(event, SkillGranted):
        skills[event.skill] = event.level
    rows.put("agents", {**row, "skills": skills})


def _presence(recorded: Recorded, rows: Rows, agent_id: str, presence: str, reason: str = "", **now: Any) -> None:
    on_agent(rows, agent_id, presence=presence, reason=reason, since=recorded.occurred_at, **now)


@on(AgentSignedIn)
def signed_in(recorded: Recorded, event: AgentSignedIn, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "not_ready", "signed in", idle_since=recorded.occurred_at)


@on(AgentBecameReady)
def ready(recorded: Recorded, event: AgentBecameReady, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "ready", event.reason)


@on(AgentBecameNotReady)
def not_ready(recorded: Recorded, event: AgentBecameNotReady, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "not_ready", event.reason)


@on(AgentStoppedResponding)
def stopped_responding(recorded: Recorded, event: AgentStoppedResponding, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "not_responding", f"missed {event.misses}")


@on(AgentSignedOut)
def signed_out(recorded: Recorded, event: AgentSignedOut, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "signed_out", event.reason, idle_since=None, paused={})


@on(ChannelPaused, ChannelResumed)
def channel(recorded: Recorded, event: ChannelPaused | ChannelResumed, rows: Rows) -> None:
    row = rows.get("agents", (event.agent_id,))
    if row is None:
        return
    paused: dict[str, Any] = {name: why for name, why in row["paused"].items() if name != event.channel}
    if isinstance(event, ChannelPaused):
        paused[event.channel] = {"reason": event.reason, "since": recorded.occurred_at.isoformat()}
    rows.put("agents", {**row, "paused": paused})


@on(AgentRetired)
def retired(recorded: Recorded, event: AgentRetired, rows: Rows) -> None:
    _presence(recorded, rows, event.agent_id, "retired")
