"""Group commit: concurrent appends of one process share one transaction, a lone one waits for nobody.

One writer task at a time takes whatever is waiting and stores it as one batch; while it is at it, the next
batch gathers. When nothing is waiting, an append is stored at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from domain.ports import Appended, LogUnavailable
from infra.log.rows import Batchable

#: Appends that may wait; more wait outside, before they take memory here.
MAX_WAITING = 4096
#: Events and bytes in one transaction: bounds how long others wait for it.
MAX_BATCH_EVENTS = 5000
MAX_BATCH_BYTES = 16 * 1024 * 1024


class Pending:
    """An append on its way: settled once, with a result or a fault."""

    __slots__ = ("batchable", "future")

    def __init__(self, batchable: Batchable, future: asyncio.Future[Appended]) -> None:
        self.batchable = batchable
        self.future = future

    def settle(self, result: Appended | Exception) -> None:
        if self.future.done():  # its caller was cancelled and no longer waits
            return
        if isinstance(result, Exception):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)


#: Stores a batch: settles each of its appends and returns those that must come again in a later batch.
StoreBatch = Callable[[list[Pending]], Awaitable[Sequence[Pending]]]


class GroupCommit:
    """The one writer of a process. Must be used from one event loop."""

    def __init__(self, store: StoreBatch) -> None:
        self._store = store
        self._waiting: deque[Pending] = deque()
        self._room = asyncio.Semaphore(MAX_WAITING)
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def submit(self, batchable: Batchable) -> Appended:
        """The result of storing it. A cancelled caller stops waiting; the append itself goes on."""
        async with self._room:
            if self._closed:
                raise LogUnavailable("the log was closed")
            pending = Pending(batchable, asyncio.get_running_loop().create_future())
            self._waiting.append(pending)
            if self._writer is None or self._writer.done():
                self._writer = asyncio.create_task(self._write(), name="log-writer")
            return await pending.future

    async def close(self) -> None:
        """Store what is waiting, then stop."""
        self._closed = True
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        """Ends when nothing waits: an idle log holds no task."""
        while self._waiting:
            await self._store_next()

    async def _store_next(self) -> None:
        batch = self._take()
        try:
            again = await self._store(batch)
        except Exception as fault:  # noqa: BLE001  the writer must outlive every fault: its appends are told instead
            for pending in batch:
                pending.settle(fault)
        else:
            self._waiting.extendleft(reversed(again))

    def _take(self) -> list[Pending]:
        batch: list[Pending] = []
        events = size = 0
        while self._waiting:
            events += len(self._waiting[0].batchable.rows)
            size += self._waiting[0].batchable.size
            if batch and (events > MAX_BATCH_EVENTS or size > MAX_BATCH_BYTES):
                break
            batch.append(self._waiting.popleft())
        return batch
