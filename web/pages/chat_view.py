"""A conversation as its customer sees it, read from the log: what was said, who is there, and whether it goes on.

Notes, consultations, names of queues and what agents do besides are no part of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.event import Event, Recorded
from domain.execute import Origin
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionQueued,
    InteractionStarted,
    MessageReceived,
    MessageSent,
    WorkExpired,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.personal import Erased, plain
from domain.ports import KeyDestroyed
from domain.stream import stream_of
from projections.queries import agent
from web.doors import Doors
from web.links import BadLink
from web.pages.rendering import render_text, time
from web.problem import not_found
from web.queries import Asking

State = Literal["waiting", "talking", "ended"]
ACTOR = "customer"
#: Which of our signed tokens a conversation's address bears.
TOKEN = "chat.conversation"
#: A conversation of more events than this is not continued: somebody may begin another.
MOST_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """Something the customer sees. `what` is `you` or `us` for what was said, else what happened."""

    position: int
    at: datetime
    what: Literal["you", "us", "joined", "waiting", "ended", "nobody"]
    text: str = ""
    agent_id: str = ""


@dataclass(slots=True)
class Conversation:
    """`position` is that of the last event that was read."""

    interaction_id: str
    project: str
    pool: str
    entry: str
    language: str
    state: State = "waiting"
    lines: list[Line] = field(default_factory=list[Line])
    position: int = 0
    events: int = 0
    names: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, recorded: Iterable[Recorded], doors: Doors) -> list[Line]:
        """Go on by further events of its stream; what the customer sees of them."""
        found: list[Line] = []
        for one in recorded:
            self.position, self.events = one.position, self.events + 1
            if line := _line(one, doors.opener(one.event), self):
                found.append(line)
                self.lines.append(line)
        return found

    async def name(self, doors: Doors, agent_id: str) -> str:
        """What an agent is called; empty for one who is not known yet."""
        if agent_id and agent_id not in self.names:
            seen = await Asking(doors, 0, self.pool)(agent, agent_id)
            self.names[agent_id] = seen.name if seen is not None else ""
        return self.names.get(agent_id, "")


def _line(one: Recorded, event: Event, seen: Conversation) -> Line | None:
    match event:
        case MessageReceived():
            return Line(one.position, one.occurred_at, "you", _words(event.text, event.customer_id))
        case MessageSent():
            return Line(one.position, one.occurred_at, "us", _words(event.text, event.customer_id), event.agent_id)
        case AgentConnected():
            seen.state = "talking"
            return Line(one.position, one.occurred_at, "joined", agent_id=event.agent_id)
        case InteractionQueued() if event.reason != "new":
            seen.state = "waiting"
            return Line(one.position, one.occurred_at, "waiting")
        case WorkExpired():
            return _ended(one, seen, "nobody")
        case WrapUpStarted() | WrapUpCompleted() | InteractionClosed():
            return _ended(one, seen, "ended")
        case _:
            return None


def _ended(one: Recorded, seen: Conversation, what: Literal["ended", "nobody"]) -> Line | None:
    """The end is told once, however many events it takes."""
    if seen.state == "ended":
        return None
    seen.state = "ended"
    return Line(one.position, one.occurred_at, what)


def _words(text: object, customer_id: str) -> str:
    if isinstance(text, Erased):
        raise KeyDestroyed(customer_id)
    return plain(text)  # type: ignore[arg-type]


async def read(doors: Doors, project: str, entry: str, interaction_id: str) -> Conversation:
    """Raises `BadLink` where this page has no such conversation, `KeyDestroyed` when its customer was erased."""
    recorded = await doors.log.read_stream(stream_of("interaction", interaction_id))
    begun = recorded[0].event if recorded else None
    if not isinstance(begun, InteractionStarted) or (recorded[0].project, begun.entry) != (project, entry):
        raise BadLink
    found = Conversation(interaction_id, project, recorded[0].pool, entry, begun.language)
    found.take(recorded, doors)
    return found


async def in_words(doors: Doors, found: Conversation, line: Line, language: str) -> dict[str, str]:
    """A line in words of the customer's language; it is text, never HTML."""
    name = await found.name(doors, line.agent_id)
    words = json.loads(render_text("chat_line.html", language, what=line.what, name=name))
    return {
        "what": line.what,
        "who": words["who"],
        "text": line.text or words["text"],
        "at": line.at.isoformat(),
        "clock": time(line.at, language),
    }


async def origin_of(doors: Doors, project: str) -> Origin:
    """On behalf of whom a page acts. Raises `NotFound` for a project that there is not."""
    home = await doors.homes.of("project", project)
    if home is None:
        raise not_found("project", project)
    return Origin(project=project, pool=home.pool, actor=ACTOR, confined=True)
