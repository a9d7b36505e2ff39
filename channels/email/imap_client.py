"""A typed face for the few things we ask of aioimaplib, which knows no types and waits for ever on some answers."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable
from typing import Any, Final, TypeVar, cast

import aioimaplib  # pyright: ignore[reportMissingTypeStubs]

_UIDVALIDITY: Final = re.compile(rb"UIDVALIDITY (\d{1,10})")
_QUOTED_BODY: Final = re.compile(rb'BODY\[\](?:<\d+>)? "((?:[^"\\]|\\.)*)"')
_GOODBYE_SECONDS: Final = 2.0
_T = TypeVar("_T")


class ImapBroken(Exception):
    """The connection or the server's answer is of no use any more; connect again."""


class ImapRefused(Exception):
    """The server understood and said no (wrong password, no such folder); says what it said."""


class ImapClient:
    """One connection with one folder selected (RFC 3501). `timeout` in seconds for each command.

    Raises `ImapBroken` and `ImapRefused`, nothing of the library beneath.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, timeout: float) -> None:
        self._timeout = timeout
        self._lost = asyncio.Event()
        library: Any = aioimaplib.IMAP4
        self._library: Any = library(
            host, port, timeout=timeout, conn_lost_cb=self._connection_lost, ssl_context=context
        )

    def _connection_lost(self, error: Exception | None) -> None:
        self._lost.set()

    async def open(self, username: str, password: str, folder: str) -> int:
        """Log in and select; returns the folder's UIDVALIDITY."""
        await self._guarded(self._library.wait_hello_from_server())
        self._checked(await self._guarded(self._library.login(_quoted(username), password)), "log-in")
        lines = self._checked(await self._guarded(self._library.select(_quoted(folder))), f"folder {folder}")
        joined = b"\n".join(lines)
        if b"[READ-ONLY]" in joined:
            raise ImapRefused(f"folder {folder} is read-only: mails could not be marked as taken")
        found = _UIDVALIDITY.search(joined)
        return int(found[1]) if found else 0

    async def search(self, criterion: str) -> list[int]:
        """UIDs, ascending."""
        answer = await self._guarded(self._library.uid_search(criterion, charset=None))
        lines = self._checked(answer, "search")
        return sorted({int(word) for line in lines[:-1] for word in line.split() if word.isdigit()})

    async def fetch(self, uid: int, most: int) -> bytes | None:
        """At most `most` bytes of the mail, its flags untouched; None when it is gone."""
        answer = await self._guarded(self._library.uid("fetch", str(uid), f"(BODY.PEEK[]<0.{most}>)"), fetching=True)
        self._checked(answer, "fetch")
        parts = cast("list[bytes | bytearray]", answer.lines)
        literal = next((bytes(part) for part in parts if isinstance(part, bytearray)), None)
        if literal is not None:
            return literal
        # A short mail on one line may come as a quoted string instead (RFC 3501 section 4.3).
        quoted = next((match for part in parts if (match := _QUOTED_BODY.search(part))), None)
        return re.sub(rb"\\(.)", rb"\1", quoted[1]) if quoted else None

    async def mark_seen(self, uid: int) -> None:
        self._checked(await self._guarded(self._library.uid("store", str(uid), "+FLAGS.SILENT", r"(\Seen)")), "store")

    async def move(self, uid: int, folder: str) -> None:
        """To another folder in one step (RFC 6851), or by copying and removing where the server cannot."""
        if self._library.has_capability("MOVE"):
            self._checked(await self._guarded(self._library.uid("move", str(uid), _quoted(folder))), "move")
            return
        self._checked(await self._guarded(self._library.uid("copy", str(uid), _quoted(folder))), "copy")
        flagged = self._library.uid("store", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._checked(await self._guarded(flagged), "store")
        uidplus = self._library.has_capability("UIDPLUS")
        expunge = self._library.uid("expunge", str(uid)) if uidplus else self._library.expunge()
        self._checked(await self._guarded(expunge), "expunge")

    async def wait_for_news(self, seconds: float) -> None:
        """Until the server tells of something new by IDLE (RFC 2177), at most `seconds`."""
        idle = await self._guarded(self._library.idle_start(timeout=seconds + self._timeout))
        try:
            await self._pushed(seconds)
        finally:
            self._library.idle_done()
        await self._guarded(asyncio.shield(idle))

    async def nothing_new(self) -> None:
        """Ask whether the connection lives (NOOP)."""
        self._checked(await self._guarded(self._library.noop()), "noop")

    @property
    def can_idle(self) -> bool:
        return bool(self._library.has_capability("IDLE"))

    async def close(self) -> None:
        """Log out if the server still listens; the connection is gone afterwards."""
        transport = getattr(self._library.protocol, "transport", None)
        if transport is not None and not self._lost.is_set():
            try:
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._library.logout()
            except (aioimaplib.AioImapException, TimeoutError, OSError):
                self._lost.set()
            finally:
                transport.close()

    async def _pushed(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            while (left := end - loop.time()) > 0:
                push = asyncio.ensure_future(self._library.wait_server_push(timeout=left + self._timeout))
                done, _ = await asyncio.wait({push, lost}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                if push not in done:
                    push.cancel()
                if lost in done:
                    raise ImapBroken("connection lost while waiting for mail")
                if push in done and any(b"EXISTS" in line for line in _lines(push.result())):
                    return
        finally:
            lost.cancel()

    async def _guarded(self, work: Awaitable[_T], *, fetching: bool = False) -> _T:
        """The library's answer within the time allowed; a fetch has its own clock, set back by every byte."""
        lost = asyncio.ensure_future(self._lost.wait())
        task = asyncio.ensure_future(work)
        try:
            within = None if fetching else self._timeout
            await asyncio.wait({task, lost}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise ImapBroken("connection lost" if lost.done() else f"no answer within {self._timeout:g} s")
        except (aioimaplib.AioImapException, TimeoutError, OSError, ValueError) as error:
            raise ImapBroken(f"{type(error).__name__}: {error}"[:200]) from error
        finally:
            lost.cancel()
            task.cancel()

    def _checked(self, answer: Any, what: str) -> list[bytes]:
        lines = _lines(answer.lines)
        if answer.result != "OK":
            said = lines[-1].decode("utf-8", "replace") if lines else ""
            raise ImapRefused(f"{what}: {answer.result} {said}"[:200])
        return lines


def _lines(answer: Any) -> list[bytes]:
    """The lines of an answer without literals; a push may also be a lone word of the library's own."""
    if not isinstance(answer, list):
        return []
    return [line for line in cast("list[Any]", answer) if isinstance(line, bytes)]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
