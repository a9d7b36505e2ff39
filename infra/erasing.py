"""Forgetting a customer: keys destroyed, blobs removed, rows dropped; what remains in the log is ciphertext.

The event comes first; what it asks for is done by whoever follows the log, and done again for every erased
customer when a process starts, so that a crash in between, or a restored backup, is mended. Keys are destroyed
before rows are dropped: a projection that runs at that very moment writes nothing back. Every step is harmless twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from domain.customer.decide import EraseCustomer
from domain.customer.events import CustomerErased
from domain.execute import Executor, Origin
from domain.ports import Blobs, Keyring, Log, LogUnavailable, RecordingStore, RecordingStoreUnavailable
from domain.rejection import Rejection
from domain.stream import stream_of

_log = structlog.get_logger("erasing")
_BATCH = 500
_ACTOR = "system:forgetting"
#: Seconds between two looks for erasures.
LOOK = 0.5
#: Seconds before another try where a store is away.
PAUSE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """Erases customers. `settle` waits until every projection has come to a position and compacts its rows."""

    log: Log
    executor: Executor
    keyring: Keyring
    blobs: Blobs
    recordings: RecordingStore
    settle: Callable[[int], Awaitable[None]]

    async def erase(self, customer_id: str, origin: Origin) -> Sequence[str]:
        """Erase a customer and everybody merged into it; the ids that were erased.

        Raises `NotFound`, or `Rejection` (`merged`) where another customer would have to be erased.
        """
        await self.executor.execute(EraseCustomer(customer_id=customer_id), origin)
        recorded = await self.log.read_stream(stream_of("customer", customer_id))
        erased = [one.event for one in recorded if isinstance(one.event, CustomerErased)]
        ids = tuple(erased[-1].erased_ids)
        await self.forget(ids)
        await self.settle(await self.log.head())
        return ids

    async def follow(self) -> None:
        """Forget everybody who was ever erased, then whoever is erased from now on, until cancelled.

        What a store that is away or full keeps from being forgotten is forgotten when it is back.
        """
        while True:
            try:
                await self._follow()
            except (LogUnavailable, RecordingStoreUnavailable, TimeoutError) as fault:
                _log.warning("forgetting waits and is then repeated", reason=str(fault), seconds=PAUSE)
            await asyncio.sleep(PAUSE)

    async def _follow(self) -> None:
        after = await self.log.head()
        await self.again()
        while True:
            # erasures are rare: to read and decode everything else for their sake costs more than to ask for them
            batch = await self.log.read(after, _BATCH, types=(CustomerErased.wire,))
            ids = [one.event.customer_id for one in batch if isinstance(one.event, CustomerErased)]
            if ids:
                await self.forget(ids)
                await self.settle(batch[-1].position)
                after = batch[-1].position
            await asyncio.sleep(LOOK)

    async def again(self) -> int:
        """Repeat the erasure of every customer whom the log has seen erased; how many there were.

        A log that was restored from a backup may not know of an erasure yet: the keyring does, and the log is told.
        """
        erased = await self._erased()
        if await self._tell(set(await asyncio.to_thread(self.keyring.destroyed)) - erased):
            erased = await self._erased()
        for batch in _batches(sorted(erased)):
            await self.forget(batch)
        if erased:
            await self.settle(await self.log.head())
        return len(erased)

    async def _erased(self) -> set[str]:
        after, found = 0, set[str]()
        while batch := await self.log.read(after, _BATCH, types=(CustomerErased.wire,)):
            after = batch[-1].position
            found |= {one.event.customer_id for one in batch if isinstance(one.event, CustomerErased)}
        return found

    async def _tell(self, ids: Iterable[str]) -> int:
        """Record the erasure of customers whose key is gone; how many of them this log knows."""
        told = 0
        for customer_id in sorted(ids):
            first = await self.log.read(0, 1, streams=[stream_of("customer", customer_id)])
            if not first:
                continue
            origin = Origin(project=first[0].project, pool=first[0].pool, actor=_ACTOR)
            try:
                await self.executor.execute(EraseCustomer(customer_id=customer_id), origin)
            except Rejection as rejection:
                # merged into somebody who is erased too: that one's turn takes it along
                _log.info("an erasure is not repeated by itself", code=rejection.code)
            else:
                told += 1
        return told

    async def forget(self, ids: Sequence[str]) -> None:
        """Destroy keys, attachments and recordings, and drop what decisions keep in memory."""
        await asyncio.to_thread(self.keyring.destroy, ids)
        for customer_id in ids:
            await self.blobs.destroy(customer_id)
            await self.recordings.destroy(customer_id)
        self.executor.forget()


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
