"""Work that a group shares out: one piece for each pool that this member has, begun and ended as pools come and go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

from domain.ports import LogUnavailable
from infra.cluster.broker import pools_in
from infra.cluster.membership import Membership

#: Seconds between two looks for pools that are new.
LOOK = 1.0
#: Seconds without any group after which a process takes every pool: two that do the same do no harm, none would.
ALONE_AFTER = 10.0


class SharedOut:
    """The pools that a group's member has, kept going: one piece of work for each, begun and ended as they come and go.

    `pools` tells every pool there is, `work` makes what runs for one. Ending is a cancellation.
    """

    def __init__(
        self,
        membership: Membership,
        pools: Callable[[], Coroutine[Any, Any, Sequence[str]]],
        work: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        self._membership, self._pools, self._work = membership, pools, work
        self._began = time.monotonic()
        self.running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled; raises what a piece of work failed with."""
        try:
            while True:
                self._membership.changed.clear()
                with suppress(LogUnavailable):  # what runs goes on; who is new waits
                    await self._match(set(await self._wanted()))
                self._raise_faults()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._membership.changed.wait()
        finally:
            await self._end(list(self.running))

    async def _wanted(self) -> Sequence[str]:
        given = self._membership.assignment
        if given is not None:
            return pools_in(given.partitions, given.of, await self._pools())
        alone = time.monotonic() - self._began > ALONE_AFTER
        return await self._pools() if alone else ()

    async def _match(self, wanted: set[str]) -> None:
        for pool in sorted(wanted - set(self.running)):
            self.running[pool] = asyncio.create_task(self._work(pool), name=f"work of pool {pool}")
        await self._end([pool for pool in self.running if pool not in wanted])

    async def _end(self, pools: Sequence[str]) -> None:
        tasks = [self.running.pop(pool) for pool in pools]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _raise_faults(self) -> None:
        for task in self.running.values():
            if task.done():
                task.result()
                raise RuntimeError(f"{task.get_name()} ended by itself")


def raise_first(ended: Sequence[object]) -> None:
    """Raises the first fault among results, cancellations apart."""
    for one in ended:
        if isinstance(one, Exception):
            raise one
