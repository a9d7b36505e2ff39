"""The keyring in a SQLite file of its own, with `secure_delete`: a destroyed key's bytes are overwritten."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from domain.ports import KeyDestroyed
from infra.keys.cipher import Nonces
from infra.keys.stored import KeyringUnavailable, StoredKeyring, Tick, Tombstone

LOCK_SECONDS = 10

_CREATE = """
CREATE TABLE IF NOT EXISTS customer_keys (customer_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS destroyed_keys (number INTEGER PRIMARY KEY AUTOINCREMENT, customer_id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS master_key (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), fingerprint TEXT NOT NULL);
"""


class SqliteKeyring(StoredKeyring):
    """`domain.ports.Keyring` in a file. Several processes of one machine may share it."""

    def __init__(self, path: Path, master_key: bytes, *, nonces: Nonces = os.urandom, tick: Tick = monotonic) -> None:
        """Raises `KeyringUnavailable`, `WrongMasterKey`, `ValueError` for a key that is not 32 bytes."""
        super().__init__(_SqliteTable(path), master_key, nonces=nonces, tick=tick)


class _SqliteTable:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with self._explained():
            # The wrapped keys are useless without the master key; all the same they are nobody's business.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._db = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            if self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'stored_events'").fetchone():
                raise KeyringUnavailable(
                    f"{path} holds the log: keys must lie in another file, kept and backed up apart from it"
                )
            self._db.executescript(_CREATE)

    def claim(self, fingerprint: str) -> str:
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO master_key VALUES (1, ?)", (fingerprint,))
            return db.execute("SELECT fingerprint FROM master_key").fetchone()[0]

    def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        with self._transaction() as db:
            for customer in wrapped:
                if db.execute("SELECT 1 FROM destroyed_keys WHERE customer_id = ?", (customer,)).fetchone():
                    raise KeyDestroyed(customer)
            db.executemany("INSERT OR IGNORE INTO customer_keys VALUES (?, ?)", list(wrapped.items()))
            return self.load(wrapped)

    def load(self, customers: Iterable[str]) -> Mapping[str, bytes]:
        found: dict[str, bytes] = {}
        with self._explained():
            for customer in customers:
                query = "SELECT wrapped FROM customer_keys WHERE customer_id = ?"
                row = self._db.execute(query, (customer,)).fetchone()
                if row is not None:
                    found[customer] = row[0]
        return found

    def bury(self, customers: Iterable[str]) -> None:
        doomed = [(customer,) for customer in customers]
        with self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO destroyed_keys (customer_id) VALUES (?)", doomed)
            db.executemany("DELETE FROM customer_keys WHERE customer_id = ?", doomed)
        with self._explained():
            # The write-ahead log still has the page as it was: fold it in and cut it to nothing.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def tombstones(self, after: int) -> list[Tombstone]:
        with self._explained():
            query = "SELECT number, customer_id FROM destroyed_keys WHERE number > ? ORDER BY number"
            return [Tombstone(*row) for row in self._db.execute(query, (after,))]

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """One thread at a time; what goes wrong in words."""
        try:
            with self._lock:
                yield
        except (sqlite3.Error, OSError) as fault:
            raise KeyringUnavailable(f"the keyring {self._path} cannot be used: {fault}") from fault
