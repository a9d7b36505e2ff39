"""Asking the read models: a query runs in a thread on one snapshot, after the rows have come far enough."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from infra.projecting import Projecting
from infra.rows.port import RowStore, position_in
from projections.reading import USES, Reader

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
#: How long a query waits for `min_position`, in seconds.
PATIENCE = 5.0
#: Pauses between looks at the positions of another process, in seconds.
FIRST_LOOK, LAST_LOOK = 0.002, 0.1


class NotThereYet(Exception):
    """The rows have not come to the position that was asked for; ask again a little later."""


class Questions:
    """Answers queries. `projecting` is the runner of this process, where it has one."""

    def __init__(self, store: RowStore, projecting: Projecting | None = None, *, patience: float = PATIENCE) -> None:
        self._store, self._projecting, self._patience = store, projecting, patience
        self._threads = ThreadPoolExecutor(THREADS, "asking")

    async def ask(
        self,
        query: Callable[Concatenate[Reader, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """The answer, from one snapshot. Raises `RowsUnavailable`, and whatever the query raises."""
        return await self._in_thread(lambda: self._answer(query, args, kwargs))

    async def reach(self, query: Callable[..., Any], pool: str, min_position: int) -> None:
        """Wait until all that `query` reads has come to `min_position`, so that the caller reads what it wrote.

        Raises `NotThereYet` after the patience this was made with; `RowsUnavailable`.
        """
        if min_position <= 0:
            return
        names = USES[query]
        if self._projecting is not None:
            reached = await self._projecting.reached(names, pool, min_position, self._patience)
        else:
            reached = await self.look(names, pool, min_position, self._patience)
        if not reached:
            raise NotThereYet(f"the read models have not come to position {min_position} within {self._patience:g} s")

    async def look(self, names: Iterable[str], pool: str, min_position: int, patience: float) -> bool:
        """Whether another process has brought these projections to `min_position` within `patience` seconds."""
        pause, waiting = FIRST_LOOK, set(names)
        try:
            async with asyncio.timeout(patience):
                while True:
                    for name in sorted(waiting):
                        positions = await self._in_thread(lambda name=name: self._store.positions(name))
                        if position_in(positions, pool) >= min_position:
                            waiting.discard(name)
                    if not waiting:
                        return True
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LAST_LOOK)
        except TimeoutError:
            return False

    def _answer(self, query: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        with self._store.reading() as reader:
            return query(reader, *args, **kwargs)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
