"""State machines as tables: `{(state, event type): next state}`, read by `decide` and `evolve` alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from domain.event import Event
from domain.rejection import Rejection

S = TypeVar("S", bound=str)
Table = Mapping[tuple[S, type[Event]], S]


def step(table: Table[S], state: S, event: type[Event], what: str) -> S:
    """The state that `event` leads to from `state`.

    Raises `Rejection` with code `not_possible_now` naming the states in which it would be possible.
    """
    following = table.get((state, event))
    if following is None:
        possible = sorted(s for s, e in table if e is event)
        raise Rejection(
            "not_possible_now",
            f"{what} is {state}; {event.__name__} is only possible when it is {' or '.join(possible)}",
        )
    return following
