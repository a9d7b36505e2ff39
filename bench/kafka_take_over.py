"""How long a pool is without a router: from the end of one process until the next one has the pool's board up to date.

    python -m bench.kafka_take_over [--rounds 5] [--events 20000]

Two router processes on one pool of so many events, with a snapshot. The one that routes is killed (`kill -9`) or told
to stop (SIGTERM), and the other one says when it routes.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from bench.kafka_ground import kafka_server, topic_on
from bench.log_ground import bar, database, facts, postgres_server, publish
from bench.router_load import POOL, Load
from domain.event import Proposed, Recorded
from domain.execute import Executor
from domain.ports import Change
from infra.clock import SteadyClock
from infra.cluster.broker import Broker
from infra.cluster.router_pools import RouterPools
from infra.cluster.snapshot_process import make_snapshot
from infra.cluster.snapshots import Snapshots
from infra.keys.memory import MemoryKeyring
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.logs import configure_logs

KEY = bytes(32)
#: Seconds that a round may take.
PATIENCE = 60.0


async def route(dsn: str, broker: Broker) -> None:
    """Until told to stop; says `routing` once the board of the pool stands."""
    log = await PostgresLog.open(dsn, NoKeyring())
    clock = SteadyClock()
    executor = Executor(log, opener=lambda event: event, clock=clock, new_id=lambda: str(uuid4()))
    pools = RouterPools(log, executor, broker, _pools, clock=clock, snapshots=Snapshots(dsn, KEY))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, pools.stop)
    running = asyncio.create_task(pools.run())
    head = await log.head()
    print("ready", flush=True)
    while POOL not in pools.routing or pools.routing[POOL].router.position < head:
        if running.done():
            break
        await asyncio.sleep(0.005)  # it has no event for it
    print("routing", flush=True)
    await running


async def _pools() -> Sequence[str]:
    return [POOL]


async def fill(dsn: str, events: int) -> None:
    """A hundred agents, and work that waits."""
    log, load = await PostgresLog.open(dsn, MemoryKeyring()), Load()
    made = [*load.policy(), *load.agents(100)]
    made += [load.arrival() for _ in range(events - len(made))]
    for start in range(0, events, 1_000):
        part = made[start : start + 1_000]
        await log.append(*(Change(f"s-{one.position}", 0, [_proposed(one)]) for one in part))
    await log.close()


def _proposed(one: Recorded) -> Proposed:
    return Proposed(one.event, one.event_id, one.project, POOL, one.actor, one.occurred_at, "", one.correlation_id)


def started(dsn: str, broker: Broker) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.kafka_take_over", "--part", dsn, *broker.servers, broker.topic]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def heard(process: subprocess.Popen[str], word: str) -> float:
    """The moment at which the process said it. Raises `RuntimeError` when it ends without."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == word:
            return time.perf_counter()
    raise RuntimeError(f"the router ended without saying {word!r}")


def take_over(dsn: str, address: str, how: signal.Signals) -> float:
    """Seconds from the signal until the other one routes."""
    broker = topic_on(address)
    first = started(dsn, broker)
    second: subprocess.Popen[str] | None = None
    try:
        heard(first, "routing")
        second = started(dsn, broker)
        heard(second, "ready")
        time.sleep(3.0)  # until it is a member of the group, which asks for one rebalance
        began = time.perf_counter()
        first.send_signal(how)
        return heard(second, "routing") - began
    finally:
        for one in (first, second):
            if one is not None:
                one.kill()
                with suppress(subprocess.TimeoutExpired):
                    one.wait(PATIENCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--part", nargs=3, metavar=("DSN", "BROKER", "TOPIC"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure_logs("error")  # on standard error: what is printed is read
    if options.part:
        dsn, address, topic = options.part
        asyncio.run(route(dsn, Broker(servers=(address,), topic=topic, partitions=1)))
        return
    with postgres_server() as server, database(server) as dsn, kafka_server() as address:
        asyncio.run(fill(dsn, options.events))
        make_snapshot(dsn, KEY, POOL, 1)
        seconds: dict[str, list[float]] = {
            name: [round(take_over(dsn, address, how), 2) for _ in range(options.rounds)]
            for name, how in (("killed", signal.SIGKILL), ("stopped", signal.SIGTERM))
        }
        document: dict[str, Any] = {
            "bench": "kafka_take_over",
            "facts": facts(server),
            "events": options.events,
            "seconds": seconds,
            "median": {name: statistics.median(each) for name, each in seconds.items()},
            "bars": [
                bar("take-over after kill -9, slowest round, s", max(seconds["killed"]), 5, at_most=True),
                bar("take-over after a graceful stop, slowest round, s", max(seconds["stopped"]), 1, at_most=True),
            ],
        }
    publish(document)


if __name__ == "__main__":
    main()
