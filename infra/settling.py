"""Waiting until the rows of every pool have all events up to a position, whoever keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from infra.log.rows import Filter
from infra.log.stored import StoredLog
from infra.rows.port import RowStore, position_in

#: Seconds between two looks.
LOOK = 0.05


async def settled(
    log: StoredLog, rows: RowStore, projections: Iterable[str], position: int, patience: float = 60.0
) -> bool:
    """Whether they have, after at most `patience` seconds. A pool whose last event lies before the position stands
    there, and is as far as it can be."""
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
