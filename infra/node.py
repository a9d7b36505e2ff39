"""A running process of a centre: its parts, on one event loop, how they begin and how they end.

Each part follows the log by itself and may fail by itself; what fails in a way nobody foresaw ends the process
with its reason, since a part that is silently missing is worse than a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog

from infra.accounts.database import Database
from infra.asking import Questions
from infra.configured import Configured
from infra.elections import Candidate, Standing, Unopposed, lead
from infra.erasing import Erasing
from infra.operations.figures import Figures
from infra.operations.looking import Looking
from infra.operations.tracing import Tracing
from infra.projecting import Projecting
from infra.roles import Role, plays
from infra.rows.port import RowStore
from infra.settings import Settings
from infra.settling import settled
from infra.stores import Stores, new_id
from projections.catalogue import PROJECTIONS
from web.accounts import Accounts

_log = structlog.get_logger("node")
#: Seconds that parts get to finish what is under way when the process is told to end.
DRAIN = 20.0
#: Seconds after which a part that does not end is told once more.
AGAIN = 5.0


@dataclass(slots=True, kw_only=True)
class Node:
    """A running process of a centre."""

    role: Role
    stores: Stores
    rows: RowStore
    database: Database
    accounts: Accounts
    configured: Configured
    projecting: Projecting
    questions: Questions
    figures: Figures
    tracing: Tracing
    looking: Looking
    base_url: str
    http_port: int = 0
    smtp_in_port: int = 0
    operations_port: int = 0
    #: Called when something large that lasts was built.
    on_built: Callable[[], None] = lambda: None
    _name: str = field(default_factory=new_id)
    _failed: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])
    _stops: list[tuple[Callable[[], None], asyncio.Task[Any]]] = field(
        default_factory=list[tuple[Callable[[], None], asyncio.Task[Any]]]
    )

    @property
    def settings(self) -> Settings:
        return self.stores.settings

    @property
    def ask(self) -> Callable[..., Any]:
        """Ask a query of the read models."""
        return self.questions.ask

    @property
    def erasing(self) -> Erasing:
        """Forgets customers: keys, attachments, rows."""
        parts = self.stores
        return Erasing(
            log=parts.log,
            executor=parts.executor,
            keyring=parts.keyring,
            blobs=parts.blobs,
            recordings=parts.recordings,
            settle=self.settle,
        )

    def plays(self, part: Role) -> bool:
        """Whether what this role is for is this process' work."""
        return plays(self.role, part)

    async def settle(self, position: int) -> None:
        """Wait until every projection has come to `position`, then let the store overwrite what was deleted."""
        if not await settled(self.stores.log, self.rows, PROJECTIONS, position):
            raise TimeoutError(f"the projections have not come to position {position} within a minute")
        await asyncio.to_thread(self.rows.scrub)

    async def reached(self, projections: Iterable[str], pool: str, position: int, seconds: float) -> bool:
        """Wait until these projections stand at `position`, wherever they run, at most so long; whether they do."""
        if any(one.leads for one in self.looking.candidates if one.name == "projections"):
            return await self.projecting.reached(projections, pool, position, seconds)
        return await self.questions.look(projections, pool, position, seconds)

    async def forever(self) -> None:
        """Run until a part fails; raises what it failed with."""
        await asyncio.shield(self._failed)

    def run(self, name: str, work: Coroutine[Any, Any, Any], *, outlasts: bool = False) -> asyncio.Task[Any]:
        """Run a part; if it ends before the node does, that is a failure of the node.

        One that `outlasts` the others is ended by whoever started it: a web server that is cancelled leaves its
        sockets with the event loop.
        """
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        if not outlasts:
            self._tasks.append(task)
        return task

    def excuse(self, task: asyncio.Task[Any]) -> None:
        """Let a part end without that being a failure."""
        task.remove_done_callback(self._ended)

    def stand(self, name: str) -> Candidate:
        """Stand for an office among the processes of the centre, from now on until the node ends."""
        candidate = self._candidate(name)
        self.run(f"election {name}", candidate.run())
        return candidate

    def lead(self, name: str, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Run a part in one process of the centre: in this one whenever it is elected."""
        candidate = self._candidate(name)
        self.run(name, work() if isinstance(candidate, Unopposed) else lead(candidate, work))

    def on_stop(self, stop: Callable[[], None], task: asyncio.Task[Any]) -> None:
        """Tell a part to finish when the node ends; it gets `DRAIN` seconds before it is cancelled."""
        self._stops.append((stop, task))

    def _candidate(self, name: str) -> Candidate:
        alone = self.settings.embedded
        made = Unopposed(name) if alone else Standing(self.database, name, f"{self.role} {self._name}")
        self.looking.candidates.append(made)
        return made

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if task.cancelled() or self._failed.done():
            return
        fault = task.exception() or RuntimeError(f"{task.get_name()} ended by itself")
        _log.error("a part of this process has failed", part=task.get_name(), kind=type(fault).__name__)
        self._failed.set_exception(fault)

    async def stop(self) -> None:
        """Let parts finish what is under way, then end every part, the youngest first."""
        self._failed.cancel()
        for stop, _ in self._stops:
            stop()
        finishing = [task for _, task in self._stops]
        if finishing:
            await asyncio.wait(finishing, timeout=DRAIN)
        left = set(self._tasks)
        while left:
            for task in reversed(self._tasks):
                if task in left:
                    task.cancel()
            # again, should a library lose what it was told: nobody may wait for ever for a part that has not heard
            _, left = await asyncio.wait(left, timeout=AGAIN)
        await asyncio.gather(*self._tasks, return_exceptions=True)
