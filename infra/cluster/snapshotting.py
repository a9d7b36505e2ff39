"""Making snapshots beside the routers, in a process of its own: folding and packing a board takes seconds, in which
a router would not route.

It begins with the snapshot there is and folds what has come since, as a router does that takes the pool over.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process

import structlog

_log = structlog.get_logger("snapshots")

#: Events after which a snapshot is worth its while; as many are folded in about a second.
EVERY = 20_000
#: Seconds between two looks whether one is.
LOOK = 15.0
#: Seconds that a killed process may take to be gone; as a rule thousandths.
GONE = 1.0


class Snapshotting:
    """Looks after the snapshots of the pools that this process routes, one at a time."""

    def __init__(self, dsn: str, key: bytes, *, every: int = EVERY, look: float = LOOK) -> None:
        self._dsn, self._key, self._every, self._look = dsn, key, every, look
        #: Where the last snapshot of each pool stands, as far as this process knows.
        self.kept: dict[str, int] = {}

    async def run(self, positions: dict[str, int]) -> None:
        """Until cancelled. `positions` are kept up to date by who routes: how far each pool has come."""
        made: dict[str, int] = {}
        while True:
            await asyncio.sleep(self._look)
            for pool, position in sorted(positions.items()):
                if position - made.get(pool, 0) >= self._every:
                    made[pool] = position
                    await self._snapshot(pool)

    async def _snapshot(self, pool: str) -> None:
        try:
            position, fault = await self._made(pool)
        except OSError as away:
            position, fault = 0, f"{type(away).__name__}: {away}"
        if fault:
            _log.warning("no snapshot was made", pool=pool, reason=fault)
        elif position > self.kept.get(pool, 0):
            self.kept[pool] = position
            _log.info("snapshot made", pool=pool, position=position)

    async def _made(self, pool: str) -> tuple[int, str]:
        """Where the pool's snapshot stands now, and what went wrong.

        Not by Python's own processes (`multiprocessing`): what they leave behind when this one is killed complains of
        it in plain words. The key goes in by a pipe, as arguments and environment can be seen from outside.
        """
        level = logging.getLevelName(logging.getLogger().getEffectiveLevel())
        asked = {"level": level, "dsn": self._dsn, "key": self._key.hex(), "pool": pool, "every": self._every}
        arguments = (sys.executable, "-P", "-m", "infra.cluster.snapshot_process")
        # what this process can import that one can too, wherever it was started from
        where = os.environ | {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
        process = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, stdout=PIPE, env=where)
        try:
            said, _ = await process.communicate(json.dumps(asked).encode() + b"\n")
        finally:
            await _end(process)
        if not said.endswith(b"\n"):
            return 0, "its process ended before it was done"
        told = json.loads(said)
        return int(told["position"]), str(told["fault"])


async def _end(process: Process) -> None:
    """It has told, or nobody waits any more."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GONE):
                await process.wait()
