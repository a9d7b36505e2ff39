"""The parts of a process that need Kafka, made from what every process stands on. Each has `run` and `stop`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from infra.cluster.broker import Broker
from infra.cluster.projections import ProjectionWorker
from infra.cluster.relay import Relay
from infra.cluster.router_pools import RouterPools
from infra.cluster.snapshots import Snapshots
from infra.cluster.snapshotting import Snapshotting
from infra.cluster.turn import OnlyOne, PostgresTurn
from infra.log.rows import Filter
from infra.log.stored import StoredLog
from infra.rows.port import RowStore, position_in
from infra.stores import Stores
from projections.catalogue import PROJECTIONS

#: Seconds between two looks whether rows have come far enough.
LOOK = 0.05


def relay_of(stores: Stores, broker: Broker) -> Relay:
    """The relay of this process; of several, PostgreSQL gives one the turn."""
    settings = stores.settings
    turn = OnlyOne() if settings.embedded else PostgresTurn(settings.log_url, f"relay {broker.topic}")
    return Relay(stores.log, broker, turn=turn)


def projections_of(stores: Stores, rows: RowStore, broker: Broker) -> ProjectionWorker:
    """Every projection, for the pools that this process is given."""
    return ProjectionWorker(stores.log, rows, stores.opener, broker, PROJECTIONS.values(), clock=stores.clock)


def routers_of(
    stores: Stores,
    broker: Broker,
    pools: Callable[[], Coroutine[Any, Any, Sequence[str]]],
    settle: Callable[[], None] = lambda: None,
) -> RouterPools:
    """Routers of the pools that this process is given, out of those that `pools` tells. For a log in PostgreSQL."""
    dsn, key = stores.settings.log_url, stores.secrets.snapshots
    return RouterPools(
        stores.log,
        stores.executor,
        broker,
        pools,
        clock=stores.clock,
        snapshots=Snapshots(dsn, key),
        snapshotting=Snapshotting(dsn, key),
        settle=settle,
    )


async def settled(
    log: StoredLog, rows: RowStore, projections: Iterable[str], position: int, patience: float = 60.0
) -> bool:
    """Wait until the rows of every pool have all events up to `position`, wherever they are kept; whether they do.

    A pool whose last event lies before the position stands there, and is as far as it can be.
    """
    names = list(projections)
    try:
        async with asyncio.timeout(patience):
            for pool in await log.pools():
                for name in names:
                    while await _lacks(log, rows, name, pool, position):  # noqa: ASYNC110  another process moves them
                        await asyncio.sleep(LOOK)
    except TimeoutError:
        return False
    return True


async def _lacks(log: StoredLog, rows: RowStore, projection: str, pool: str, position: int) -> bool:
    stood = position_in(await asyncio.to_thread(rows.positions, projection), pool)
    missing = [] if stood >= position else await log.rows(stood, 1, Filter(pool=pool))
    return bool(missing) and missing[0].position <= position
