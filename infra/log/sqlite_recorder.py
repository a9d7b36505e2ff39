"""eventsourcing's SQLite application recorder over the log's own table, with subscriptions in one process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Condition
from typing import Any

from eventsourcing.persistence import (
    ApplicationRecorder,
    ListenNotifySubscription,
    StoredEvent,
    Subscription,
)
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from infra.log.rows import NewRow

LOCK_SECONDS = 10

CREATE = (
    # The position is declared, under SQLite's own name for it: VACUUM may renumber an undeclared rowid.
    """CREATE TABLE IF NOT EXISTS {table} (
        rowid INTEGER PRIMARY KEY,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        pool TEXT NOT NULL,
        recorded_at INTEGER NOT NULL,
        UNIQUE (originator_id, originator_version)
    )""",
    # An index of SQLite ends in the rowid, so these give a pool's or a type's events in order.
    "CREATE INDEX IF NOT EXISTS {table}_pool ON {table} (pool)",
    "CREATE INDEX IF NOT EXISTS {table}_topic ON {table} (topic)",
    """CREATE TABLE IF NOT EXISTS {table}_once (
        key TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        versions TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS {table}_segments (
        number INTEGER PRIMARY KEY,
        first_position INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        events INTEGER NOT NULL,
        digest TEXT NOT NULL
    )""",
)


def datastore(path: Path, pool_size: int = 5) -> SQLiteDatastore:
    """eventsourcing's datastore for a file, in WAL mode."""
    return SQLiteDatastore(
        path.absolute().as_uri(),
        lock_timeout=LOCK_SECONDS,
        pool_size=pool_size,
        originator_id_type="text",
    )


class SqliteEventRecorder(SQLiteApplicationRecorder):
    """Keeps eventsourcing's doors (its recorder test-suites pass).

    Adds the columns `pool` and `recorded_at` (microseconds since 1970, UTC), the `once` and segment
    tables, and subscriptions for the threads of this process.
    """

    def __init__(self, datastore: SQLiteDatastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = (
            f"INSERT INTO {events_table_name}"  # noqa: S608  a table name from our own code
            " (originator_id, originator_version, topic, state, pool, recorded_at) VALUES (?, ?, ?, ?, ?, ?)"
        )
        self._news = Condition()

    def construct_create_table_statements(self) -> list[str]:
        table = self.events_table_name
        return [statement.format(table=table) for statement in CREATE]

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        if not stored_events:
            return None
        positions = super().insert_events(stored_events, **kwargs)
        with self._news:
            self._news.notify_all()
        return positions

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        pool, now = str(kwargs.get("pool", "")), int(kwargs.get("recorded_at", 0))
        returning: list[int] = []
        for event in stored_events:
            row = (str(event.originator_id), event.originator_version, event.topic, event.state, pool, now)
            c.execute(self.insert_events_statement, row)
            returning.append(c.lastrowid)
        return returning

    def insert_rows(self, c: SQLiteCursor, rows: Sequence[NewRow], recorded_at: int) -> None:
        """Rows in order, all recorded at the same microsecond; positions follow one another."""
        c.executemany(
            self.insert_events_statement,
            [(stream, version, wire, state, pool, recorded_at) for stream, version, wire, state, pool in rows],
        )

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        return _SqliteSubscription(self, gt, topics)

    def wait_for_news(self, timeout: float) -> None:
        with self._news:
            self._news.wait(timeout)


class _SqliteSubscription(ListenNotifySubscription[SqliteEventRecorder]):
    """Pulled whenever this process stores something, and every now and then in any case."""

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._recorder.wait_for_news(0.1)
        except BaseException as fault:  # noqa: BLE001  handed to the iterating thread, which raises it
            self._thread_error = self._thread_error or fault
            self.stop()
