"""What one caller is shown live: which topics are theirs, and how an agent's topics change with the work in hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.agent.events import AgentReleased, AgentReserved
from domain.event import Recorded
from domain.interaction.events import CustomerRecognised
from domain.stream import stream_of
from web.about import TELLING, matter_of
from web.access import EVERYWHERE, Caller, Permission, Role
from web.doors import Doors
from web.live import Client, Live, topic, topics_of
from web.showing import Shown, show
from web.wallboards import Boards

#: Who sees everything of a project, not only what is in their own hands.
OVERSEEING = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR})

#: Far more than any contact turns out to be somebody else's.
_RECOGNISED = 100


class Reset(NamedTuple):
    """The caller must read everything afresh, as of `position`."""

    position: int
    reason: str


class Held(NamedTuple):
    """Work in an agent's hands, by the ids that it is followed under."""

    work_id: str
    interaction_id: str
    ticket_id: str
    customer_id: str


def first_topics(caller: Caller) -> set[str]:
    """What the caller listens to besides work in hand."""
    topics = {f"agent:{caller.agent_id}"} if caller.agent_id else set[str]()
    for project, roles in caller.grants.items():
        if not roles & OVERSEEING:
            continue
        topics.add(f"agents:{caller.pool}")
        topics.add(f"pool:{caller.pool}" if project == EVERYWHERE else f"project:{project}")
    return topics


@dataclass(slots=True)
class Following:
    """One caller's connection to the live events."""

    doors: Doors
    live: Live
    caller: Caller
    client: Client
    held: dict[str, Held] = field(default_factory=dict[str, Held])
    sent: int = 0
    boards: Boards = field(default_factory=Boards)

    def begin(self, work: list[Held], addresses: Iterable[str] = ()) -> None:
        """`addresses`: under which colleagues write to the caller."""
        self.live.connected += 1
        self.live.join(self.client, first_topics(self.caller))
        self.live.join(self.client, [topic(self.caller.pool, address) for address in addresses])
        for one in work:
            self._hold(one)

    def end(self) -> None:
        self.live.connected -= 1
        self.live.leave(self.client)

    async def since(self, position: int) -> AsyncIterator[Shown | Reset]:
        """What the caller missed since `position`, or a reset when that is too much or too long ago."""
        window = self.doors.settings.stream_window
        head = await self.doors.log.head()
        missed = await self.doors.log.read(position, window + 1, pool=self.caller.pool)
        if position > head or len(missed) > window:
            self.sent = head
            yield Reset(head, "too much has happened since")
            return
        self.sent = position
        for recorded in missed:
            if shown := await self._see(recorded):
                yield shown

    async def news(self, seconds: float) -> AsyncIterator[Shown | Reset]:
        """What has come in; waits at most `seconds` for the first of it."""
        if not await self.client.wait(seconds):
            return
        if self.client.lagged:
            self.client.take()
            self.sent = self.live.position
            yield Reset(self.sent, "events came faster than this connection took them")
            return
        for recorded in self.client.take():
            if shown := await self._see(recorded):
                yield shown

    async def _see(self, recorded: Recorded) -> Shown | None:
        """The event as the caller may see it; None where it was sent before or is none of theirs."""
        if recorded.position <= self.sent or not (self.client.topics & topics_of(recorded)):
            return None
        self.sent = recorded.position
        await self._learn(recorded)
        personal = self.caller.may(Permission.OPEN_PERSONAL, recorded.project or None)
        return show(recorded, self.doors.opener if personal else None)

    async def _learn(self, recorded: Recorded) -> None:
        """Own work begins and ends: its interaction and ticket are followed meanwhile."""
        event = recorded.event
        if isinstance(event, AgentReserved) and event.agent_id == self.caller.agent_id:
            self._hold(await self._held(event.work_id, event.interaction_id))
        elif isinstance(event, AgentReleased) and event.agent_id == self.caller.agent_id:
            self._release(event.work_id)
        elif isinstance(event, CustomerRecognised):
            for one in [one for one in self.held.values() if one.interaction_id == event.interaction_id]:
                self._release(one.work_id)
                self._hold(one._replace(customer_id=event.customer_id))

    async def _held(self, work_id: str, interaction_id: str) -> Held:
        """What the interaction is about, by what it began with and whose it turned out to be."""
        matter = self.live.about.of(interaction_id)
        if matter is None:
            stream = stream_of("interaction", interaction_id)
            told = await self.doors.log.read(0, _RECOGNISED, streams=[stream], types=TELLING)
            matter = matter_of(one.event for one in told)
        return Held(work_id, interaction_id, *matter)

    def _hold(self, one: Held) -> None:
        self.held[one.work_id] = one
        self.live.join(self.client, _topics(one))

    def _release(self, work_id: str) -> None:
        gone = self.held.pop(work_id, None)
        if gone is not None:
            still = {topic for other in self.held.values() for topic in _topics(other)}
            self.live.leave(self.client, _topics(gone) - still)


def _topics(one: Held) -> set[str]:
    about = {"interaction": one.interaction_id, "ticket": one.ticket_id, "customer": one.customer_id}
    return {f"{what}:{identity}" for what, identity in about.items() if identity}
