"""A pool's log in a real store, position for position."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from domain.event import Proposed, Recorded
from domain.ports import Change
from infra.keys.memory import MemoryKeyring
from infra.log.mapper import EventMapper
from infra.log.opened import open_log
from infra.log.rows import NewRow, OnceRow, StoredRow


async def store(log: Sequence[Recorded], file: Path) -> str:
    """Write events into a SQLite log as they are; its address."""
    mapper = EventMapper(MemoryKeyring())
    return await store_rows([StoredRow(one.position, *_encoded(mapper, one), one.recorded_at) for one in log], file)


def _encoded(mapper: EventMapper, one: Recorded) -> NewRow:
    proposed = Proposed(
        one.event,
        one.event_id,
        one.project,
        one.pool,
        one.actor,
        one.occurred_at,
        one.causation_id,
        one.correlation_id,
    )
    (row,) = mapper.encode([Change(one.stream, one.version - 1, [proposed])], None).rows
    return row


async def store_rows(rows: Sequence[StoredRow], file: Path) -> str:
    """Write rows of another log into a SQLite log as they are; its address."""
    url = f"sqlite:///{file}"
    stored = await open_log(url, MemoryKeyring())
    try:
        assert await stored.restore(rows, [], OnceRow("stored", rows[-1].position)), "the log was empty"
    finally:
        await stored.close()
    return url
