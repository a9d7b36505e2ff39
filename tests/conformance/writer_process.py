"""A writing process, started by the tests: appends without end and says what was acknowledged.

    python -m tests.conformance.writer_process URL NAME TASKS [COUNT]

Prints one line per acknowledged append (`stream version position`), flushed, so that whatever the parent has read
was acknowledged before a kill could hit.
"""

from __future__ import annotations

import asyncio
import sys

from domain.ports import VersionConflict
from infra.keys.memory import MemoryKeyring
from infra.log.opened import open_log
from infra.log.postgres import PostgresLog
from tests.conformance.events import rings


async def write(url: str, name: str, tasks: int, count: int) -> None:
    # A keyword connection string (the tests' own) is no URL.
    log = await (open_log(url, MemoryKeyring()) if "://" in url else PostgresLog.open(url, MemoryKeyring()))
    print("ready", flush=True)

    async def one(number: int) -> None:
        stream = f"{name}-{number}"
        version = len(await log.read_stream(stream))
        done = 0
        while count == 0 or done < count:
            # Now and then several streams at once, one of them contended by all processes.
            change = rings(stream, version, 1 + version % 3)
            shared = len(await log.read_stream("shared")) if done % 10 == 9 else None
            try:
                extra = [] if shared is None else [rings("shared", shared)]
                appended = await log.append(change, *extra)
            except VersionConflict as conflict:
                if conflict.stream != "shared":
                    raise  # nobody else writes to this stream
                continue
            version = appended.versions[stream]
            done += 1
            print(stream, version, appended.position, flush=True)

    await asyncio.gather(*(one(number) for number in range(tasks)))
    await log.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 0))
