"""A peer's server on loopback: keeps what it is told, answers as it is asked to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

#: A secret of the form the specification wants.
SECRET = "whsec_" + "MDEy" * 8


@dataclass(frozen=True, slots=True)
class Request:
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Peer:
    port: int = 0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    requests: list[Request] = field(default_factory=list[Request])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hook"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Request(headers, body))
        more = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(f"HTTP/1.1 {self.status} Said\r\ncontent-length: 0\r\nconnection: close\r\n{more}\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def peer(status: int = 200, headers: Mapping[str, str] | None = None) -> AsyncGenerator[Peer]:
    made = Peer(status=status, headers=headers or {})
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
