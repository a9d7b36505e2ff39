"""From acknowledged to seen, and nothing missed: `python -m bench.log_latency`.

First a process that appends 200 events a second, one at a time, and a subscriber in another process: how long after
the append was acknowledged did the subscriber have the event (0 when it had it before). Both read the machine's
one monotonic clock. Then writing processes and subscribing ones, all out: is every event seen by each
subscriber, in order, once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import statistics
import time
from contextlib import aclosing
from multiprocessing.connection import Connection
from typing import Any

from bench.log_ground import bar, database, facts, postgres_server, publish
from bench.log_mix import describe, proposals
from domain.ports import Change
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog

SUBSCRIBERS = 2
_PATIENCE_SECONDS = 60


def append_steadily(dsn: str, rate: float, seconds: float, told: Connection) -> None:
    """Sends {position: nanoseconds when it was acknowledged}."""

    async def run() -> None:
        log = await PostgresLog.open(dsn, MemoryKeyring())
        acknowledged: dict[int, int] = {}
        began = time.monotonic()
        for number, event in enumerate(itertools.cycle(proposals(900))):
            due = began + number / rate
            if due > began + seconds:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            appended = await log.append(Change("steady", number, (event,)))
            acknowledged[appended.position] = time.monotonic_ns()
        await log.close()
        told.send(acknowledged)

    asyncio.run(run())


def append_flat_out(dsn: str, name: str, tasks: int, seconds: float, told: Connection) -> None:
    """Sends the positions of everything acknowledged (each append's last; appends have one to five events)."""

    async def run() -> None:
        log = await PostgresLog.open(dsn, MemoryKeyring())
        events = proposals(900)
        until = time.monotonic() + seconds
        positions: list[int] = []

        async def one(task: int) -> None:
            version = 0
            for number in itertools.count():
                size = 1 + (number + task) % 5
                start = number * 5 % 890
                appended = await log.append(Change(f"{name}-{task}", version, events[start : start + size]))
                positions.extend(range(appended.position - size + 1, appended.position + 1))
                version += size
                if time.monotonic() > until:
                    return

        await asyncio.gather(*(one(task) for task in range(tasks)))
        await log.close()
        told.send(positions)

    asyncio.run(run())


def follow(dsn: str, told: Connection) -> None:
    """Sends what it saw, in order, as (position, nanoseconds), once it has reached the position it is sent."""

    async def run() -> None:
        log = await PostgresLog.open(dsn, MemoryKeyring())
        seen: list[tuple[int, int]] = []
        wanted: int | None = None
        async with aclosing(log.subscribe(limit=2000)) as batches:
            told.send("ready")
            while wanted is None or not seen or seen[-1][0] < wanted:
                if wanted is None and told.poll():
                    wanted = told.recv()
                    continue
                try:
                    async with asyncio.timeout(None if wanted is None else _PATIENCE_SECONDS):
                        batch = await _next(batches)
                except TimeoutError:
                    break
                now = time.monotonic_ns()
                seen.extend((recorded.position, now) for recorded in batch)
        await log.close()
        told.send(seen)

    asyncio.run(run())


async def _next(batches: Any) -> Any:
    return await anext(batches)


class Child:
    """A process and the line to it."""

    def __init__(self, work: Any, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(*arguments, theirs))
        self._process.start()
        theirs.close()

    def answer(self, seconds: float) -> Any:
        if not self.line.poll(seconds):
            self._process.kill()
            raise TimeoutError(f"no answer within {seconds} s")
        return self.line.recv()

    def done(self) -> None:
        self._process.join(30)


def latency(dsn: str, rate: float, seconds: float) -> dict[str, Any]:
    follower = Child(follow, dsn)
    follower.answer(60)
    writer = Child(append_steadily, dsn, rate, seconds)
    acknowledged = writer.answer(seconds + 60)
    follower.line.send(max(acknowledged))
    nudge(dsn)
    seen = dict(follower.answer(_PATIENCE_SECONDS))
    for child in (writer, follower):
        child.done()
    late = sorted(max(0, seen[position] - at) / 1e6 for position, at in acknowledged.items())
    return {
        "events": len(late),
        "per_second": rate,
        "milliseconds": {
            "median": round(statistics.median(late), 3),
            "p90": round(late[int(len(late) * 0.90)], 3),
            "p99": round(late[int(len(late) * 0.99)], 3),
            "max": round(late[-1], 3),
        },
    }


def gaps(dsn: str, writers: int, tasks: int, seconds: float) -> dict[str, Any]:
    followers = [Child(follow, dsn) for _ in range(SUBSCRIBERS)]
    for follower in followers:
        follower.answer(60)
    children = [Child(append_flat_out, dsn, f"writer{n}", tasks, seconds) for n in range(writers)]
    acknowledged = sorted(position for child in children for position in child.answer(seconds + 120))
    for follower in followers:
        follower.line.send(acknowledged[-1])
    nudge(dsn)
    counts = {"missed": 0, "late": 0, "twice": 0}
    for follower in followers:
        positions = [position for position, _ in follower.answer(_PATIENCE_SECONDS * 2)]
        counts["missed"] += len(set(acknowledged) - set(positions))
        counts["late"] += sum(later < earlier for earlier, later in itertools.pairwise(positions))
        counts["twice"] += len(positions) - len(set(positions))
    for child in (*children, *followers):
        child.done()
    return {
        "writing_processes": writers,
        "tasks_each": tasks,
        "subscribing_processes": SUBSCRIBERS,
        "seconds": seconds,
        "events": len(acknowledged),
        "per_second": round(len(acknowledged) / seconds),
        **counts,
    }


def nudge(dsn: str) -> None:
    """One more event: a follower that has everything already must wake to notice that it may go."""

    async def run() -> None:
        log = await PostgresLog.open(dsn, MemoryKeyring())
        await log.append(Change(f"nudge-{time.monotonic_ns()}", 0, proposals(1)))
        await log.close()

    asyncio.run(run())


def main(rate: float, seconds: float, writers: int, tasks: int, storm_seconds: float) -> dict[str, Any]:
    with postgres_server() as server:
        with database(server) as dsn:
            nudge(dsn)
            delay = latency(dsn, rate, seconds)
        with database(server) as dsn:
            nudge(dsn)
            storm = gaps(dsn, writers, tasks, storm_seconds)
        wrong = storm["missed"] + storm["late"] + storm["twice"]
        return {
            "bench": "log_latency",
            "mix": describe(),
            "machine": facts(server),
            "figures": {"acknowledged to seen by another process": delay, "many writers": storm},
            "bars": [
                bar("median ms", delay["milliseconds"]["median"], 1, at_most=True),
                bar("p99 ms", delay["milliseconds"]["p99"], 10, at_most=True),
                bar("missed + late + twice", wrong, 0, at_most=True),
            ],
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=200, help="events a second")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--tasks", type=int, default=4, help="concurrent appends of each writer")
    parser.add_argument("--storm-seconds", type=float, default=60)
    given = parser.parse_args()
    publish(main(given.rate, given.seconds, given.writers, given.tasks, given.storm_seconds))
