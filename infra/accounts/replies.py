"""`web.accounts.Replies`: what an Idempotency-Key was first used for, and what was answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any

from domain.ports import LogUnavailable
from infra.accounts.database import Database
from infra.accounts.schema import stamp
from web.accounts import Earlier

#: How long a key is remembered. Behind it the log's own key still keeps a request from being done twice.
KEPT = timedelta(days=30)
#: How often what is older is looked for.
SWEEP = timedelta(minutes=10)
#: Seconds for which answers gather before they are written, and after a fault of the database.
LINGER, PAUSE = 0.1, 1.0
#: Answers in one statement; and those that wait at most: beyond it the oldest are let go.
MOST_WRITTEN, MOST_WAITING = 50, 5_000


class ReplyStore:
    """A claim is stored when it is made, an answer a moment later, together with others.

    Nothing waits until it is on the disk, and whoever is answered does not wait for the answer to be stored: for what a
    process or the database takes along when it dies there is the log's own key.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept: datetime | None = None
        #: Answers that are not stored yet, by key.
        self._waiting: OrderedDict[str, str] = OrderedDict()
        self._writing: asyncio.Task[None] | None = None

    async def claim(self, key: str, request: str, now: datetime) -> Earlier | None:
        await self._sweep(now)
        first = await self._database.run(
            "INSERT INTO request_keys (name, request, answer, created_at) VALUES (:name, :request, '', :now) "
            "ON CONFLICT (name) DO NOTHING RETURNING name",
            {"name": key, "request": request, "now": stamp(now)},
            durable=False,
        )
        if first:
            return None
        waiting = self._waiting.get(key)
        rows = await self._database.run("SELECT request, answer FROM request_keys WHERE name = :name", {"name": key})
        if not rows:
            return None
        answer = waiting or rows[0][1]
        return Earlier(rows[0][0], json.loads(answer) if answer else None)

    async def _sweep(self, now: datetime) -> None:
        """Forget what is too old, now and then: a question for each request would be one too many."""
        if self._swept is None or not timedelta() <= now - self._swept < SWEEP:
            self._swept = now
            before = {"before": stamp(now - KEPT)}
            await self._database.run("DELETE FROM request_keys WHERE created_at < :before", before, durable=False)

    async def answer(self, key: str, answer: dict[str, Any]) -> None:
        self._waiting[key] = json.dumps(answer)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popitem(last=False)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="answers to Idempotency-Keys")

    async def close(self) -> None:
        """Write what waits, as far as the database can be reached."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)
        with contextlib.suppress(LogUnavailable):
            while self._waiting:
                await self._write_some()

    async def _write(self) -> None:
        """Ends when nothing waits."""
        pause = LINGER
        while self._waiting:
            await asyncio.sleep(pause)
            try:
                await self._write_some()
                pause = LINGER
            except LogUnavailable:
                pause = PAUSE

    async def _write_some(self) -> None:
        taken = list(self._waiting.items())[:MOST_WRITTEN]
        places = range(len(taken))
        cases = " ".join(f"WHEN :key{n} THEN :answer{n}" for n in places)
        names = ", ".join(f":key{n}" for n in places)
        given = {f"key{n}": taken[n][0] for n in places} | {f"answer{n}": taken[n][1] for n in places}
        await self._database.run(
            f"UPDATE request_keys SET answer = CASE name {cases} END WHERE name IN ({names})",  # noqa: S608
            given,
            durable=False,
        )
        for key, answer in taken:
            if self._waiting.get(key) == answer:
                del self._waiting[key]
