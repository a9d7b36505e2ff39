"""`web.drafts.Visits`: who has which ticket open, shared by every process of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from infra.accounts.database import Database
from infra.accounts.schema import stamp
from web.drafts import Visitor


class VisitStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def renew(self, project: str, ticket_id: str, visitor: Visitor, now: datetime, until: datetime) -> None:
        await self._database.run("DELETE FROM ticket_visits WHERE expires_at <= :now", {"now": stamp(now)})
        await self._database.run(
            "INSERT INTO ticket_visits (project, ticket_id, account_id, name, agent_id, writing, expires_at) "
            "VALUES (:project, :ticket_id, :account_id, :name, :agent_id, :writing, :until) "
            "ON CONFLICT (project, ticket_id, account_id) DO UPDATE SET name = :name, writing = :writing, "
            "expires_at = :until",
            {
                "project": project,
                "ticket_id": ticket_id,
                "account_id": visitor.account_id,
                "name": visitor.name,
                "agent_id": visitor.agent_id,
                "writing": int(visitor.writing),
                "until": stamp(until),
            },
        )

    async def leave(self, project: str, ticket_id: str, account_id: str) -> None:
        await self._database.run(
            "DELETE FROM ticket_visits WHERE project = :project AND ticket_id = :ticket_id "
            "AND account_id = :account_id",
            {"project": project, "ticket_id": ticket_id, "account_id": account_id},
        )

    async def others(self, project: str, ticket_id: str, account_id: str, now: datetime) -> Sequence[Visitor]:
        rows = await self._database.run(
            "SELECT account_id, name, agent_id, writing FROM ticket_visits WHERE project = :project "
            "AND ticket_id = :ticket_id AND account_id <> :account_id AND expires_at > :now ORDER BY name LIMIT 20",
            {"project": project, "ticket_id": ticket_id, "account_id": account_id, "now": stamp(now)},
        )
        return [Visitor(account, name, agent_id, bool(writing)) for account, name, agent_id, writing in rows]
