"""Processes of `trunkline serve` forked from one that has read all its code: a start costs no three seconds of imports.

What is killed is a process of its own in every respect that matters here: memory, files, locks, sockets.
Run as a program, this is the process that forks; it takes orders as JSON lines.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]


class Nursery:
    """The forking process, asked from outside. One order at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def start(self, environment: Mapping[str, str], said: Path) -> int:
        """Fork a centre; its process id."""
        return int((await self._ask({"environment": dict(environment), "said": str(said)}))["pid"])

    async def wait(self, pid: int) -> int:
        """Wait for a centre's end; its exit code, negative for a signal."""
        return int((await self._ask({"wait": pid}))["code"])

    async def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        async with self._turn:
            stdin.write(json.dumps(order).encode() + b"\n")
            await stdin.drain()
            return json.loads(await stdout.readline())


@asynccontextmanager
async def nursery() -> AsyncGenerator[Nursery]:
    """A forking process for the length of the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.forking", cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


# --- the forking process


def main() -> None:
    import infra.cli.main  # noqa: F401 - the point of it all

    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            pid = os.fork()
            if pid == 0:
                _serve(order["environment"], order["said"])
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


def _serve(environment: dict[str, str], said: str) -> NoReturn:
    code = 1
    try:
        nothing, out = os.open(os.devnull, os.O_RDONLY), os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(nothing, 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        sys.argv = ["trunkline", "serve"]
        from infra.cli.main import main as trunkline

        trunkline()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - told, and the process ends
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
