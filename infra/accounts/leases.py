"""`web.accounts.Leases`: presence leases, shared by every process of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from infra.accounts.database import Database
from infra.accounts.schema import stamp


class LeaseStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def renew(self, agent_id: str, pool: str, expires_at: datetime) -> None:
        await self._database.run(
            "INSERT INTO presence_leases (agent_id, pool, expires_at) VALUES (:agent_id, :pool, :expires_at) "
            "ON CONFLICT (agent_id) DO UPDATE SET pool = :pool, expires_at = :expires_at",
            {"agent_id": agent_id, "pool": pool, "expires_at": stamp(expires_at)},
            durable=False,
        )

    async def drop(self, agent_id: str) -> None:
        await self._database.run("DELETE FROM presence_leases WHERE agent_id = :agent_id", {"agent_id": agent_id})

    async def expired(self, now: datetime) -> Sequence[tuple[str, str]]:
        rows = await self._database.run(
            "SELECT agent_id, pool FROM presence_leases WHERE expires_at <= :now ORDER BY agent_id", {"now": stamp(now)}
        )
        return [(agent_id, pool) for agent_id, pool in rows]

    async def settle(self, agent_id: str, now: datetime) -> None:
        await self._database.run(
            "DELETE FROM presence_leases WHERE agent_id = :agent_id AND expires_at <= :now",
            {"agent_id": agent_id, "now": stamp(now)},
        )
