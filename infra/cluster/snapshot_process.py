"""The process that makes one snapshot: it is told what to make on its standard input, and tells on its output what came
of it; one line of JSON each. It reads nothing else of whom it belongs to, who may be gone at any moment.

    python -m infra.cluster.snapshot_process
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys

from domain.ports import LogUnavailable, UnreadableEvent
from infra.cluster.snapshots import Snapshots, latest_router
from infra.log.opened import NoKeyring
from infra.log.postgres import PostgresLog
from infra.log.registry import know_all_events
from infra.logs import configure_logs

#: Events read at once.
PAGE = 5_000
#: How much the process gives way to those that route.
NICE = 10


def make_snapshot(dsn: str, key: bytes, pool: str, every: int) -> int:
    """Make a snapshot when so many events have come since the last; where the last one stands then. Blocks.

    0: there is none.
    """
    return asyncio.run(_make(dsn, key, pool, every))


async def _make(dsn: str, key: bytes, pool: str, every: int) -> int:
    log, snapshots = PostgresLog(dsn, NoKeyring()), Snapshots(dsn, key)
    try:
        router = await latest_router(log, snapshots, pool)
        kept, folded, last = router.position, 0, ""
        while events := await log.read(router.position, PAGE, pool=pool):
            for event in events:
                router.fold(event)
            folded, last = folded + len(events), events[-1].event_id
        return router.position if folded >= every and snapshots.keep(router, last) else kept
    finally:
        await log.close()


def main() -> None:
    """Give way, speak as the one that this process belongs to, make the snapshot, tell what came of it."""
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return  # whoever began to say it was killed
    asked = json.loads(line)
    os.nice(NICE)
    configure_logs(asked["level"], role="router")
    know_all_events()
    position, fault = 0, ""
    try:
        position = make_snapshot(asked["dsn"], bytes.fromhex(asked["key"]), asked["pool"], asked["every"])
    except (LogUnavailable, UnreadableEvent, OSError) as told:
        fault = f"{type(told).__name__}: {told}"
    except Exception as told:  # noqa: BLE001  told by who it belongs to; its own words may name people
        fault = type(told).__name__
    with contextlib.suppress(OSError):  # whom it belonged to may be gone
        os.write(sys.stdout.fileno(), json.dumps({"position": position, "fault": fault}).encode() + b"\n")


if __name__ == "__main__":
    main()
