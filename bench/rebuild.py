"""Rebuilding customer history, end to end: stored bytes → decoded, decrypted, projected → rows and their indexes.

The history is made by the real decisions: mails become tickets, are offered, answered, resolved, rated, and every
status mail is sent. Beside each store stands its ceiling: the same rows read and `json.loads` done, nothing else.

    python -m bench.rebuild [--events N] [--rounds N] [--projection NAME]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.hotline import Hotline
from bench.log_ground import Round, bar, closing_all, database, facts, in_turn, postgres_server, publish, ratio
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from infra.log.rows import OnceRow, StoredRow
from infra.log.sqlite import SqliteLog
from infra.log.stored import StoredLog
from infra.rebuild import BATCH, Rebuild
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from infra.rows.postgres import PostgresRows
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from projections.schema import Projection

#: Events a second that the issue asks for, end to end.
WANTED = 30_000
PORTION = 5_000


async def main(events: int, rounds: int, projection: Projection) -> dict[str, Any]:
    hotline = Hotline()
    await hotline.live(events)
    rows = list(await hotline.log.rows(0, 10_000_000))
    with postgres_server() as server, database(server) as dsn, tempfile.TemporaryDirectory() as folder:
        sqlite_log = SqliteLog(Path(folder) / "log.sqlite", hotline.keyring)
        postgres_log = await PostgresLog.open(dsn, hotline.keyring)
        stores: dict[str, tuple[StoredLog, RowStore]] = {
            "memory": (hotline.log, MemoryRows()),
            "sqlite": (sqlite_log, SqliteRows(Path(folder) / "rows.sqlite", [projection])),
            "postgresql": (postgres_log, PostgresRows(dsn, [projection])),
        }
        async with closing_all(sqlite_log.close, postgres_log.close):
            await restore(sqlite_log, rows)
            await restore(postgres_log, rows)
            contestants: dict[str, Round] = {}
            cpu: dict[str, float] = {}
            for name, (log, store) in stores.items():
                contestants[name] = rebuilding(name, log, store, projection, KeyOpener(hotline.keyring), cpu)
                contestants[f"{name}, read and json.loads only"] = reading(log)
            figures = await in_turn(rounds, contestants)
            document = {
                "bench": "rebuild",
                "projection": projection.name,
                "facts": facts(server),
                "mix": mix(rows, projection),
                "figures": figures,
                "cpu_microseconds_per_event": cpu,
                "of_ceiling": {name: ratio(figures, name, f"{name}, read and json.loads only") for name in stores},
            }
        for _, store in stores.values():
            store.close()
    said = f"rebuild of {projection.name}, events/s end to end"
    document["bars"] = [
        bar(f"{said}, {name}", figures[name]["per_second"], WANTED) for name in ("sqlite", "postgresql")
    ]
    return document


def rebuilding(
    name: str, log: StoredLog, store: RowStore, projection: Projection, opener: KeyOpener, cpu: dict[str, float]
) -> Round:
    async def rebuild() -> float:
        began, used = time.perf_counter(), time.process_time()
        done = await Rebuild(log, store, opener).replace(projection)
        seconds = time.perf_counter() - began
        assert done.events == await log.head(), "every event was read"
        cpu[name] = round((time.process_time() - used) / done.events * 1e6, 1)
        return done.events / seconds

    return rebuild


def reading(log: StoredLog) -> Round:
    async def read() -> float:
        began, after, events = time.perf_counter(), 0, 0
        while rows := await log.rows(after, BATCH):
            for row in rows:
                json.loads(row.state)
            after, events = rows[-1].position, events + len(rows)
        return events / (time.perf_counter() - began)

    return read


async def restore(log: SqliteLog | PostgresLog, rows: Sequence[StoredRow]) -> None:
    """Copy a history into another log as it is."""
    for start in range(0, len(rows), PORTION):
        await log.restore(rows[start : start + PORTION], [], OnceRow(f"bench/{start}", 0))


def mix(rows: Sequence[StoredRow], projection: Projection) -> dict[str, Any]:
    """What the history is made of: how many of each type, how large, how many the projection wants."""
    count, size = Counter(row.wire for row in rows), Counter[str]()
    for row in rows:
        size[row.wire] += len(row.state)
    wanted = set(projection.wires)
    return {
        "events": len(rows),
        "projected": sum(number for wire, number in count.items() if wire in wanted),
        "mean_bytes": round(sum(size.values()) / len(rows)),
        "encryption": "AES-256-GCM, one key a customer, every personal field sealed by itself",
        "types": {wire: {"events": n, "mean_bytes": round(size[wire] / n)} for wire, n in count.most_common()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000, help="how many events the history has")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--projection", default="customer_history", choices=sorted(PROJECTIONS))
    given = parser.parse_args()
    publish(asyncio.run(main(given.events, given.rounds, PROJECTIONS[given.projection])))
