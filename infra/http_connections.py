"""Connections of our HTTP servers, bounded where uvicorn's are not: their number, the time and the size of a head.

A connection on which nothing is asked, or a request whose head never ends, would be kept for ever. Some thousand of
them and the process could not even open one to its database.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds within which the head of a request has to be there, from the connection's beginning or its first byte.
HEAD_SECONDS = 15.0
#: Bytes of a head that is not complete.
HEAD_BYTES = 64 * 1024
#: Descriptors that connections leave for everything else: stores, a hundred who bring mail, files, the other servers.
LEFT_OVER = 256
#: Connections in any case.
LEAST = 32

_NO_ROOM = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class BoundedConnection(HttpToolsProtocol):
    """One connection. `most`: how many a server has at once; further ones are told to come back (503)."""

    most = LEAST

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in_head = False
        self._head_bytes = 0
        self._head_due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= self.most:
            self.transport = transport
            self._end(_NO_ROOM)
            return
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        counts = self._in_head or self._rests  # else some of it is the body of the request before
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data) if counts else 0
            if self._head_bytes > HEAD_BYTES:
                self._end(_TOO_LARGE)
        if self._rests and self.timeout_keep_alive_task is None:
            self._expect_head()  # whatever came: a blank line, more of a body that nobody reads

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_is_there()
        super().on_headers_complete()

    @property
    def _rests(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _expect_head(self) -> None:
        if self._head_due is None:
            self._head_due = self.loop.call_later(HEAD_SECONDS, self._late)

    def _head_is_there(self) -> None:
        if self._head_due is not None:
            self._head_due.cancel()
            self._head_due = None

    def _late(self) -> None:
        self._head_due = None
        # a next head may come in while an answer is still going out: that is ended by its own limit
        if self._rests:
            self._end(_TOO_LATE if self._in_head else b"")

    def _end(self, word: bytes) -> None:
        if not self.transport.is_closing():
            if word:
                self.transport.write(word)
            self.transport.close()


def connections(descriptors: int) -> type[BoundedConnection]:
    """For a server of a process that may have so many descriptors open."""
    room = max(LEAST, descriptors - LEFT_OVER)
    return type("Connection", (BoundedConnection,), {"most": room})
