"""Rebuilding customer history, end to end: stored bytes → decoded, decrypted, projected → rows and indexes.

    python -m bench.rebuild --events 100000 --postgres DSN

The history is made by the real decisions: mails become tickets, are offered, answered, resolved, rated, and every
status mail is sent. Prints one JSON document with the mix of events.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.hotline import Hotline
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from infra.log.postgres import PostgresLog
from infra.log.rows import OnceRow, StoredRow
from infra.log.sqlite import SqliteLog
from infra.log.stored import StoredLog
from infra.rebuild import Rebuild
from infra.rows.memory import MemoryRows
from infra.rows.port import RowStore
from infra.rows.postgres import PostgresRows
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS

PORTION = 5_000


async def main() -> int:
    options = _options()
    hotline = Hotline()
    await hotline.live(options.events)
    rows = list(await hotline.log.rows(0, 10_000_000))
    report: dict[str, Any] = {"mix": mix(rows, options.projection), "results": []}
    measure = _Measure(hotline, rows, options.projection, report["results"])
    await measure.run("memory", lambda _: _given(hotline.log), lambda _: MemoryRows())
    with tempfile.TemporaryDirectory(prefix="rebuild-") as folder:
        await measure.run(
            "sqlite", lambda keys: _sqlite_log(Path(folder), keys), lambda p: _sqlite_rows(Path(folder), p)
        )
    if options.postgres:
        await measure.run(
            "postgresql", lambda keys: PostgresLog.open(options.postgres, keys), lambda p: _pg(options, p)
        )
    json.dump(report, sys.stdout, indent=2)
    print()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.rebuild", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="how many events the history has")
    parser.add_argument("--projection", default="customer_history", choices=sorted(PROJECTIONS))
    parser.add_argument("--postgres", default="", help="connection string of an empty database")
    return parser.parse_args()


def mix(rows: list[StoredRow], projection: str) -> dict[str, Any]:
    """What the history is made of: how many of each type, how large, how many the projection wants."""
    count, size = Counter(row.wire for row in rows), Counter[str]()
    for row in rows:
        size[row.wire] += len(row.state)
    wanted = set(PROJECTIONS[projection].wires)
    return {
        "events": len(rows),
        "projected": sum(number for wire, number in count.items() if wire in wanted),
        "mean_bytes": round(sum(size.values()) / len(rows)),
        "encryption": "AES-256-GCM, one key a customer, every personal field sealed by itself",
        "types": {wire: {"events": n, "mean_bytes": round(size[wire] / n)} for wire, n in count.most_common()},
    }


class _Measure:
    def __init__(self, hotline: Hotline, rows: list[StoredRow], projection: str, results: list[dict[str, Any]]) -> None:
        self._hotline, self._rows, self._projection, self._results = hotline, rows, projection, results

    async def run(
        self, name: str, open_log: Callable[[Any], Awaitable[StoredLog]], open_rows: Callable[[Any], RowStore]
    ) -> None:
        log = await open_log(self._hotline.keyring)
        if not await log.head():
            await restore(log, self._rows)
        projection = PROJECTIONS[self._projection]
        store = open_rows([projection])
        rebuild = Rebuild(log, store, KeyOpener(self._hotline.keyring))
        began, cpu = time.perf_counter(), time.process_time()
        done = await rebuild.replace(projection)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        assert done.events == len(self._rows), "every event was read"
        self._results.append(
            {
                "store": name,
                "projection": projection.name,
                "events": done.events,
                "seconds": round(seconds, 3),
                "cpu_seconds": round(cpu, 3),
                "events_per_second": round(done.events / seconds),
                "projected_per_second": round(mix(self._rows, projection.name)["projected"] / seconds),
            }
        )
        store.close()
        await log.close()


async def restore(log: StoredLog, rows: list[StoredRow]) -> None:
    """Copy a history into another log as it is."""
    for start in range(0, len(rows), PORTION):
        await log.restore(rows[start : start + PORTION], [], OnceRow(f"bench/{start}", 0))  # type: ignore[attr-defined]


async def _given(log: MemoryLog) -> StoredLog:
    return log


async def _sqlite_log(folder: Path, keyring: Any) -> StoredLog:
    return SqliteLog(folder / "log.sqlite", keyring)


def _sqlite_rows(folder: Path, projections: Any) -> RowStore:
    return SqliteRows(folder / "rows.sqlite", projections)


def _pg(options: argparse.Namespace, projections: Any) -> RowStore:
    return PostgresRows(options.postgres, projections)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
