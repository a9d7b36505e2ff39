"""Hundreds of desks on one web process: streams over plain HTTP, read and thrown away."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from bench.desk_centre import House, many
from domain.agent.commands import BecomeNotReady, BecomeReady

#: Events a second, and seconds without any that show what the open streams alone cost.
EVENTS, IDLE = 50, 10.0
CONNECTS = 120.0


@dataclass(slots=True)
class Desks:
    """Open streams: what came in on each, as counts."""

    url: str
    begun: int = 0
    events: int = 0
    boards: int = 0
    last: int = 0
    _tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    def open(self, token: str, query: str = "") -> None:
        self._tasks.append(asyncio.create_task(self._listen(token, query)))

    async def _listen(self, token: str, query: str) -> None:
        at = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        request = f"GET /api/stream{query} HTTP/1.1\r\nHost: {at.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        what = b""
        try:
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    what = line[7:].strip()
                elif line.startswith(b"data: "):
                    self.begun += what == b"hello"
                    self.boards += what == b"wallboard"
                    self.events += not what
                elif line == b"\n":
                    what = b""
        finally:
            writer.close()

    async def all_begun(self) -> None:
        async with asyncio.timeout(CONNECTS):
            while self.begun < len(self._tasks):
                for task in self._tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.1)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def measure(house: House, seconds: float) -> dict[str, Any]:
    """Every event concerns one agent and the supervisors, who follow a wallboard besides."""
    desks = Desks(house.url)
    supervisors = [name for name in house.tokens if name.startswith("supervisor")]
    agents = [name for name in house.tokens if name not in supervisors]
    try:
        for name in agents:
            desks.open(house.tokens[name])
        for name in supervisors:
            desks.open(house.tokens[name], "?wallboard=shop")
        await desks.all_begun()
        idle = await _share(house, asyncio.sleep(IDLE))
        before, boards = desks.events, desks.boards
        made = asyncio.create_task(_toggle(house, agents, seconds))
        busy = await _share(house, made)
        appended = made.result()
        await _arrived(desks, before + appended * (1 + len(supervisors)))
        return {
            "desks": len(agents) + len(supervisors),
            "desks_an_event_concerns": 1 + len(supervisors),
            "wallboards": len(supervisors),
            "seconds": round(busy[1], 1),
            "events_a_second": round(appended / busy[1], 1),
            "events_sent": desks.events - before,
            "events_due": appended * (1 + len(supervisors)),
            "wallboards_sent_a_second_each": round((desks.boards - boards) / busy[1] / max(1, len(supervisors)), 2),
            "share_of_a_core_idle": round(idle[0], 3),
            "share_of_a_core": round(busy[0], 3),
        }
    finally:
        await desks.close()


async def _share(house: House, doing: Any) -> tuple[float, float]:
    """Processor time of the web process over wall time, while something is done."""
    used, began = house.cpu(), time.monotonic()
    await doing
    seconds = time.monotonic() - began
    return (house.cpu() - used) / seconds, seconds


async def _toggle(house: House, agents: list[str], seconds: float) -> int:
    """Agents who become not ready, then ready again: `EVENTS` a second, as many as there was time for."""
    loop, made, turns = (
        asyncio.get_running_loop(),
        0,
        cycle([*((one, True) for one in agents), *((one, False) for one in agents)]),
    )
    began = loop.time()
    while loop.time() - began < seconds:
        due = min(int((loop.time() - began) * EVENTS) - made, len(agents))
        await many([next(turns) for _ in range(due)], lambda turn: _turn(house, *turn))
        made += due
        await asyncio.sleep(0.02)
    return made


async def _turn(house: House, agent_id: str, away: bool) -> None:
    away_now = BecomeNotReady(agent_id=agent_id, reason="meeting")
    await house.do(away_now if away else BecomeReady(agent_id=agent_id))


async def _arrived(desks: Desks, events: int) -> None:
    """Wait for what is still on its way; what does not come is told by the counts."""
    for _ in range(100):
        if desks.events >= events:
            return
        await asyncio.sleep(0.1)
