"""How fast the log is read in order, decoded to events: `python -m bench.log_read`.

The ceiling reads the same rows in the same pages from the same connection and does `json.loads` on each: what
anybody must do who wants to look into an event. Ours validates each against its class.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.log_ground import bar, database, facts, in_turn, postgres_server, publish, ratio
from bench.log_mix import describe, proposals
from domain.ports import Change
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.stored import StoredLog

#: The page a reader gets unless it asks for another.
PAGE = 1_000


async def fill(log: StoredLog, events: int) -> None:
    """Appends of 1,000 events of the mix, each over 100 streams."""
    for first in range(0, events, 1000):
        made = proposals(1000, first)
        await log.append(*(Change(f"s{first}-{n}", 0, made[n * 10 : n * 10 + 10]) for n in range(100)))


async def decoded(log: StoredLog) -> float:
    began, after, done = time.perf_counter(), 0, 0
    while page := await log.read(after, PAGE):
        after = page[-1].position
        done += len(page)
    return done / (time.perf_counter() - began)


async def raw(log: PostgresLog | SqliteLog) -> float:
    began, after, done = time.perf_counter(), 0, 0
    while page := await log.raw_page(after, PAGE):
        for row in page:
            json.loads(row[4])
        after = page[-1][0]
        done += len(page)
    return done / (time.perf_counter() - began)


async def main(events: int, rounds: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder, database(server) as dsn:
        logs: dict[str, PostgresLog | SqliteLog] = {
            "PostgreSQL": await PostgresLog.open(dsn, MemoryKeyring()),
            "SQLite": SqliteLog(Path(folder) / "log.db", MemoryKeyring()),
        }
        for name, log in logs.items():
            await fill(log, events)
            figures[f"{name}, {events} events in order"] = await in_turn(
                rounds,
                {"decoded to events": lambda log=log: decoded(log), "raw rows + json.loads": lambda log=log: raw(log)},
            )
            await log.close()
        return {
            "bench": "log_read",
            "mix": describe(),
            "machine": facts(server),
            "figures": figures,
            "bars": [
                bar(f"{name} / raw", ratio(each, "decoded to events", "raw rows + json.loads"), 0.6)
                for name, each in figures.items()
            ],
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    publish(asyncio.run(main(given.events, given.rounds)))
