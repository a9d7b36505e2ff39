"""How the web asks the read models: any query of `projections.queries`, on a snapshot, up to a position.

The adapter is put in where the process is put together; it knows in which database the rows live and how far
each projection has come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Concatenate, ParamSpec, Protocol, TypeVar

from fastapi import Depends, Query, Request

from projections.reading import BadCursor, Reader
from web.doors import Wired
from web.problem import Problem, unavailable

P = ParamSpec("P")
V = TypeVar("V")


class Queries(Protocol):
    """The read models."""

    async def caught_up(self, query: Callable[..., Any], pool: str, position: int, seconds: float) -> bool:
        """Wait until what `query` reads holds the pool's events up to `position`; false if not within `seconds`."""
        ...

    async def ask(self, query: Callable[Concatenate[Reader, P], V], *args: P.args, **kwargs: P.kwargs) -> V:
        """Answer a query from one snapshot of the rows."""
        ...


class Asking:
    """Asks on behalf of one request, not before the rows hold what the caller has seen (`min_position`)."""

    def __init__(self, doors: Wired, position: int, pool: str) -> None:
        self._doors, self._position, self._pool = doors, position, pool

    @property
    def of_own_doing(self) -> bool:
        """Whether the caller asks for what they have seen: a position."""
        return self._position > 0

    async def __call__(self, query: Callable[Concatenate[Reader, P], V], *args: P.args, **kwargs: P.kwargs) -> V:
        """Raises `Problem`: 503 when the rows are too far behind, 422 for a cursor that is not ours."""
        seconds = self._doors.settings.catch_up_seconds
        queries: Queries = self._doors.queries
        if self._position and not await queries.caught_up(query, self._pool, self._position, seconds):
            raise unavailable("not_caught_up", f"the read models have not come to position {self._position} yet")
        try:
            return await queries.ask(query, *args, **kwargs)
        except BadCursor as fault:
            raise Problem(422, "bad_cursor", str(fault)) from fault


MinPosition = Annotated[
    int,
    Query(
        alias="min_position",
        ge=0,
        le=2**62,
        description="Answer only once everything up to this log position shows: the position a command gave back.",
    ),
]


async def asking(request: Request, doors: Wired, min_position: MinPosition = 0) -> Asking:
    caller = getattr(request.state, "caller", None)
    return Asking(doors, min_position, caller.pool if caller else "")


Ask = Annotated[Asking, Depends(asking)]
Cursor = Annotated[str | None, Query(max_length=500, description="Continue a list: the `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items per page, at most 200.")]
