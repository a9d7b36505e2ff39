"""The people of `bench.roles`: customers who text and write mails, agents who take what rings and resolve it."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from twilio.request_validator import RequestValidator

from bench.contact_load import Connection, Mail, Request, deliver, request_of
from bench.roles_centre import MAILBOX, NUMBER, PROJECT, TOKEN

#: Seconds that a text and a mail take an agent, from and to.
HANDLING = (0.5, 2.0)
#: Connections over which the provider tells of texts. Each desk has one of its own for what its agent does.
CONNECTIONS = 64


def text_of(validator: RequestValidator, base_url: str, port: int, number: int, tag: str) -> Request:
    """A text of a customer who has not written before."""
    sid = f"SM{tag}{number:0{32 - len(tag)}x}"
    fields = {
        "MessageSid": sid, "AccountSid": "AC" + "0" * 32, "From": f"+48{600_000_000 + number:09}", "To": NUMBER,
        "Body": "Where is my parcel?", "NumMedia": "0", "NumSegments": "1",
    }  # fmt: skip
    path = "/texts/twilio/incoming"
    signed = {"X-Twilio-Signature": validator.compute_signature(base_url + path, fields)}
    return request_of(port, path, urlencode(fields).encode(), signed, sid)


@dataclass(slots=True)
class Customers:
    """Send at a steady rate, whether or not the centre keeps up. `sent` and `stored`: when, by what was sent."""

    base_url: str
    smtp: int
    #: So many of a hundred write mails, the others texts.
    mails: int
    sent: dict[str, float] = field(default_factory=dict[str, float])
    stored: dict[str, float] = field(default_factory=dict[str, float])
    refused: int = 0
    _number: int = 0

    async def come(self, rate: float, seconds: float) -> list[str]:
        """The ids of what was sent."""
        port = urlsplit(self.base_url).port
        assert port is not None
        validator, lines = RequestValidator(TOKEN), asyncio.Queue[Connection]()
        for _ in range(CONNECTIONS):
            lines.put_nowait(await Connection.open(port))
        began, tasks, ids = time.perf_counter(), list[asyncio.Task[None]](), list[str]()
        for n in range(round(rate * seconds)):
            due = began + n / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self._number += 1
            if n * self.mails % 100 < self.mails:
                sending = self._mail(ids, due)
            else:
                sending = self._text(text_of(validator, self.base_url, port, self._number, "d"), lines, ids, due)
            tasks.append(asyncio.create_task(sending))
        await asyncio.gather(*tasks)
        while not lines.empty():
            lines.get_nowait().close()
        return ids

    async def _text(self, request: Request, lines: asyncio.Queue[Connection], ids: list[str], due: float) -> None:
        self.sent[request.about] = due
        ids.append(request.about)
        line = await lines.get()
        try:
            status = await line.ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            line = await Connection.open(request.port)
            status = await line.ask(request)
        lines.put_nowait(line)
        self.stored[request.about] = time.perf_counter()
        self.refused += not 200 <= status < 300

    async def _mail(self, ids: list[str], due: float) -> None:
        about = f"{self._number}@mail.example"
        self.sent[about] = due
        ids.append(about)
        taken = await deliver(self.smtp, [Mail(f"customer{self._number}@mail.example", MAILBOX, about)], 1)
        self.stored[about] = time.perf_counter()
        self.refused += 1 - taken


@dataclass(slots=True)
class Agents:
    """Desks of agents: what rings is taken, and finished soon. `offered`: when each interaction first rang."""

    base_url: str
    offered: dict[str, float] = field(default_factory=dict[str, float])
    finished: int = 0
    answers: Counter[int] = field(default_factory=Counter[int])
    _silent: int = 0
    _all_begun: asyncio.Event = field(default_factory=asyncio.Event)
    _streams: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    _works: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    _dice: Random = field(default_factory=lambda: Random(7))
    _lines: asyncio.Queue[Connection] = field(default_factory=asyncio.Queue[Connection])

    async def begin(self, tokens: Mapping[str, str]) -> None:
        port = urlsplit(self.base_url).port
        assert port is not None
        for _ in tokens:
            self._lines.put_nowait(await Connection.open(port))
        self._silent = len(tokens)
        self._streams += [asyncio.create_task(self._listen(name, token, port)) for name, token in tokens.items()]
        async with asyncio.timeout(120):
            await self._all_begun.wait()

    async def end(self) -> None:
        for task in (*self._streams, *self._works):
            task.cancel()
        await asyncio.gather(*self._streams, *self._works, return_exceptions=True)
        while not self._lines.empty():
            self._lines.get_nowait().close()

    async def _listen(self, name: str, token: str, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        request = f"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"event: hello"):
                    self._silent -= 1
                    if not self._silent:
                        self._all_begun.set()
                elif line.startswith(b"data: ") and b'"interaction.offered.v1"' in line:
                    data = json.loads(line[6:])["data"]
                    if data["agent_id"] == name:
                        self.offered.setdefault(data["interaction_id"], time.perf_counter())
                        work = asyncio.create_task(self._work(token, port, data))
                        self._works.add(work)
                        work.add_done_callback(self._works.discard)
        finally:
            writer.close()

    async def _work(self, token: str, port: int, offer: Mapping[str, Any]) -> None:
        leg = f"/api/projects/{PROJECT}/interactions/{offer['interaction_id']}/legs/{offer['leg']}"
        if await self._post(token, port, f"{leg}/offers/{offer['work_id']}/accept", {}) >= 300:
            return
        await asyncio.sleep(self._dice.uniform(*HANDLING))
        done = {"ticket": "resolve", "disposition": "answered"}
        status = await self._post(token, port, f"{leg}/complete", done)
        self.finished += status < 300

    async def _post(self, token: str, port: int, path: str, body: Mapping[str, Any]) -> int:
        key = UUID(int=self._dice.getrandbits(128), version=4)
        content = json.dumps(dict(body)).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        line = await self._lines.get()
        request = Request(port, head.encode() + content, "")
        try:
            status = await line.ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            line = await Connection.open(port)
            status = await line.ask(request)
        self._lines.put_nowait(line)
        self.answers[status] += 1
        return status
