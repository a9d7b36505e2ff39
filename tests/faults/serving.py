"""`trunkline serve` as a process of its own, started, killed and asked from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from infra.settings import LOOPBACK, Settings
from tests.faults.forking import Nursery

ROOT = Path(__file__).parents[2]
#: Seconds a busy machine may take to start a centre, and to end one.
STARTS, ENDS = 180.0, 60.0
LOOK = 0.05
#: The same where many processes are looked at at once.
MANY_LOOK = 0.3


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
    """One centre, or one process of it by its role, on one data folder; at most one such process at a time."""

    settings: Settings
    #: What the process said on standard error, of all its lives.
    said: Path
    nursery: Nursery
    role: str = "all"
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

    @property
    def _arguments(self) -> list[str]:
        return ["serve"] if self.role == "all" else ["serve", "--role", self.role]

    @property
    def operations(self) -> str:
        """Where the process tells how it is."""
        return f"http://{LOOPBACK}:{self.settings.operations_port}"

    async def start(self) -> None:
        """Start a process and return at once."""
        assert not self.alive, "it runs already"
        self._code = None
        self._since = self.said.stat().st_size if self.said.exists() else 0
        where = environment(self.settings)
        self._pid = await asyncio.to_thread(self.nursery.start, self._arguments, where, self.said, self.said)

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
                    await asyncio.sleep(LOOK if self.role == "all" else MANY_LOOK)
        except TimeoutError:
            raise AssertionError(f"the centre did not get ready in {seconds:g} s: {self.last_words()}") from None

    async def answers(self) -> bool:
        """Whether the process is ready at this moment: the whole centre where web and mail answer."""
        if self.role != "all":
            return await self._says_ready()
        try:
            async with httpx2.AsyncClient(base_url=self.url, timeout=5.0, trust_env=False) as client:
                if (await client.get("/readyz")).status_code != 200:
                    return False
            _, writer = await asyncio.open_connection(LOOPBACK, self.settings.smtp_in_port)
            writer.close()
        except (httpx2.HTTPError, OSError):
            return False
        return True

    async def _says_ready(self) -> bool:
        try:
            return (await self.ask("/readyz")).status_code == 200
        except httpx2.HTTPError:
            return False

    async def ask(self, path: str) -> httpx2.Response:
        """Ask the process how it is. Raises `httpx2.HTTPError`."""
        async with httpx2.AsyncClient(base_url=self.operations, timeout=10.0, trust_env=False, verify=False) as client:
            return await client.get(path)

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

    async def kill_all(self) -> None:
        """Leave nothing running."""
        if self.alive:
            await self.kill()

    async def stop(self) -> int:
        """SIGTERM, and the exit code; -9 when it did not end within `ENDS`."""
        if self.alive:
            os.kill(self._pid, signal.SIGTERM)
        return await self.ended()
