"""Attachments looked at by a virus scanner before anybody opens them: the seam, and a command as adapter.

Whoever wires it stores the verdict with the message. What could not be scanned is never called clean.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Final, NamedTuple, Protocol

from channels.email.charset import clean

#: Of what a scanner says, bytes read and characters kept.
_MAX_OUTPUT: Final = 64 * 1024
_MAX_REASON: Final = 300
#: Seconds given to the pipe of a scanner that was ended.
_LAST_WORDS: Final = 2.0


class Harmless(NamedTuple):
    """Nothing was found."""

    scanner: str


class Infected(NamedTuple):
    """Something was found; `finding` is the scanner's own word for it."""

    scanner: str
    finding: str


class Unscanned(NamedTuple):
    """No verdict, and why: too large, the scanner failed or took too long. To be treated as possibly infected."""

    scanner: str
    reason: str


Verdict = Harmless | Infected | Unscanned
_LEFT_OUT: Final = re.compile(r"attachment (\d{1,6}): infected \(")


def left_out(number: int, found: Infected) -> str:
    """What a message says of an infected attachment, by its number from 1."""
    return f"attachment {number}: infected ({found.finding}), left out"


def numbers_left_out(said: Iterable[str]) -> frozenset[int]:
    """Which attachments were left out, by what the message says: its own bytes hold them still."""
    return frozenset(int(found[1]) for one in said if (found := _LEFT_OUT.match(one)))


class AttachmentScanner(Protocol):
    """Looks at one attachment. Never raises for what scanners and files do."""

    async def scan(self, content: bytes) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class CommandScanner:
    """A scanner run as a command that reads the file from its standard input, such as `clamdscan --no-summary -`.

    `harmless` and `infected`: exit codes that say so (clamdscan's: 0 and 1); any other is no verdict. `timeout` in
    seconds, after which the command and what it started are ended. `max_bytes`: larger files are not handed over.
    `at_once`: how many run side by side; others wait. The command is run without a shell and, save for `environment`,
    with an empty environment. The name of the file is not told to it: it comes from strangers.
    """

    command: Sequence[str]
    timeout: float = 30.0
    max_bytes: int = 25 * 1024 * 1024
    harmless: frozenset[int] = frozenset({0})
    infected: frozenset[int] = frozenset({1})
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    at_once: int = 4
    _places: asyncio.Semaphore = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.command or self.timeout <= 0 or self.at_once < 1 or self.harmless & self.infected:
            raise ValueError("a scanner needs a command, a time-out, a place, and exit codes that differ")
        object.__setattr__(self, "_places", asyncio.Semaphore(self.at_once))

    async def scan(self, content: bytes) -> Verdict:
        """The verdict on one attachment."""
        if len(content) > self.max_bytes:
            return Unscanned(self._name, f"larger than {self.max_bytes} bytes")
        async with self._places:
            return await self._run(content)

    @property
    def _name(self) -> str:
        return os.path.basename(self.command[0])

    async def _run(self, content: bytes) -> Verdict:
        try:
            with await asyncio.to_thread(_file, content) as file:
                return await self._ask(file)
        except OSError as error:
            return Unscanned(self._name, f"cannot be started: {error.strerror or error}")

    async def _ask(self, file: IO[bytes]) -> Verdict:
        process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=file,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=dict(self.environment),
            start_new_session=True,
        )
        finished = False
        try:
            async with asyncio.timeout(self.timeout):
                said = await _bounded(process.stdout)
                code = await process.wait()
            finished = True
        except TimeoutError:
            return Unscanned(self._name, f"no verdict within {self.timeout:g} s")
        finally:
            if not finished:
                await _end(process)
        return self._verdict(code, said)

    def _verdict(self, code: int, said: bytes) -> Verdict:
        words = " ".join(clean(said.decode("utf-8", "replace")).split())[:_MAX_REASON]
        if code in self.harmless:
            return Harmless(self._name)
        if code in self.infected:
            return Infected(self._name, words or "no name given")
        return Unscanned(self._name, f"exit code {code}: {words}".rstrip(": "))


def _file(content: bytes) -> IO[bytes]:
    """A file without a name, from its beginning: unlike a pipe it can be left unread without anybody waiting."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever asked for it
    file.write(content)
    file.seek(0)
    return file


async def _bounded(pipe: asyncio.StreamReader | None) -> bytes:
    """The first part of what is said; the rest is read and let go, so that the scanner does not wait for us."""
    said = b""
    while pipe is not None and (piece := await pipe.read(4096)):
        said = (said + piece)[:_MAX_OUTPUT]
    return said


async def _end(process: asyncio.subprocess.Process) -> None:
    """The whole group, even if the command itself has gone: its children may hold the pipe open."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # Until the pipe is seen to end, its transport stays open; a child that left the group may keep it so.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_WORDS):
            await _bounded(process.stdout)
            await process.wait()
