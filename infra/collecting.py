"""Python's cycle collector in a process that serves until it ends."""

from __future__ import annotations

import gc

#: Objects made since the last look at the young ones, and looks at the younger before one at the older.
COLLECT_AFTER = (50_000, 20, 50)


def tune_collector() -> None:
    """Let the garbage collector leave alone what was built so far.

    A board has millions of objects that live on, and a web application hundreds of thousands: looking through them all
    takes seconds in the one, while nothing is routed, and a quarter of all processor time in the other. What comes
    later is collected as ever, in larger portions. For a process that serves until it ends; what was spared by an
    earlier call and is garbage by now is collected first.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
