"""Live events: one subscription to the log per process, fanned out to every connected browser it concerns.

A client listens on topics (`agent:anna`, `interaction:…`, `project:acme`); an event is handed to the clients of
its topics. Each client has a bounded queue: one that is too slow is told to begin again (`reset`) instead of
being sent what it cannot keep up with.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable

import structlog

from domain.event import Event, Recorded
from domain.ports import Log, LogUnavailable, UnreadableEvent
from domain.staff import StaffMessageSent
from domain.stream import category_of
from web.about import About

log = structlog.get_logger("web.live")

RETRY_SECONDS = 1.0


def topics_of(recorded: Recorded) -> set[str]:
    """Under which topics an event is found."""
    event = recorded.event
    if isinstance(event, StaffMessageSent):  # nobody's business but theirs
        return {topic(recorded.pool, event.to), topic(recorded.pool, event.sender)}
    topics = {f"pool:{recorded.pool}"}
    if recorded.project:
        topics.add(f"project:{recorded.project}")
    if category_of(recorded.stream) == "agent":
        topics.add(f"agents:{recorded.pool}")
    # who they are, and what became of what they were sent; their contacts have topics of their own
    if category_of(recorded.stream) in ("customer", "delivery") and (customer_id := _identity(event, "customer")):
        topics.add(f"customer:{customer_id}")
    for what in ("agent", "interaction", "ticket"):
        if identity := _identity(event, what):
            topics.add(f"{what}:{identity}")
    return topics


def _identity(event: Event, what: str) -> str:
    return str(getattr(event, f"{what}_id", "") or "")


def topic(pool: str, address: str) -> str:
    """Under what is found what concerns one address among colleagues."""
    return f"to:{pool}:{address}"


class Client:
    """One connected browser: what it listens to and what waits to be sent to it."""

    def __init__(self, room: int) -> None:
        self.topics: set[str] = set()
        self.lagged = False
        self._room = room
        self._waiting: deque[Recorded] = deque()
        self._woken = asyncio.Event()

    def put(self, recorded: Recorded) -> None:
        """Hand an event over; without room everything waiting is dropped and the client marked as lagging."""
        if len(self._waiting) >= self._room:
            self._waiting.clear()
            self.lagged = True
        if not self.lagged:
            self._waiting.append(recorded)
        self._woken.set()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._woken.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until there is something, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    def take(self) -> list[Recorded]:
        """Everything that waits; ends a lag."""
        taken = list(self._waiting)
        self._waiting.clear()
        self._woken.clear()
        self.lagged = False
        return taken


class Live:
    """The fan-out. `position` is the last one handed out, `connected` counts the clients."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._listeners: dict[str, set[Client]] = {}
        self._task: asyncio.Task[None] | None = None
        self.about = About()
        self.position = 0
        self.connected = 0
        self.ending = False

    def end(self) -> None:
        """Let every stream end by itself, as before a restart: browsers come back and miss nothing."""
        self.ending = True
        for client in {client for listeners in self._listeners.values() for client in listeners}:
            client.wake()

    async def start(self) -> None:
        self.position = await self._log.head()
        self._task = asyncio.create_task(self._run(), name="live events")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def join(self, client: Client, topics: Iterable[str]) -> None:
        """Let a client listen to further topics."""
        for topic in topics:
            client.topics.add(topic)
            self._listeners.setdefault(topic, set()).add(client)

    def leave(self, client: Client, topics: Iterable[str] | None = None) -> None:
        """Let a client listen no longer, to these topics or to any."""
        for topic in list(client.topics if topics is None else topics):
            client.topics.discard(topic)
            listeners = self._listeners.get(topic, set())
            listeners.discard(client)
            if not listeners:
                self._listeners.pop(topic, None)

    async def _run(self) -> None:
        """Subscribe for ever; where the log goes away, come back at the position that was reached."""
        while True:
            try:
                async for batch in self._log.subscribe(self.position):
                    for recorded in batch:
                        self.about.learn(recorded.event)
                        self._hand_out(recorded)
                        self.position = recorded.position
            except LogUnavailable as fault:
                log.warning("the log is unavailable, live events wait", reason=type(fault).__name__)
            except UnreadableEvent as fault:
                log.error("live events wait for a version that can read the log", reason=str(fault))
            await asyncio.sleep(RETRY_SECONDS)

    def _hand_out(self, recorded: Recorded) -> None:
        if not self._listeners:
            return
        concerned: set[Client] = set()
        for topic in topics_of(recorded):
            concerned |= self._listeners.get(topic, set())
        for client in concerned:
            client.put(recorded)
