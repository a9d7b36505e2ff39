"""A router's board rebuilt from PostgreSQL: reading, decoding, folding, and all indexes built.

    python -m bench.router_storage [--events 60000] [--rounds 3]

Every event is one that the board learns from (a hundred agents, then contacts that wait), so nothing is passed over.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

from bench.kafka_take_over import fill
from bench.log_ground import bar, database, facts, postgres_server, publish
from bench.router_load import POOL
from infra.collecting import tune_collector
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.logs import configure_logs
from router import Router

PORTION = 5_000


async def rebuilt(dsn: str) -> float:
    """Events a second."""
    log, router, events = await PostgresLog.open(dsn, NoKeyring()), Router(POOL), 0
    kinds = [kind.wire for kind in router.board.kinds]
    tune_collector()  # as a router does before it begins
    began = time.perf_counter()
    while batch := await log.read(router.position, PORTION, pool=POOL, types=kinds):
        for recorded in batch:
            router.fold(recorded)
        events += len(batch)
    router.board.settle()
    seconds = time.perf_counter() - began
    await log.close()
    return events / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    configure_logs("error")  # on standard error: what is printed is read
    with postgres_server() as server, database(server) as dsn:
        asyncio.run(fill(dsn, given.events))
        rounds = [round(asyncio.run(rebuilt(dsn))) for _ in range(given.rounds)]
        bars = [bar("a board rebuilt from PostgreSQL, events a second", round(statistics.median(rounds)), 40_000)]
        document = {"bench": "router_storage", "facts": facts(server), "events": given.events, "rounds": rounds}
    publish({**document, "bars": bars})


if __name__ == "__main__":
    main()
