"""A process that projects, to be killed: `python -m tests.projections.killed FOLDER live|rebuild`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from infra.keys.sqlite import SqliteKeyring
from infra.log.opening import KeyOpener
from infra.log.sqlite import SqliteLog
from infra.projecting import Projecting
from infra.rebuild import Progress, Rebuild
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from tests.projections.given import POOL

MASTER = bytes(range(32))


def open_parts(folder: Path, *, write: bool = False) -> tuple[SqliteLog, SqliteRows, KeyOpener]:
    keyring = SqliteKeyring(folder / "keys.sqlite", MASTER)
    rows = SqliteRows(folder / "rows.sqlite", tuple(PROJECTIONS.values()))
    return SqliteLog(folder / "log.sqlite", keyring, write=write), rows, KeyOpener(keyring)


async def run(folder: Path, how: str) -> None:
    log, rows, opener = open_parts(folder)
    if how == "live":
        projecting = Projecting(log, rows, opener, PROJECTIONS.values(), pools=[POOL], batch=3)
        running = asyncio.create_task(projecting.run())
        print("begun", flush=True)
        await projecting.reached(PROJECTIONS, POOL, await log.head(), 60)
        print("done", flush=True)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    else:

        def begun(progress: Progress) -> None:
            print("begun", flush=True)

        await Rebuild(log, rows, opener, batch=5, watch=begun).replace(PROJECTIONS["customer_history"])
        print("done", flush=True)
    rows.close()
    await log.close()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
