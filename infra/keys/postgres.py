"""The keyring in a PostgreSQL database of its own, for a cluster whose processes share it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from time import monotonic

from domain.ports import KeyDestroyed
from infra.addresses import with_options
from infra.keys.cipher import Nonces
from infra.keys.connection import Connection, KeyringConnection
from infra.keys.stored import KeyringUnavailable, StoredKeyring, Tick, Tombstone

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
#: For the first look at a database, and for the rewriting of a table of any size.
WHOLE_SECONDS, REWRITE_SECONDS = 30.0, 3600.0
#: One lock for the making of the tables by all processes: any constant will do.
_SCHEMA_LOCK = 0x6B657972696E67

_CREATE = (
    'CREATE TABLE IF NOT EXISTS customer_keys (customer_id text COLLATE "C" PRIMARY KEY, wrapped bytea NOT NULL)',
    """CREATE TABLE IF NOT EXISTS destroyed_keys (
        number bigint PRIMARY KEY, customer_id text COLLATE "C" NOT NULL UNIQUE)""",
    """CREATE TABLE IF NOT EXISTS master_key (
        only_one integer PRIMARY KEY CHECK (only_one = 1), fingerprint text NOT NULL)""",
)
_HOLDS_LOG = "SELECT 1 FROM pg_class WHERE relname = 'stored_events' AND relkind = 'r'"
# Numbered under the table's lock, so that nobody who reads up to a number misses a smaller one.
_BURY = """INSERT INTO destroyed_keys (number, customer_id)
    SELECT (SELECT coalesce(max(number), 0) FROM destroyed_keys) + row_number() OVER (), customer_id
    FROM unnest(%s::text[]) AS doomed (customer_id)
    WHERE NOT EXISTS (SELECT 1 FROM destroyed_keys d WHERE d.customer_id = doomed.customer_id)"""

# All of it in one way to the database and back. A key made while another process destroys it must not outlive the
# tombstone: the lock. Whoever is erased comes back alone, without a key, and nothing is stored. The name has a number,
# because another version of this program may be running beside this one: what it calls is never changed under it.
_ADD = "SELECT * FROM customer_keys_add_v1(%s::text[], %s::bytea[])"
_ADDS = "SELECT 1 FROM pg_proc WHERE proname = 'customer_keys_add_v1' AND pg_function_is_visible(oid)"
_CREATE_ADD = """CREATE FUNCTION customer_keys_add_v1 (names text[], keys bytea[])
    RETURNS TABLE (customer text, key bytea) LANGUAGE plpgsql AS $$
    BEGIN
        LOCK TABLE destroyed_keys IN SHARE MODE;
        RETURN QUERY SELECT d.customer_id, NULL::bytea FROM destroyed_keys d WHERE d.customer_id = ANY(names) LIMIT 1;
        IF FOUND THEN
            RETURN;
        END IF;
        INSERT INTO customer_keys SELECT * FROM unnest(names, keys) ON CONFLICT DO NOTHING;
        RETURN QUERY SELECT k.customer_id, k.wrapped FROM customer_keys k WHERE k.customer_id = ANY(names);
    END $$"""
_LOAD = "SELECT customer_id, wrapped FROM customer_keys WHERE customer_id = ANY(%s::text[])"


class PostgresKeyring(StoredKeyring):
    """`domain.ports.Keyring` in a database that is not the log's: a backup of the log must not contain keys."""

    def __init__(self, dsn: str, master_key: bytes, *, nonces: Nonces = os.urandom, tick: Tick = monotonic) -> None:
        """Raises `KeyringUnavailable` (also for the log's own database), `WrongMasterKey`, `ValueError`."""
        super().__init__(_PostgresTable(dsn), master_key, nonces=nonces, tick=tick)


class _PostgresTable:
    def __init__(self, dsn: str) -> None:
        conninfo = with_options(
            dsn,
            application_name="trunkline-keyring",
            connect_timeout=CONNECT_SECONDS,
            options=f"-c statement_timeout={STATEMENT_SECONDS}s",
        )
        # apart: who reads waits for no disk, and not for a table that is being rewritten by ourselves
        self._reading, self._writing = KeyringConnection(conninfo), KeyringConnection(conninfo)
        try:
            self._writing.do(self._create, seconds=WHOLE_SECONDS)
        except KeyringUnavailable:
            self.close()
            raise

    def claim(self, fingerprint: str) -> str:
        def claim(c: Connection) -> str:
            c.execute("INSERT INTO master_key VALUES (1, %s) ON CONFLICT DO NOTHING", (fingerprint,))
            row = c.execute("SELECT fingerprint FROM master_key").fetchone()
            assert row is not None
            return row[0]

        return self._writing.do(claim)

    def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        customers = sorted(wrapped)  # in one order, so that two processes cannot wait for each other
        given = (customers, [wrapped[customer] for customer in customers])
        stored = self._writing.do(lambda c: c.execute(_ADD, given).fetchall(), transaction=False)
        if stored and stored[0][1] is None:
            raise KeyDestroyed(stored[0][0])
        return {name: bytes(key) for name, key in stored}

    def load(self, customers: Iterable[str]) -> Mapping[str, bytes]:
        wanted = list(customers)
        return self._reading.do(
            lambda c: {name: bytes(key) for name, key in c.execute(_LOAD, (wanted,))}, transaction=False
        )

    def bury(self, customers: Iterable[str]) -> None:
        doomed = list(customers)

        def bury(c: Connection) -> None:
            c.execute("LOCK TABLE destroyed_keys IN EXCLUSIVE MODE")
            c.execute(_BURY, (doomed,))
            c.execute("DELETE FROM customer_keys WHERE customer_id = ANY(%s::text[])", (doomed,))

        self._writing.do(bury, seconds=WHOLE_SECONDS)
        # A deleted row stays in its page until the table is rewritten.
        self._writing.do(_rewrite, transaction=False, seconds=REWRITE_SECONDS)

    def tombstones(self, after: int) -> list[Tombstone]:
        query = "SELECT number, customer_id FROM destroyed_keys WHERE number > %s ORDER BY number"
        return self._reading.do(lambda c: [Tombstone(*row) for row in c.execute(query, (after,))], transaction=False)

    def close(self) -> None:
        self._reading.close()
        self._writing.close()

    def _create(self, c: Connection) -> None:
        if c.execute(_HOLDS_LOG).fetchone():
            raise KeyringUnavailable(
                f"database {c.info.dbname!r} holds the log: give the keyring another one, kept and backed up apart,"
                " or a backup of the log would contain the keys to what is sealed in it"
            )
        c.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
        for statement in _CREATE:
            c.execute(statement)
        if c.execute(_ADDS).fetchone() is None:
            c.execute(_CREATE_ADD)


def _rewrite(c: Connection) -> None:
    c.execute("SET statement_timeout = 0")  # as long as the table needs
    c.execute("VACUUM (FULL) customer_keys")
    c.execute("RESET statement_timeout")
