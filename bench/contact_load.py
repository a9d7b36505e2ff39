"""The load of `bench.contact`: HTTP and SMTP spoken by hand, so that the client costs as little as it can."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Request(NamedTuple):
    """A request ready to be sent, and what it is about."""

    port: int
    raw: bytes
    about: str


class Mail(NamedTuple):
    sender: str
    recipient: str
    message_id: str


def request_of(port: int, path: str, body: bytes, headers: Mapping[str, str], about: str) -> Request:
    """A POST of a form, kept alive."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return Request(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body, about)


class Connection:
    """A kept-alive HTTP connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Connection:
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: Request) -> int:
        """The status of the answer."""
        self._writer.write(request.raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        if length:
            await self._reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        self._writer.close()


async def _drain(queue: asyncio.Queue[tuple[float, Request]], into: dict[str, Any]) -> None:
    due, request = await queue.get()
    connection = await Connection.open(request.port)
    try:
        while True:
            try:
                status = await connection.ask(request)
            except (asyncio.IncompleteReadError, ConnectionError):
                # a server closes what was idle for long; what it has not answered is sent again, as providers do
                connection = await Connection.open(request.port)
                status = await connection.ask(request)
            into["latencies"].append(time.perf_counter() - due)
            into["refused"] += not 200 <= status < 300
            due, request = await queue.get()
    finally:
        connection.close()


async def _through(requests: Sequence[Request], connections: int, pace: float | None) -> dict[str, Any]:
    """Send them over so many connections; latencies count from when each was due."""
    queue: asyncio.Queue[tuple[float, Request]] = asyncio.Queue()
    into: dict[str, Any] = {"latencies": list[float](), "refused": 0}
    workers = [asyncio.create_task(_drain(queue, into)) for _ in range(min(connections, len(requests)))]
    began = time.perf_counter()
    for number, request in enumerate(requests):
        due = began + number / pace if pace else time.perf_counter()
        if due > time.perf_counter():
            await asyncio.sleep(due - time.perf_counter())
        queue.put_nowait((due, request))
    while len(into["latencies"]) < len(requests):
        await asyncio.sleep(0.001)
        for worker in workers:
            if worker.done():
                worker.result()
    seconds = time.perf_counter() - began
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    return into | {"sent": len(requests), "per_second": round(len(requests) / seconds, 1)}


async def paced(requests: Sequence[Request], per_second: float, connections: int) -> dict[str, Any]:
    """At a steady rate, whether or not the server keeps up."""
    return await _through(requests, connections, per_second)


async def saturated(requests: Sequence[Request], connections: int) -> dict[str, Any]:
    """As fast as the answers come."""
    return await _through(requests, connections, None)


async def deliver(port: int, mails: Sequence[Mail], sessions: int) -> int:
    """Mail by SMTP (RFC 5321), many in one session; how many were taken."""
    shares = [mails[start::sessions] for start in range(sessions)]
    return sum(await asyncio.gather(*(_session(port, share) for share in shares)))


async def _session(port: int, mails: Sequence[Mail]) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def said(line: str = "") -> int:
        if line:
            writer.write(line.encode() + b"\r\n")
        while True:
            answer = await reader.readline()
            if answer[3:4] != b"-":
                return int(answer[:3])

    await said()
    await said("EHLO load.example")
    taken = 0
    for mail in mails:
        await said(f"MAIL FROM:<{mail.sender}>")
        await said(f"RCPT TO:<{mail.recipient}>")
        await said("DATA")
        taken += await said(_text(mail)) == 250
    await said("QUIT")
    writer.close()
    return taken


def _text(mail: Mail) -> str:
    return "\r\n".join(
        (
            f"From: Customer <{mail.sender}>", f"To: <{mail.recipient}>", f"Message-ID: <{mail.message_id}>",
            "Date: Mon, 02 Mar 2026 09:30:00 +0100", "Subject: Invoice 4711 is wrong", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "",
            "Good morning,", "the invoice for February shows two deliveries, but we had only one.", "Regards", ".",
        )
    )  # fmt: skip
