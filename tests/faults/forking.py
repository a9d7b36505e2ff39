"""Processes of `trunkline` forked from one that has read all its code: a start costs no five seconds of imports.

What is killed is a process of its own in every respect that matters here: memory, files, locks, sockets.
Run as a program, this is the process that forks; it takes orders as JSON lines.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parents[2]
#: A variable that says how many descriptors a process may have, as `soft:hard`.
DESCRIPTORS = "TESTS_DESCRIPTORS"


class Nursery:
    """The forking process, asked from outside, from any thread. One order at a time."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._turn = threading.Lock()

    def start(self, arguments: Sequence[str], environment: Mapping[str, str], out: Path, err: Path) -> int:
        """Fork `trunkline ARGUMENTS`, which writes to these files; its process id."""
        order = {"arguments": list(arguments), "environment": dict(environment), "out": str(out), "err": str(err)}
        return int(self._ask(order)["pid"])

    def collect(self, pid: int) -> int:
        """The exit code of a process that has ended, negative for a signal."""
        return int(self._ask({"wait": pid})["code"])

    def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._turn:
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
            return json.loads(stdout.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A forking process for the length of the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.forking"],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield Nursery(process)
    finally:
        process.communicate()


# --- the forking process


def main() -> None:
    _read_all_code()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            _, status = os.waitpid(order["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        else:
            pid = os.fork()
            if pid == 0:
                _become(order)
            answer = {"pid": pid}
        print(json.dumps(answer), flush=True)


def _read_all_code() -> None:
    """Import what a command imports only when it is asked for: the point of it all."""
    from infra.cli.main import COMMANDS

    for place in COMMANDS.values():
        import_module(place.partition(":")[0])
    import_module("infra.process")
    web = import_module("web.app")
    web.declared(web.described())  # works the routes out
    # what is never looked at again is never copied into a process either
    gc.collect()
    gc.freeze()


def _become(order: Mapping[str, Any]) -> NoReturn:
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 1)
        os.dup2(os.open(order["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), 2)
        os.environ.clear()
        os.environ.update(order["environment"])
        random.seed()
        if DESCRIPTORS in order["environment"]:
            soft, hard = order["environment"][DESCRIPTORS].split(":")
            resource.setrlimit(resource.RLIMIT_NOFILE, (int(soft), int(hard)))
        sys.argv = ["trunkline", *order["arguments"]]
        from infra.cli.main import main as trunkline

        trunkline()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - told, and the process ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
