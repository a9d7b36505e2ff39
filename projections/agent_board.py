"""Agent board: who is there, how much of their capacity is used, what rings and what is in hand.

An offer and the capacity held for it are two events of one append in either order, so each of them may
make the row of the work; it goes when the capacity is released. Not all work was offered: a call that an agent makes
and one that an agent is handed are in hand at once, and who is consulted has a part in somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
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
)

#: The queue of a leg that an agent has without an offer, until they have it.
LEGS = Table(
    "agent_legs",
    (Column("interaction_id"), Column("leg"), Column("queue")),
    key=("interaction_id", "leg"),
    read_back=True,
)

#: Sites that are down, as long as they are.
SITES_DOWN = Table(
    "sites_down",
    (Column("pool"), Column("site"), Column("reason"), Column("by"), Column("since", "instant")),
    key=("pool", "site"),
)

agent_board = Projection("agent_board", 7, (AGENTS, WORK, LEGS, SITES_DOWN, CERTIFICATIONS))
on = agent_board.on


def _agent(rows: Rows, agent_id: str, **now: Any) -> None:
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
    _agent(rows, event.agent_id, languages=list(event.languages))


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
    _agent(rows, event.agent_id, profile=event.profile_name, capacity=event.profile.capacity, channels=channels)


@on(AgentMoved)
def moved(recorded: Recorded, event: AgentMoved, rows: Rows) -> None:
    _agent(rows, event.agent_id, site=event.site)


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
    _agent(rows, agent_id, presence=presence, reason=reason, since=recorded.occurred_at, **now)


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
        theirs = {"work_id": event.party, "agent_id": event.asked_agent, "status": "consulted", "units": 0, "why": {}}
        since = {"offered_at": recorded.occurred_at, "since": recorded.occurred_at, "until": None, "disposition": ""}
        rows.put("agent_work", {**work, **theirs, **since})


@on(OfferAccepted)
def accepted(recorded: Recorded, event: OfferAccepted, rows: Rows) -> None:
    leg = rows.get("agent_legs", (event.interaction_id, event.leg))
    if leg is not None:
        rows.delete("agent_legs", (event.interaction_id, event.leg))
        work = _work(recorded, rows, event)
        rows.put("agent_work", {**work, "project": recorded.project, "queue": leg["queue"]})
    _move(recorded, rows, event.work_id, "accepted", until=None)
    _agent(rows, event.agent_id, idle_since=None)


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
