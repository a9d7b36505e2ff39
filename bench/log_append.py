"""How fast events are appended, beside what the same machine could do at best: `python -m bench.log_append`.

Every contestant writes the same stored bytes; ours makes them first (encoding and sealing are part of the figure),
checks versions, keeps the order of visibility, notifies.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.log_ceilings import (
    BareGroupCommit,
    BinaryCopy,
    EventsourcingDefault,
    RawInserts,
    RawSqlite,
    make_raw_table,
)
from bench.log_ground import bar, closing_all, database, facts, in_turn, postgres_server, publish, ratio
from bench.log_mix import describe, proposals
from domain.event import Proposed
from domain.ports import Change
from infra.keys.memory import MemoryKeyring
from infra.log.mapper import EventMapper
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.sqlite_recorder import CREATE
from infra.log.stored import StoredLog

BULK, STREAMS = 1000, 100
_fresh = itertools.count(1)


async def singles(log: StoredLog, events: Sequence[Proposed], clients: int, seconds: float) -> float:
    """`clients` tasks, each appending one event after another to a stream of its own."""
    until = time.perf_counter() + seconds

    async def client() -> int:
        stream, version = f"client-{next(_fresh)}", 0
        for event in itertools.cycle(events):
            await log.append(Change(stream, version, (event,)))
            version += 1
            if time.perf_counter() > until:
                break
        return version

    began = time.perf_counter()
    done = await asyncio.gather(*(client() for _ in range(clients)))
    return sum(done) / (time.perf_counter() - began)


async def bulks(log: StoredLog, events: Sequence[Proposed], appends: int) -> float:
    """Appends of 1,000 events over 100 streams, one after another."""
    each = BULK // STREAMS
    began = time.perf_counter()
    for _ in range(appends):
        first = next(_fresh)
        await log.append(*(Change(f"bulk-{first}-{n}", 0, events[n * each : (n + 1) * each]) for n in range(STREAMS)))
    return appends * BULK / (time.perf_counter() - began)


async def postgres(server: str, rounds: int, seconds: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    events = proposals(BULK)
    figures: dict[str, Any] = {}
    with database(server) as dsn:
        log = await PostgresLog.open(dsn, MemoryKeyring())
        make_raw_table(dsn)
        encoder = EventMapper(MemoryKeyring())
        rows = [encoder.encode_event(event) for event in events]
        for clients in (1, 8, 32):
            raw, bare = RawInserts(dsn, rows, clients), BareGroupCommit(dsn, rows, clients)
            default = EventsourcingDefault(dsn, rows, clients)
            async with closing_all(raw.close, bare.close, default.close):
                figures[f"one event per append, {clients} clients"] = await in_turn(
                    rounds,
                    {
                        "trunkline": lambda c=clients: singles(log, events, c, seconds),
                        "raw autocommitted INSERT": lambda r=raw: r.round(seconds),
                        "bare group commit": lambda b=bare: b.round(seconds),
                        "eventsourcing default": lambda d=default: d.round(seconds),
                    },
                )
        copy = BinaryCopy(dsn, rows, BULK)
        async with closing_all(copy.close, log.close):
            figures["1,000 events per append over 100 streams"] = await in_turn(
                rounds, {"trunkline": lambda: bulks(log, events, 15), "binary COPY": lambda: copy.round(15)}
            )
    one, many = figures["one event per append, 1 clients"], figures["one event per append, 32 clients"]
    bulk = figures["1,000 events per append over 100 streams"]
    bars = [
        bar("32 clients / eventsourcing default", ratio(many, "trunkline", "eventsourcing default"), 10),
        bar("32 clients / raw autocommitted INSERT", ratio(many, "trunkline", "raw autocommitted INSERT"), 1.5),
        bar("32 clients / bare group commit", ratio(many, "trunkline", "bare group commit"), 0.5),
        bar("1 client / raw autocommitted INSERT", ratio(one, "trunkline", "raw autocommitted INSERT"), 0.6),
        bar("1,000 per append / binary COPY", ratio(bulk, "trunkline", "binary COPY"), 0.5),
    ]
    return figures, bars


async def sqlite(folder: Path, rounds: int, seconds: float) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    events = proposals(BULK)
    encoder = EventMapper(MemoryKeyring())
    rows = [encoder.encode_event(event) for event in events]
    log = SqliteLog(folder / "log.db", MemoryKeyring())
    raw = RawSqlite(folder / "raw.db", rows, CREATE)
    async with closing_all(log.close, raw.close):
        single = await in_turn(
            rounds,
            {
                "trunkline, 1 client": lambda: singles(log, events, 1, seconds),
                "trunkline, 32 clients": lambda: singles(log, events, 32, seconds),
                "raw single inserts": lambda: raw.single(seconds),
            },
        )
        bulk = await in_turn(
            rounds, {"trunkline": lambda: bulks(log, events, 10), "raw executemany": lambda: raw.many(10, BULK)}
        )
    bars = [
        bar("SQLite, 1,000 per append / executemany", ratio(bulk, "trunkline", "raw executemany"), 0.4),
        bar("SQLite, 32 clients / raw single", ratio(single, "trunkline, 32 clients", "raw single inserts"), 2),
    ]
    return {"SQLite, one event per append": single, "SQLite, 1,000 events per append over 100 streams": bulk}, bars


async def main(rounds: int, seconds: float) -> dict[str, Any]:
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        figures, bars = await postgres(server, rounds, seconds)
        more_figures, more_bars = await sqlite(Path(folder), rounds, seconds)
        return {
            "bench": "log_append",
            "mix": describe(),
            "machine": facts(server),
            "figures": {**figures, **more_figures},
            "bars": [*bars, *more_bars],
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="length of one round of one contestant")
    given = parser.parse_args()
    publish(asyncio.run(main(given.rounds, given.seconds)))
