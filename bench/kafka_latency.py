"""An event acknowledged by the log until its row is in PostgreSQL, by way of relay, Kafka and the consumer group.

    python -m bench.kafka_latency [--rate 1000] [--seconds 20]

Relay and projections are processes of their own. Events are appended in bursts of 1/100 s, each burst a commit. A row
counts as visible when the position that was stored with it is read, looked at every millisecond on a connection apart.
Prints what the writer reached, for on a busy machine it may not keep up the rate.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import psutil
import psycopg

from bench.kafka_ground import kafka_server, topic_on
from bench.log_ground import bar, database, facts, postgres_server, publish
from bench.log_mix import describe, proposals
from domain.event import Event, Recorded
from domain.ports import Change, Rows
from infra.cluster.broker import Broker
from infra.cluster.projections import ProjectionWorker
from infra.cluster.relay import Relay
from infra.cluster.turn import PostgresTurn
from infra.keys.memory import MemoryKeyring
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.logs import configure_logs
from infra.rows.postgres import PostgresRows
from projections.schema import Column, Projection, Table

BURST = 0.01
POOL = "main"
#: One row for each event: what is measured is the way, not what a projection makes of the events.
ROWS = Table("bench_seen", (Column("position", "integer"), Column("wire")), key=("position",))
SEEN = Projection("bench_seen", 1, (ROWS,))


def _seen(recorded: Recorded, event: Event, rows: Rows) -> None:
    rows.put("bench_seen", {"position": recorded.position, "wire": event.wire})


for _kind in {type(one.event) for one in proposals(9)}:
    SEEN.handlers[_kind] = _seen


async def part(name: str, dsn: str, broker: Broker) -> None:
    """Relay or projections, until killed."""
    log = await PostgresLog.open(dsn, NoKeyring())
    if name == "relay":
        await Relay(log, broker, turn=PostgresTurn(dsn, "relay")).run()
    else:
        await ProjectionWorker(log, PostgresRows(dsn, [SEEN]), lambda event: event, broker, [SEEN]).run()


async def write(dsn: str, rate: int, seconds: float, prefix: str) -> list[tuple[int, float]]:
    """Positions with the moment of their acknowledgement, by this machine's monotonic clock."""
    log = await PostgresLog.open(dsn, MemoryKeyring())
    each = max(1, round(rate * BURST))
    made = proposals(round(rate * seconds) + each)
    acknowledged: list[tuple[int, float]] = []
    number = 0
    began = time.perf_counter()
    while number < rate * seconds:
        burst = made[number : number + each]
        done = await log.append(*(Change(f"{prefix}-{number + n}", 0, [one]) for n, one in enumerate(burst)))
        now = time.perf_counter()
        acknowledged += [(position, now) for position in range(done.position - len(burst) + 1, done.position + 1)]
        number += each
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
    await log.close()
    return acknowledged


_WHERE = "SELECT max(position) FROM read_models.projection_positions WHERE projection = 'bench_seen'"


async def watch(dsn: str, until: asyncio.Future[int]) -> list[tuple[int, float]]:
    """How far the stored rows were, each time that changed."""
    seen: list[tuple[int, float]] = []
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while not until.done() or not seen or seen[-1][0] < until.result():
            row = await (await connection.execute(_WHERE)).fetchone()
            position = int(row[0] or 0) if row else 0
            if not seen or position > seen[-1][0]:
                seen.append((position, time.perf_counter()))
            await asyncio.sleep(0.001)
    return seen


def delays(acknowledged: list[tuple[int, float]], seen: list[tuple[int, float]]) -> list[float]:
    """Milliseconds from acknowledgement to visibility, sorted."""
    found: list[float] = []
    at = 0
    for position, moment in acknowledged:
        while seen[at][0] < position:
            at += 1
        found.append(max(0.0, (seen[at][1] - moment) * 1_000))
    return sorted(found)


async def measure(dsn: str, rate: int, seconds: float, parts: Mapping[str, psutil.Process]) -> dict[str, Any]:
    await write(dsn, 50, 1.0, "warm")  # so that everything is connected and made before
    await _level(dsn)
    before = {name: _worked(one) for name, one in parts.items()}
    until: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    watching = asyncio.create_task(watch(dsn, until))
    acknowledged = await write(dsn, rate, seconds, "event")
    until.set_result(acknowledged[-1][0])
    ordered = delays(acknowledged, await watching)
    worked = {name: _worked(one) - before[name] for name, one in parts.items()}
    took = acknowledged[-1][1] - acknowledged[0][1]
    shares = {name: ordered[len(ordered) * share // 1000] for name, share in (("median", 500), ("p99", 990))}
    return {
        "events": len(acknowledged),
        "events_per_second": round(len(acknowledged) / took),
        **{f"{name}_ms": round(value, 1) for name, value in shares.items()},
        "max_ms": round(ordered[-1], 1),
        "processor_us_per_event": {name: round(one / len(acknowledged) * 1e6) for name, one in worked.items()},
    }


def _worked(process: psutil.Process) -> float:
    """Seconds of processor time so far: what holds on a busy machine too."""
    times = process.cpu_times()
    return times.user + times.system


async def _level(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        while True:
            try:
                row = await (
                    await connection.execute(f"SELECT ({_WHERE}) = (SELECT max(notification_id) FROM stored_events)")
                ).fetchone()
            except psycopg.errors.UndefinedTable:
                row = None
            if row and row[0]:
                return
            await asyncio.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000, help="events a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--part", nargs=4, metavar=("NAME", "DSN", "BROKER", "TOPIC"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure_logs("error")  # on standard error: what is printed is read
    if options.part:
        name, dsn, address, topic = options.part
        asyncio.run(part(name, dsn, Broker(servers=(address,), topic=topic, partitions=1)))
        return
    with postgres_server() as server, database(server) as dsn, kafka_server() as address:
        broker = topic_on(address)
        command = [sys.executable, "-m", "bench.kafka_latency", "--part"]
        names = ("relay", "projections")
        parts = {name: subprocess.Popen([*command, name, dsn, address, broker.topic]) for name in names}
        try:
            watched = {name: psutil.Process(one.pid) for name, one in parts.items()}
            figures = asyncio.run(measure(dsn, options.rate, options.seconds, watched))
        finally:
            for one in parts.values():
                one.kill()
                one.wait()
        bars = [
            bar(f"acknowledged → row visible at {options.rate}/s, median ms", figures["median_ms"], 50, at_most=True),
            bar(f"acknowledged → row visible at {options.rate}/s, p99 ms", figures["p99_ms"], 250, at_most=True),
        ]
        document = {"bench": "kafka_latency", "facts": facts(server), "mix": describe(), **figures, "bars": bars}
    publish(document)


if __name__ == "__main__":
    main()
