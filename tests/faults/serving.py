"""`trunkline serve` as a process of its own, started, killed and asked from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from infra.settings import LOOPBACK, Settings
from tests.faults.forking import Nursery

ROOT = Path(__file__).parents[2]
#: Seconds a busy machine may take to start a centre, and to end one.
STARTS, ENDS = 90.0, 30.0
LOOK = 0.05


def free_port() -> int:
    """A port that is free at this moment, and that no outgoing connection gets while a centre is down.

    A restarted centre must come back where people know it; systems give connections ports from 32768 on.
    """
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port


def environment(settings: Settings) -> dict[str, str]:
    """The variables that lead another process to these settings, and none of our own."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")}
    given = {
        name: value
        for name, value in settings.model_dump(exclude_defaults=True).items()
        if value is not None and name not in ("imap",)
    }
    for name, value in given.items():
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        found[f"TRUNKLINE_{name.upper()}"] = plain
    return found | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "500"}


class Ended(Exception):
    """A centre ended that should have run."""

    def __init__(self, code: int, words: str) -> None:
        self.code = code
        super().__init__(f"exit code {code}: {words}")


@dataclass(slots=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


async def run(settings: Settings, nursery: Nursery, *arguments: str, seconds: float = 120.0) -> Done:
    """Run `trunkline ARGUMENTS` to its end."""
    with tempfile.TemporaryDirectory(prefix="tl-run-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        pid = await asyncio.to_thread(nursery.start, arguments, environment(settings), out, err)
        code = await _ended(pid, nursery, seconds)
        return Done(code, *(_text(one) for one in (out, err)))


def _text(file: Path) -> str:
    return file.read_text("utf-8")


async def _ended(pid: int, nursery: Nursery, seconds: float) -> int:
    """The exit code of a process; one that does not end is killed, which its exit code tells."""
    ends = asyncio.get_running_loop().time() + seconds
    while is_running(pid):
        if asyncio.get_running_loop().time() > ends:
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(LOOK)
    return await asyncio.to_thread(nursery.collect, pid)


def is_running(pid: int) -> bool:
    """Whether there is such a process and it has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@dataclass(slots=True)
class Centre:
    """One centre on one data folder; at most one process of it at a time."""

    settings: Settings
    #: What the process said on standard error, of all its lives.
    said: Path
    nursery: Nursery
    _pid: int = 0
    _code: int | None = None
    _since: int = 0

    @property
    def url(self) -> str:
        return self.settings.base_url

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def alive(self) -> bool:
        return bool(self._pid) and self._code is None and is_running(self._pid)

    @property
    def resident(self) -> int:
        """Resident memory in bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    async def start(self) -> None:
        """Start a process and return at once."""
        assert not self.alive, "it runs already"
        self._code = None
        self._since = self.said.stat().st_size if self.said.exists() else 0
        where = environment(self.settings)
        self._pid = await asyncio.to_thread(self.nursery.start, ["serve"], where, self.said, self.said)

    async def ended(self, seconds: float = ENDS) -> int:
        """Wait for the end of the process; its exit code, negative for a signal."""
        if self._code is None:
            self._code = await _ended(self._pid, self.nursery, seconds)
        return self._code

    async def ready(self, seconds: float = STARTS) -> None:
        """Wait until web and mail answer. Raises `Ended` when the process ends meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                while not await self.answers():
                    if not self.alive:
                        raise Ended(await self.ended(), self.last_words())
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise AssertionError(f"the centre did not get ready in {seconds:g} s: {self.last_words()}") from None

    async def answers(self) -> bool:
        """Whether web and mail answer at this moment."""
        try:
            async with httpx2.AsyncClient(base_url=self.url, timeout=5.0, trust_env=False) as client:
                if (await client.get("/readyz")).status_code != 200:
                    return False
            _, writer = await asyncio.open_connection(LOOPBACK, self.settings.smtp_in_port)
            writer.close()
        except (httpx2.HTTPError, OSError):
            return False
        return True

    def this_life(self) -> str:
        """What the present or last process has said."""
        return self.said.read_bytes()[self._since :].decode("utf-8", errors="replace")

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(self.said.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def complaints(self) -> list[str]:
        """Log lines of level error, and whatever is no log line (a stack trace)."""
        found: list[str] = []
        for line in self.said.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                one = json.loads(line)
            except ValueError:
                found.append(line[:300])
            else:
                if isinstance(one, dict) and one.get("level") in ("error", "critical"):
                    found.append(line[:300])
        return found

    async def kill(self) -> None:
        """SIGKILL: no good-byes."""
        if self.alive:
            os.kill(self._pid, signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int:
        """SIGTERM, and the exit code; -9 when it did not end within `ENDS`."""
        if self.alive:
            os.kill(self._pid, signal.SIGTERM)
        return await self.ended()
