"""`trunkline serve` as a process of its own, started, killed and asked from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from infra.settings import LOOPBACK, Settings
from tests.faults.forking import Nursery

ROOT = Path(__file__).parents[2]
#: The console script, from the checkout.
TRUNKLINE = (sys.executable, "-c", "from infra.cli.main import main; main()")
#: Seconds a busy machine may take to start a centre, and to end one.
STARTS, ENDS = 90.0, 30.0
LOOK = 0.05


def free_port() -> int:
    """A port that is free at this moment. A restarted centre must come back where people know it."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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


@dataclass(slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


async def run(settings: Settings, *arguments: str, seconds: float = 120.0) -> Ended:
    """Run `trunkline ARGUMENTS` to its end."""
    process = await asyncio.create_subprocess_exec(
        *TRUNKLINE, *arguments, cwd=ROOT, env=environment(settings),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise AssertionError(f"trunkline {' '.join(arguments)} did not end within {seconds:g} s") from None
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


@dataclass(slots=True)
class Centre:
    """One centre on one data folder; at most one process of it at a time."""

    settings: Settings
    #: What the process said on standard error, of all its lives.
    said: Path
    #: Forks the processes where there is one; else each is started as a user would.
    nursery: Nursery | None = None
    _process: asyncio.subprocess.Process | None = None
    _pid: int = 0
    _code: int | None = None

    @property
    def url(self) -> str:
        return self.settings.base_url

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def alive(self) -> bool:
        if not self._pid or self._code is not None:
            return False
        try:
            return psutil.Process(self._pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    @property
    def resident(self) -> int:
        """Resident memory in bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    async def start(self) -> None:
        """Start a process and return at once."""
        assert not self.alive, "it runs already"
        self._code, environment_ = None, environment(self.settings)
        if self.nursery is not None:
            self._pid = await self.nursery.start(environment_, self.said)
            return
        with self.said.open("ab") as said:
            self._process = await asyncio.create_subprocess_exec(
                *TRUNKLINE, "serve", cwd=ROOT, env=environment_,
                stdin=asyncio.subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip
        self._pid = self._process.pid

    async def ended(self) -> int:
        """Wait for the end of the process; its exit code, negative for a signal."""
        if self._code is None:
            waiting = self._process.wait() if self.nursery is None and self._process else self._forked()
            self._code = await waiting
        return self._code

    async def _forked(self) -> int:
        assert self.nursery is not None
        while self.alive:  # noqa: ASYNC110 - another process's child tells nobody
            await asyncio.sleep(LOOK)
        return await self.nursery.wait(self._pid)

    async def ready(self, seconds: float = STARTS) -> None:
        """Wait until web and mail answer. Fails when the process ends meanwhile, with its last words."""
        try:
            async with asyncio.timeout(seconds):
                while not await self._answers():
                    assert self.alive, f"the centre ended by itself: {self.last_words()}"
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise AssertionError(f"the centre did not get ready in {seconds:g} s: {self.last_words()}") from None

    async def _answers(self) -> bool:
        try:
            async with httpx2.AsyncClient(base_url=self.url, timeout=5.0, trust_env=False) as client:
                if (await client.get("/readyz")).status_code != 200:
                    return False
            _, writer = await asyncio.open_connection(LOOPBACK, self.settings.smtp_in_port)
            writer.close()
        except (httpx2.HTTPError, OSError):
            return False
        return True

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
        """SIGTERM, and the exit code."""
        if self.alive:
            os.kill(self._pid, signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.ended(), ENDS)
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"the centre did not end within {ENDS:g} s of SIGTERM") from None
