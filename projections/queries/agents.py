"""Agents: presence, room left on each channel, and their work with what it is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from projections.reading import MAX_PAGE, Page, Reader, Row, View, read_cursor, reads, write_cursor

#: In which states an agent is counted; who is retired sits nowhere.
PRESENCES = ("ready", "not_ready", "not_responding", "signed_out")


class ChannelPause(View):
    """Why and since when an agent takes nothing more by a channel."""

    reason: str
    since: datetime


class ChannelRoom(View):
    """One channel of an agent's profile: items held, allowed at once, and how many more fit now.

    Work that an item of this channel would interrupt takes no room from it. `paused`: nothing more is taken, room or
    not, until the agent resumes it.
    """

    held: int
    concurrency: int
    units: int
    free: int
    paused: ChannelPause | None


class WorkItem(View):
    """A piece of an agent's work. `until`: when the offer or the wrap-up ends; `why` explains the offer.

    `consulted`: a colleague asks about theirs; it is not the agent's own.
    `deadline`, `opened_at` and who spoke last, and when, are the ticket's: None and empty without one.
    """

    work_id: str
    agent_id: str
    project: str
    interaction_id: str
    leg: str
    queue: str
    channel: str
    status: Literal["offered", "accepted", "connected", "wrap_up", "consulted"]
    offered_at: datetime
    since: datetime
    until: datetime | None
    disposition: str
    why: dict[str, Any]
    customer_id: str
    customer_name: str
    ticket_id: str
    ticket_number: str
    subject: str
    deadline: datetime | None
    opened_at: datetime | None
    last_said_by: str
    last_said_at: datetime | None


class SiteDown(View):
    """A site where nobody can work, since when and why."""

    site: str
    reason: str
    by: str
    since: datetime


class CertificationView(View):
    """A skill that ends for an agent, or has ended (`expired`) and was not renewed."""

    agent_id: str
    skill: str
    level: int
    expires_at: datetime
    expired: bool


class AgentView(View):
    """An agent. `used` of `capacity` units are held; `idle_since` is None while work is in hand or nobody is there.

    `languages` that they speak; none named: all. `site_down`: nobody at their site can work.
    """

    agent_id: str
    pool: str
    name: str
    site: str
    presence: Literal["signed_out", "not_ready", "ready", "not_responding", "retired"]
    reason: str
    since: datetime
    idle_since: datetime | None
    profile: str
    capacity: int
    used: int
    skills: dict[str, int]
    languages: tuple[str, ...]
    site_down: bool
    channels: dict[str, ChannelRoom]
    work: tuple[WorkItem, ...]


def _work_rows(read: Reader, agent_id: str) -> list[Row]:
    return list(read.scan("agent_work", {"agent_id": agent_id}, ("offered_at", "work_id"), limit=MAX_PAGE))


def _item(read: Reader, row: Row) -> WorkItem:
    """The work with customer and ticket, as far as these have been projected already."""
    about = read.get("history_interactions", (row["interaction_id"],)) or {"customer_id": "", "ticket_id": ""}
    customer = read.get("history_customers", (about["customer_id"],))
    ticket = read.get("board_tickets", (about["ticket_id"],))
    return WorkItem.of(
        row,
        customer_id=about["customer_id"],
        customer_name=customer["name"] if customer else "",
        ticket_id=about["ticket_id"],
        ticket_number=ticket["number"] if ticket else "",
        subject=ticket["subject"] if ticket else "",
        deadline=ticket["deadline"] if ticket else None,
        opened_at=ticket["opened_at"] if ticket else None,
        last_said_by=ticket["last_said_by"] if ticket else "",
        last_said_at=ticket["last_said_at"] if ticket else None,
    )


def _view(read: Reader, row: Row) -> AgentView:
    work = _work_rows(read, row["agent_id"])
    channels: dict[str, ChannelRoom] = {}
    for channel, use in sorted(row["channels"].items()):
        held = sum(item["channel"] == channel for item in work)
        resting = sum(item["units"] for item in work if item["channel"] in use["interrupts"])
        free = min(use["concurrency"] - held, (row["capacity"] - row["used"] + resting) // use["units"])
        pause = row["paused"].get(channel)
        channels[channel] = ChannelRoom(
            held=held,
            concurrency=use["concurrency"],
            units=use["units"],
            free=max(0, free),
            paused=None if pause is None else ChannelPause(**pause),
        )
    down = read.get("sites_down", (row["pool"], row["site"])) is not None
    return AgentView.of(row, channels=channels, site_down=down, work=tuple(_item(read, item) for item in work))


@reads("agent_board", "customer_history", "ticket_board")
def agents(read: Reader, pool: str, *, cursor: str | None = None, limit: int = 100) -> Page[AgentView]:
    """The agents of a pool, by id. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, str) if cursor else None
    rows = read.scan("agents", {"pool": pool}, ("agent_id",), after=after, limit=limit + 1)
    page = rows[:limit]
    return Page(
        items=tuple(_view(read, row) for row in page),
        next=write_cursor(page[-1]["agent_id"]) if len(rows) > limit else None,
    )


@reads("agent_board", "customer_history", "ticket_board")
def agent(read: Reader, agent_id: str) -> AgentView | None:
    row = read.get("agents", (agent_id,))
    return None if row is None else _view(read, row)


@reads("agent_board")
def sites_down(read: Reader, pool: str) -> tuple[SiteDown, ...]:
    """The sites of a pool that are down, by name."""
    return tuple(map(SiteDown.of, read.find("sites_down", pool=pool)))


@reads("agent_board")
def agents_at(read: Reader, pool: str, sites: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """How many agents of a pool sit at each of these sites, by presence."""
    return {
        site: {p: read.count("agents", {"pool": pool, "site": site, "presence": p}) for p in PRESENCES}
        for site in sites
    }


@reads("agent_board")
def team_exists(read: Reader, pool: str, kind: Literal["site", "profile"], name: str) -> bool:
    """Whether any agent of the pool sits at a site, or works by a profile."""
    return read.count("agents", {"pool": pool, kind: name}) > 0


@reads("agent_board")
def certifications(
    read: Reader, pool: str, until: datetime, *, cursor: str | None = None, limit: int = 100
) -> Page[CertificationView]:
    """Certifications of a pool that end by `until`, those that have ended first. Raises `BadCursor`."""
    limit = max(1, min(limit, MAX_PAGE))
    after = read_cursor(cursor, datetime, str, str) if cursor else None
    by = ("expires_at", "agent_id", "skill")
    rows = read.scan("certifications", {"pool": pool}, by, after=after, until=until, limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = write_cursor(last["expires_at"], last["agent_id"], last["skill"]) if last else None
    return Page(items=tuple(map(CertificationView.of, rows[:limit])), next=following)


@reads("agent_board", "customer_history", "ticket_board")
def work_of(read: Reader, agent_id: str) -> tuple[WorkItem, ...]:
    """An agent's offers and work in hand, in the order in which they were offered."""
    return tuple(_item(read, row) for row in _work_rows(read, agent_id))


@reads("agent_board", "customer_history", "ticket_board")
def work_item(read: Reader, work_id: str) -> WorkItem | None:
    """One piece of work while somebody holds it."""
    row = read.get("agent_work", (work_id,))
    return None if row is None else _item(read, row)


@reads("agent_board", "customer_history", "ticket_board")
def work_on(read: Reader, interaction_id: str) -> tuple[WorkItem, ...]:
    """Who is offered, or works on, an interaction."""
    return tuple(_item(read, row) for row in read.find("agent_work", interaction_id=interaction_id))
