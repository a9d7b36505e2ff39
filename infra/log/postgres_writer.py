"""Stores batches in PostgreSQL: plans them, calls the append function, survives a lost connection.

A batch is one transaction. Appends that touch one stream twice wait for each other's outcome in a later batch;
what the function reports as conflicting fails alone, the rest comes again. When the connection breaks
during a call, the old backend is ended and the log asked whether the batch is in it, before anything is
retried or reported: an append is never stored twice and never reported failed though it was stored.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL

from domain.ports import Appended, Clock, LogUnavailable, VersionConflict
from infra.log.group_commit import Pending
from infra.log.postgres_schema import Names
from infra.log.postgres_wire import BYTEA, TEXT, CallConnection, ConnectionLost, array_of, array_of_ints
from infra.log.rows import Assertion, Batchable, OnceRow, WrongPool

#: READ COMMITTED is what the append function relies on; the planner must not fall for an empty table's statistics.
_SETUP = (
    "SET default_transaction_isolation = 'read committed'",
    "SET enable_seqscan = off",
    "SET lock_timeout = '15s'",
    "SET TimeZone = 'UTC'",
)
_POSTGRES_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_UNREACHABLE = (psycopg.OperationalError, OSError, TimeoutError, ConnectionLost)


class Plan(NamedTuple):
    """What of a batch can be stored in one call, and what must wait for its outcome."""

    now: list[Pending]
    later: list[Pending]


def plan(batch: Sequence[Pending]) -> Plan:
    """Appends after each other on one stream go together when each expects what the one before leaves.

    Where one must wait, whatever comes after it on the same streams waits too: order is kept.
    """
    if len(batch) == 1:
        return Plan(list(batch), [])
    ends: dict[str, tuple[int, str | None]] = {}
    keys: set[str] = set()
    blocked: set[str] = set()
    result = Plan([], [])
    for pending in batch:
        wanted = pending.batchable
        fits = wanted.once not in keys and all(_follows(a, ends, blocked) for a in wanted.assertions)
        if wanted.once is not None:
            keys.add(wanted.once)
        if not fits:
            result.later.append(pending)
            blocked.update(a.stream for a in wanted.assertions)
            continue
        result.now.append(pending)
        for stream, _, pool in wanted.assertions:
            known = ends.get(stream, (0, None))[1]
            ends[stream] = (wanted.versions[stream], known if pool is None else pool)
    return result


def _follows(asserted: Assertion, ends: dict[str, tuple[int, str | None]], blocked: set[str]) -> bool:
    if asserted.stream in blocked:
        return False
    version, pool = ends.get(asserted.stream, (asserted.expected_version, None))
    return version == asserted.expected_version and (None in (pool, asserted.pool) or pool == asserted.pool)


class PostgresWriter:
    """The one writing connection of a process."""

    def __init__(self, dsn: str, names: Names, clock: Clock | None, patience: float) -> None:
        """`patience`: seconds to keep trying while the database is away. `clock`: None for the server's."""
        self._name = f"trunkline-writer-{uuid.uuid4().hex[:12]}"
        self._dsn = make_conninfo(dsn, application_name=self._name)
        self._names = names
        self._clock = clock
        self._patience = patience
        self._wire: CallConnection | None = None
        self._away_since: float | None = None
        arguments = ", ".join(f"${number}" for number in range(1, 13))
        self._statement = (SQL("SELECT base, trouble FROM {}(").format(names.append) + SQL(arguments + ")")).as_bytes()  # type: ignore[arg-type]  # digits only

    async def store(self, batch: list[Pending]) -> Sequence[Pending]:
        """Settles what it can; returns what must come again, in order."""
        now, later = plan(batch)
        try:
            again = await self._store_planned(now)
        except LogUnavailable as fault:
            for pending in now:
                pending.settle(fault)
            again = []
        except psycopg.Error as fault:
            again = await self._store_one_by_one(now, fault)
        return [*again, *later]

    async def close(self) -> None:
        await self._drop_wire()

    async def _store_planned(self, now: list[Pending]) -> list[Pending]:
        parameters = self._parameters([pending.batchable for pending in now])
        result = await self._call_surely(now, parameters)
        if result is None:
            return []
        base = int.from_bytes(result.get_value(0, 0) or b"", "big", signed=True)
        trouble = result.get_value(0, 1)
        if trouble is None:
            _acknowledge(now, base)
            return []
        return _settle_trouble(now, json.loads(trouble))

    async def _store_one_by_one(self, now: list[Pending], fault: psycopg.Error) -> list[Pending]:
        """The server refused the batch as a whole: find out whose fault it is."""
        if len(now) == 1 or isinstance(fault, psycopg.OperationalError):
            for pending in now:
                pending.settle(LogUnavailable(f"the log cannot write: {_first_line(fault)}"))
            return []
        again: list[Pending] = []
        for pending in now:
            again.extend(await self.store([pending]))
        return again

    async def _call_surely(self, now: list[Pending], parameters: list[bytes | None]) -> pq.abc.PGresult | None:
        """The call's result, or None when it turned out that the batch was stored by a call without answer."""
        sent = False
        while True:
            wire = await self._connected()
            try:
                if sent and await self._was_stored(wire, now):
                    return None
                sent = True
                return await wire.call(parameters)
            except (ConnectionLost, psycopg.InterfaceError):
                await self._drop_wire()
            except psycopg.OperationalError:
                if not wire.broken:
                    raise
                await self._drop_wire()

    async def _connected(self) -> CallConnection:
        """The connection, made anew with growing pauses until patience runs out."""
        pause = 0.05
        while self._wire is None:
            try:
                self._wire = await CallConnection.open(self._dsn, self._statement, _SETUP, seconds=5)
            except _UNREACHABLE as fault:
                now = asyncio.get_running_loop().time()
                self._away_since = self._away_since or now
                if now - self._away_since > self._patience:
                    raise LogUnavailable(
                        f"the log's database cannot be reached ({_first_line(fault)}); whatever was not acknowledged"
                        " may or may not be stored: load again before repeating it"
                    ) from fault
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
        self._away_since = None
        return self._wire

    async def _was_stored(self, wire: CallConnection, now: list[Pending]) -> bool:
        """Whether the call that lost its connection was committed; if so, everybody is told."""
        mark = next((row for pending in now for row in pending.batchable.rows), None)
        if mark is None:
            return False  # nothing but assertions and once keys: storing them again leads to the same
        async with wire.queries() as connection:
            await self._end_old_backends(connection)
            cursor = await connection.execute(
                SQL(
                    "SELECT notification_id, state FROM {} WHERE originator_id = %s AND originator_version = %s"
                ).format(self._names.events),
                (mark.stream, mark.version),
            )
            found = await cursor.fetchone()
        if found is None or bytes(found[1]) != mark.state:
            return False
        _acknowledge(now, int(found[0]) - 1)
        return True

    async def _end_old_backends(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """A backend that has lost us may still be about to commit: it must be gone before we look."""
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE application_name = %s AND pid <> pg_backend_pid()",
            (self._name,),
        )

    async def _drop_wire(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            await wire.close()

    def _parameters(self, batch: Sequence[Batchable]) -> list[bytes | None]:
        asserted = _first_touches(batch)
        rows = [row for one in batch for row in one.rows]
        once: list[tuple[bytes, int, bytes]] = []
        offset = 0
        for one in batch:
            offset += len(one.rows)
            if one.once is not None:
                once.append((one.once.encode(), offset, json.dumps(dict(one.versions)).encode()))
        return [
            array_of(TEXT, [stream.encode() for stream, _, _ in asserted]),
            array_of_ints([expected for _, expected, _ in asserted]),
            array_of(TEXT, [None if pool is None else pool.encode() for _, _, pool in asserted]),
            array_of(TEXT, [key for key, _, _ in once]),
            array_of_ints([end for _, end, _ in once]),
            array_of(TEXT, [versions for _, _, versions in once]),
            array_of(TEXT, [row.stream.encode() for row in rows]),
            array_of_ints([row.version for row in rows]),
            array_of(TEXT, [row.wire.encode() for row in rows]),
            array_of(BYTEA, [row.state for row in rows]),
            array_of(TEXT, [row.pool.encode() for row in rows]),
            None if self._clock is None else _timestamptz(self._clock()),
        ]


def _first_touches(batch: Sequence[Batchable]) -> list[tuple[str, int, str | None]]:
    """What the batch as a whole asserts of each stream; its pool by the first append that knows one."""
    touched: dict[str, tuple[int, str | None]] = {}
    for a in (assertion for one in batch for assertion in one.assertions):
        expected, pool = touched.get(a.stream, (a.expected_version, None))
        touched[a.stream] = (expected, a.pool if pool is None else pool)
    return [(stream, expected, pool) for stream, (expected, pool) in touched.items()]


def _acknowledge(now: Sequence[Pending], base: int) -> None:
    """Each append's position is that of its last event: they were stored in order from `base` + 1."""
    for pending in now:
        base += len(pending.batchable.rows)
        pending.settle(Appended(base, pending.batchable.versions))


def _settle_trouble(now: Sequence[Pending], trouble: dict[str, Any]) -> list[Pending]:
    """Fails what conflicts, replays what was seen, returns the others to come again.

    Only the first append that touches a conflicting stream is judged by what the log said; whoever built
    on it is judged in the next batch. So every round settles at least one.
    """
    ends, seen = trouble["ends"] or {}, trouble["seen"] or {}
    judged: set[str] = set()
    again: list[Pending] = []
    for pending in now:
        wanted = pending.batchable
        faults = [
            _fault(a.stream, a.expected_version, a.pool, ends) for a in wanted.assertions if a.stream not in judged
        ]
        judged.update(a.stream for a in wanted.assertions if a.stream in ends)
        fault = next((fault for fault in faults if fault is not None), None)
        if wanted.once is not None and wanted.once in seen:
            position, versions = seen[wanted.once]
            pending.settle(OnceRow(wanted.once, position, json.loads(versions)).replay())
        elif fault is not None:
            pending.settle(fault)
        else:
            again.append(pending)
    return again


def _fault(stream: str, expected: int, pool: str | None, ends: dict[str, Any]) -> Exception | None:
    if stream not in ends:
        return None
    version, owner = ends[stream]
    if version != expected:
        return VersionConflict(stream, expected, version)
    return WrongPool(stream, owner, pool) if pool is not None and owner not in (None, pool) else None


def _timestamptz(at: datetime) -> bytes:
    """PostgreSQL's binary timestamptz: microseconds since 2000-01-01 UTC."""
    since = at - _POSTGRES_EPOCH
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return micros.to_bytes(8, "big", signed=True)


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]
