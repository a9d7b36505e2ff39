"""How many agents, how many lines: the smallest number that keeps a promise.

Both searches rest on what the formulas are known to do: more agents, shorter waits; more lines, fewer busy tones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor

from router.erlang import ErlangC, checked, erlang_b
from router.impatience import ErlangA

#: No answer is looked for beyond.
MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """`share` (0 to 1) of all answered within `within` seconds, nobody at work more than `occupancy` of the time."""

    share: float
    within: float
    occupancy: float = 1.0

    def __post_init__(self) -> None:
        for name, value in (
            ("the share to be answered in time", self.share),
            ("the highest occupancy", self.occupancy),
        ):
            if not 0 < value <= 1:
                raise ValueError(f"{name} must be more than 0 and at most 1, this is {value:g}")
        checked("the time to be answered within", self.within, zero=True)


def queue_of(load: float, agents: int, handling: float, patience: float | None) -> ErlangC | ErlangA:
    """Erlang A where customers have a patience (mean seconds), Erlang C where they wait as long as it takes."""
    if patience is None:
        return ErlangC(load, agents, handling)
    return ErlangA(load, agents, handling, patience)


def agents_for(load: float, handling: float, patience: float | None, promise: Promise) -> int:
    """The fewest agents that keep the promise. `load` in erlangs, times in seconds.

    Raises `ValueError` for a promise that no number keeps (all answered, while customers give up or wait).
    """
    if promise.share >= 1:
        raise ValueError("no number of agents answers all in time: promise a share below 1, such as 0.8")
    for_occupancy = ceil(load / promise.occupancy * (1 - 1e-12)) if patience is None else 1
    least = max(1, for_occupancy, floor(load) + 1 if patience is None else 1)

    def kept(agents: int) -> bool:
        queue = queue_of(load, agents, handling, patience)
        return queue.answered_within(promise.within) >= promise.share and queue.occupancy <= promise.occupancy

    return _smallest(least, kept)


def lines_for(load: float, blocked_share: float) -> int:
    """The fewest lines that keep the share of busy tones at or below `blocked_share` (Erlang B, `load` in erlangs)."""
    if not 0 < blocked_share < 1:
        raise ValueError(f"the share of busy tones must lie between 0 and 1, this is {blocked_share:g}")
    checked("the load", load, zero=True)
    lines, blocked = 0, 1.0
    while blocked > blocked_share:  # the recursion of `erlang_b`, one line after another
        lines += 1
        blocked = load * blocked / (lines + load * blocked)
        if lines > MOST:
            raise ValueError(f"more than {MOST} lines: is the load of {load:g} erlangs right?")
    assert blocked == erlang_b(load, lines), "one recursion, asked twice"
    return lines


def _smallest(least: int, kept: Callable[[int], bool]) -> int:
    """The smallest number from `least` on with `kept`, which stays true once it is."""
    step, low = 1, least - 1
    high = least
    while not kept(high):
        low, step = high, step * 2
        high += step
        if high > MOST:
            raise ValueError(f"more than {MOST} agents: are arrivals and handling time right?")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept(middle) else (middle, high)
    return high
