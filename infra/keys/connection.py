"""The connection to a keyring's database, on a thread of its own: who asks waits for it only so long.

Keys are asked for in the middle of everything, by code that cannot await. A database that is silent (its machine is
gone, the network drops what is sent) would hold up an event loop for as long as it is silent, and with the loop every
request, probe and timer of the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

import psycopg

from infra.keys.stored import KeyringUnavailable

#: Seconds that an event loop is held up at most, and that any other thread waits.
LOOP_SECONDS, THREAD_SECONDS = 2.0, 10.0
#: The same once the database has been silent: long enough for one that is back.
AGAIN_SECONDS = 0.05

T = TypeVar("T")
Connection = psycopg.Connection[tuple[Any, ...]]


class KeyringConnection:
    """Does one piece of work after the other, each of which may be done twice. Thread-safe."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: Connection | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="trunkline-keyring")
        #: The work that was last not waited for to its end; and whether nothing was answered since.
        self._overdue: Future[Any] | None = None
        self._silent = self._closed = False

    def do(self, work: Callable[[Connection], T], *, transaction: bool = True, seconds: float | None = None) -> T:
        """One transaction, or one statement, which is one by itself. Raises `KeyringUnavailable`.

        Waits at most `seconds`; None: as long as a thread like this one may wait, and as good as not at all while the
        database is silent. What was not waited for may be done all the same.
        """
        if seconds is None:
            if self._overdue is not None and not self._overdue.done():
                raise KeyringUnavailable("the keyring's database is silent")
            patience = LOOP_SECONDS if _runs_a_loop() else THREAD_SECONDS
            seconds = AGAIN_SECONDS if self._silent else patience
        task = self._worker.submit(self._attempts, work, transaction)
        if not wait([task], seconds).done:
            self._overdue, self._silent = task, True
            raise KeyringUnavailable(f"the keyring's database has not answered within {seconds:g} s")
        return task.result()

    def close(self) -> None:
        """End the connection; one that is waited for by nobody any more ends when its work does."""
        if not self._closed:
            self._closed = True
            ended = self._worker.submit(self._end)
            self._worker.shutdown(wait=False)
            wait([ended], LOOP_SECONDS)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _attempts(self, work: Callable[[Connection], T], transaction: bool) -> T:
        """A connection found broken is replaced once."""
        if self._closed:
            raise KeyringUnavailable("the keyring is closed")
        for attempt in (1, 2):
            try:
                done = self._attempt(work, transaction)
            except psycopg.Error as fault:
                broken = self._connection is None or self._connection.broken
                if attempt == 2 or not broken:
                    raise KeyringUnavailable(f"the keyring's database cannot be used: {fault}") from fault
            else:
                self._silent = False
                return done
        raise AssertionError("unreachable: the second attempt returns or raises")

    def _attempt(self, work: Callable[[Connection], T], transaction: bool) -> T:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._conninfo, autocommit=True)
        if not transaction:
            return work(self._connection)
        with self._connection.transaction():
            return work(self._connection)


def _runs_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
