"""Wallboards, made at most once a second for each project however many look at them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from projections.queries import WallboardView, wallboard
from projections.queries.measures import NotConfigured
from web.doors import Doors
from web.problem import not_found
from web.queries import Asking, Queries

#: How old a board may be that is shown.
FRESH = timedelta(seconds=1)


class Wallboards:
    """The boards of this process: who asks while one is being made waits for that one."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._made: dict[str, tuple[datetime, WallboardView]] = {}
        self._making: dict[str, asyncio.Task[WallboardView]] = {}

    async def of(self, project: str, ask: Asking | None = None) -> WallboardView:
        """The project's board, at most a second old; one of its own for who asks for what they have just done.

        Raises `Problem` 404.
        """
        if ask is not None and ask.of_own_doing:
            return await self._made_by(project, lambda now: ask(wallboard, project, now))
        known = self._made.get(project)
        if known is not None and abs(self._doors.clock() - known[0]) < FRESH:
            return known[1]
        task = self._making.get(project)
        if task is None:
            task = self._making[project] = asyncio.create_task(self._make(project))
            task.add_done_callback(lambda _: self._making.pop(project, None))
        return await asyncio.shield(task)

    async def _make(self, project: str) -> WallboardView:
        queries: Queries = self._doors.queries
        return await self._made_by(project, lambda now: queries.ask(wallboard, project, now))

    async def _made_by(
        self, project: str, ask: Callable[[datetime], Coroutine[Any, Any, WallboardView]]
    ) -> WallboardView:
        now = self._doors.clock()
        try:
            board = await ask(now)
        except NotConfigured as fault:
            raise not_found("project", project) from fault
        self._made[project] = (now, board)
        return board


class Boards:
    """The boards that one connection is shown: each when it has changed, at most once a second."""

    def __init__(self, boards: Wallboards | None = None, projects: tuple[str, ...] = ()) -> None:
        self._boards, self._projects = boards, projects
        self._sent: dict[str, WallboardView] = {}
        self._next: datetime | None = None

    def pause(self, now: datetime) -> float:
        """Seconds until they are looked at again; for ever where there are none."""
        if not self._projects:
            return math.inf
        return 0.0 if self._next is None else min(1.0, max(0.0, (self._next - now).total_seconds()))

    async def changed(self, now: datetime) -> list[WallboardView]:
        """Those that say something else than what was sent last."""
        if self._boards is None or not self._projects or (self._next is not None and now < self._next):
            return []
        self._next = now + FRESH
        found = [await self._boards.of(project) for project in self._projects]
        news = [board for board in found if not _same(self._sent.get(board.project), board)]
        self._sent |= {board.project: board for board in news}
        return news


def _same(before: WallboardView | None, board: WallboardView) -> bool:
    """Whether two boards say the same, whenever they were made."""
    if before is None:
        return False
    made = {"as_of": board.as_of, "now": before.now.model_copy(update={"since": board.now.since})}
    return before.model_copy(update=made) == board
