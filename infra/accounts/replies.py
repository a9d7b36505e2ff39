"""`web.accounts.Replies`: what an Idempotency-Key was first used for, and what was answered."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from infra.accounts.database import Database
from infra.accounts.schema import stamp
from web.accounts import Earlier

#: How long a key is remembered. Behind it the log's own key still keeps a request from being done twice.
KEPT = timedelta(days=30)
#: How often what is older is looked for.
SWEEP = timedelta(minutes=10)


class ReplyStore:
    """Nothing waits until it is on the disk: for what a crash of the database undoes there is the log's own key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept: datetime | None = None

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
        rows = await self._database.run("SELECT request, answer FROM request_keys WHERE name = :name", {"name": key})
        return Earlier(rows[0][0], json.loads(rows[0][1]) if rows[0][1] else None) if rows else None

    async def _sweep(self, now: datetime) -> None:
        """Forget what is too old, now and then: a question for each request would be one too many."""
        if self._swept is None or not timedelta() <= now - self._swept < SWEEP:
            self._swept = now
            before = {"before": stamp(now - KEPT)}
            await self._database.run("DELETE FROM request_keys WHERE created_at < :before", before, durable=False)

    async def answer(self, key: str, answer: dict[str, Any]) -> None:
        await self._database.run(
            "UPDATE request_keys SET answer = :answer WHERE name = :name",
            {"answer": json.dumps(answer), "name": key},
            durable=False,
        )
