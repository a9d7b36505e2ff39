"""Boards kept in PostgreSQL, so that who takes a pool over reads the log from there and not from its beginning.

A snapshot is never the truth. It is used when it was made by these very sources, its MAC is right, and the log has the
event it ends with; else it is passed over, and the board is folded from the log.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

from domain.ports import LogUnavailable
from infra.cluster.board_codec import UnfitBoard, code, decode, encode
from infra.log.stored import StoredLog
from router import Router

_log = structlog.get_logger("snapshots")

#: Bytes that a board may have, packed; one that is larger is not kept (a bytea has room for 1 GB).
MAX_BYTES = 512 * 1024 * 1024
_TABLE = """
CREATE TABLE IF NOT EXISTS router_snapshots (
    pool text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    event_id text NOT NULL,
    code text NOT NULL,
    mac bytea NOT NULL,
    board bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
)"""
_KEEP = """
INSERT INTO router_snapshots (pool, position, event_id, code, mac, board) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (pool) DO UPDATE SET position = excluded.position, event_id = excluded.event_id, code = excluded.code,
    mac = excluded.mac, board = excluded.board, made_at = now()
WHERE router_snapshots.position < excluded.position OR router_snapshots.code <> excluded.code"""
_FIND = "SELECT pool, position, event_id, code, mac, board FROM router_snapshots WHERE pool = %s"


class Snapshot(NamedTuple):
    """A board as it is kept: of which pool, up to which event, by which software."""

    pool: str
    position: int
    event_id: str
    code: str
    mac: bytes
    board: bytes


class Snapshots:
    """Blocking. `key`: 32 bytes that every process of the centre shares; nobody else can make a snapshot."""

    def __init__(self, dsn: str, key: bytes) -> None:
        self._dsn = make_conninfo(dsn, application_name="trunkline-snapshots", connect_timeout=5)
        self._key = key

    def keep(self, router: Router, event_id: str) -> int:
        """Store a router that has made no decision yet; `event_id` is of the last event it folded.

        The packed size in bytes; 0 where it is too large to be kept. Raises `LogUnavailable`.
        """
        packed = zlib.compress(encode(router), 1)
        if len(packed) > MAX_BYTES:
            _log.warning("a board is too large to be kept", pool=router.board.pool, bytes=len(packed))
            return 0
        made = Snapshot(router.board.pool, router.position, event_id, code(), b"", packed)
        with self._connected() as connection:
            connection.execute(_KEEP, made._replace(mac=self._mac(made)))
        return len(packed)

    def find(self, pool: str) -> Snapshot | None:
        """The pool's snapshot, where it is ours and fits; why not is told. Raises `LogUnavailable`."""
        with self._connected() as connection:
            row = connection.execute(_FIND, (pool,)).fetchone()
        if row is None:
            return None
        found = Snapshot(*row)
        if found.code != code():
            _log.info("a snapshot is passed over", pool=pool, reason="other software made it")
            return None
        if not hmac.compare_digest(found.mac, self._mac(found)):
            _log.error("a snapshot is passed over", pool=pool, reason="damaged, or made by somebody without the key")
            return None
        return found

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        try:
            with psycopg.connect(self._dsn, autocommit=True) as connection:
                connection.execute(_TABLE)
                yield connection
        except psycopg.Error as fault:
            raise LogUnavailable(f"snapshots cannot be reached: {fault}") from fault

    def _mac(self, one: Snapshot) -> bytes:
        made = hmac.new(self._key, digestmod=hashlib.sha256)
        for part in (one.pool, one.position, one.event_id, one.code):
            text = str(part).encode()
            made.update(len(text).to_bytes(4, "big") + text)
        made.update(one.board)
        return made.digest()


async def latest_router(log: StoredLog, snapshots: Snapshots | None, pool: str) -> Router:
    """A router of the pool, as far as its snapshot goes; a new one where there is none that can be used."""
    found = None if snapshots is None else await _found(snapshots, pool)
    if found is None:
        return Router(pool)
    events = await log.read(found.position - 1, 1, pool=pool)
    if not events or (events[0].position, events[0].event_id) != (found.position, found.event_id):
        _log.warning("a snapshot is passed over", pool=pool, reason="the log is another, or was restored")
        return Router(pool)
    try:
        return await asyncio.to_thread(lambda: decode(zlib.decompress(found.board)))
    except (UnfitBoard, zlib.error) as fault:
        _log.error("a snapshot is passed over", pool=pool, reason=str(fault))
        return Router(pool)


async def _found(snapshots: Snapshots, pool: str) -> Snapshot | None:
    try:
        return await asyncio.to_thread(snapshots.find, pool)
    except LogUnavailable as fault:
        _log.warning("no snapshot", pool=pool, reason=str(fault))
        return None
