"""`web.messages.StaffMessages`: what colleagues write to one another, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from infra.accounts.database import Database
from infra.accounts.schema import stamp
from web.messages import EVERYONE, Addresses, StaffMessage

#: How long words among colleagues are kept, and how many at most in a pool.
KEPT, MOST = timedelta(days=30), 50_000

_LATEST = """
    SELECT message_id, pool, sender, sender_name, recipient, text, sent_at FROM staff_messages
    WHERE pool = :pool AND message_id > :after
      AND (recipient IN (:account, :agent, :site, :profile, :everyone) OR sender IN (:account, :agent))
    ORDER BY message_id DESC LIMIT :most"""
_NEXT = """
    SELECT message_id, pool, sender, sender_name, recipient, text, sent_at FROM staff_messages
    WHERE pool = :pool AND message_id > :after
      AND (recipient IN (:account, :agent, :site, :profile, :everyone) OR sender IN (:account, :agent))
    ORDER BY message_id LIMIT :most"""


class StaffMessageStore:
    def __init__(self, database: Database, *, most: int = MOST) -> None:
        self._database, self._most = database, most

    async def add(self, message: StaffMessage, now: datetime) -> None:
        await self._database.run(
            "INSERT INTO staff_messages (message_id, pool, sender, sender_name, recipient, text, sent_at) "
            "VALUES (:message_id, :pool, :sender, :sender_name, :recipient, :text, :sent_at)",
            {
                "message_id": message.message_id,
                "pool": message.pool,
                "sender": message.sender,
                "sender_name": message.sender_name,
                "recipient": message.to,
                "text": message.text,
                "sent_at": message.sent_at,
            },
        )
        await self._end_old(now)
        await self._database.run(
            "DELETE FROM staff_messages WHERE pool = :pool AND message_id <= (SELECT message_id FROM staff_messages "
            "WHERE pool = :pool ORDER BY message_id DESC LIMIT 1 OFFSET :most)",
            {"pool": message.pool, "most": self._most},
        )

    async def _end_old(self, now: datetime) -> None:
        await self._database.run("DELETE FROM staff_messages WHERE sent_at < :before", {"before": stamp(now - KEPT)})

    async def to(
        self, pool: str, addresses: Addresses, after: str, limit: int, now: datetime
    ) -> Sequence[StaffMessage]:
        await self._end_old(now)  # they end also where nobody writes any more
        rows = await self._database.run(
            _NEXT if after else _LATEST,
            {
                "pool": pool,
                "after": after,
                "account": addresses.account,
                "agent": addresses.agent or addresses.account,
                "site": addresses.site,
                "profile": addresses.profile,
                "everyone": EVERYONE,
                "most": limit,
            },
        )
        found = [StaffMessage(*row) for row in rows]
        return found if after else found[::-1]
