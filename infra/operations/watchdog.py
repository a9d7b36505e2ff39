"""Tells that the event loop of a process is held up, where, and what for: while it is, nothing else of the process can.

All parts of a process share one loop. What holds it up (a call that waits, a computation that goes on and on, a
processor that others use, a collection of garbage) looks the same from outside, a process that does not answer; so the
stack is written down by a thread of its own, and afterwards how much of the time was processor and how much collecting.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import traceback
from pathlib import Path

import structlog

from infra.operations.figures import Figures

#: Seconds between two ticks of the loop, and those that a tick may be late before it is told.
TICK, LATE = 0.25, 1.0
#: Innermost calls that are written down.
CALLS = 12

_log = structlog.get_logger("watchdog")


class Watchdog:
    """Watches the loop that it runs on. `late`: seconds."""

    def __init__(self, figures: Figures, *, late: float = LATE) -> None:
        self._figures, self._late = figures, late
        self._ticked = time.monotonic()
        self._collected = 0.0
        self._began = 0.0

    async def run(self) -> None:
        """Tick until cancelled."""
        ended = threading.Event()
        self._ticked = time.monotonic()
        watching = threading.Thread(
            target=self._watch, args=(threading.get_ident(), ended), name="watchdog", daemon=True
        )
        gc.callbacks.append(self._collecting)
        watching.start()
        try:
            while True:
                processor, collected = time.process_time(), self._collected
                await asyncio.sleep(TICK)
                self._tick(processor, collected)
        finally:
            gc.callbacks.remove(self._collecting)
            ended.set()

    def _tick(self, processor: float, collected: float) -> None:
        """The loop has come round; the arguments are as of the last time that it did."""
        now = time.monotonic()
        late = now - self._ticked - TICK
        self._ticked = now
        self._figures.collecting.inc(self._collected - collected)
        if late > self._late:
            self._figures.held_up.inc(late)
            _log.warning(
                "the event loop was held up",
                seconds=round(late, 2),
                of_it_processor=round(time.process_time() - processor, 2),
                of_it_collecting=round(self._collected - collected, 2),
            )

    def _watch(self, loop: int, ended: threading.Event) -> None:
        """In a thread: write down where the loop stands, once for each time that it is held up."""
        told = 0.0
        while not ended.wait(self._late / 2):
            ticked = self._ticked
            late = time.monotonic() - ticked - TICK
            if late > self._late and ticked != told:
                told = ticked
                _log.warning("the event loop is held up", seconds=round(late, 2), where=_stack(loop))

    def _collecting(self, phase: str, _: dict[str, int]) -> None:
        """In whichever thread it happens, in the middle of anything: so no lock is taken here, as a counter would."""
        if phase == "start":
            self._began = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._began


def _stack(thread: int) -> list[str]:
    """The innermost calls of a thread, the innermost last: places in the code, no values, which may name people."""
    frame = sys._current_frames().get(thread)
    calls = traceback.extract_stack(frame)[-CALLS:] if frame is not None else []
    return [f"{'/'.join(Path(one.filename).parts[-3:])}:{one.lineno} {one.name}" for one in calls]
