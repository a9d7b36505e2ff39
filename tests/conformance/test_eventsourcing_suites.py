"""The test-suites that eventsourcing ships for recorders, on ours.

Left out are only the tests that print speed and nothing else (`test_performance`,
`test_concurrent_throughput`): figures belong into `bench/`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from infra.log import postgres_recorder, sqlite_recorder
from infra.log.postgres_recorder import PostgresEventRecorder
from infra.log.sqlite_recorder import SqliteEventRecorder


class _TextIds:
    def new_originator_id(self) -> str:
        return f"stream-{uuid4()}"


@contextmanager
def _closing(opened: list[Any]) -> Iterator[None]:
    """Close the datastores once nobody uses them: some tests leave reading threads behind, which end by themselves."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if "read_continuously" in thread.name:
            thread.join(timeout=10)
    for datastore in opened:
        datastore.close()


class _OnSqlite(_TextIds):
    @pytest.fixture(autouse=True)
    def _file(self, tmp_path: Path):
        self._opened = []
        self._path = tmp_path / "log.db"
        with _closing(self._opened):
            yield

    def create_recorder(self, kind: type[SqliteEventRecorder] = SqliteEventRecorder) -> SqliteEventRecorder:
        datastore = sqlite_recorder.datastore(self._path)
        self._opened.append(datastore)
        recorder = kind(datastore)
        recorder.create_table()
        return recorder


class _OnPostgres(_TextIds):
    @pytest.fixture(autouse=True)
    def _database(self, postgres: str):
        self._opened = []
        self._dsn = postgres
        with _closing(self._opened):
            yield

    def create_recorder(self, kind: type[PostgresEventRecorder] = PostgresEventRecorder) -> PostgresEventRecorder:
        datastore = postgres_recorder.datastore(self._dsn)
        self._opened.append(datastore)
        recorder = kind(datastore)
        recorder.create_table()
        return recorder


class _SqliteStreams(SqliteEventRecorder):
    """The suite for aggregates wants no positions back."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs) -> None:
        super().insert_events(stored_events, **kwargs)


class _PostgresStreams(PostgresEventRecorder):
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs) -> None:
        super().insert_events(stored_events, **kwargs)


class TestSqliteStreams(_OnSqlite, AggregateRecorderTestCase):
    test_performance = None

    def create_recorder(self):
        return super().create_recorder(_SqliteStreams)


class TestPostgresStreams(_OnPostgres, AggregateRecorderTestCase):
    test_performance = None

    def create_recorder(self):
        return super().create_recorder(_PostgresStreams)


class TestSqliteApplication(_OnSqlite, ApplicationRecorderTestCase):
    test_performance = None
    test_concurrent_throughput = None

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPostgresApplication(_OnPostgres, ApplicationRecorderTestCase):
    test_performance = None
    test_concurrent_throughput = None

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestSqliteNonInterleaving(_OnSqlite, NonInterleavingNotificationIDsBaseCase):
    pass


class TestPostgresNonInterleaving(_OnPostgres, NonInterleavingNotificationIDsBaseCase):
    pass


del AggregateRecorderTestCase, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
