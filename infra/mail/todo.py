"""The sender's to-do list, asked of the read models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from infra.asking import Questions
from infra.configured import Configured
from infra.mail.sending import Due
from projections.reading import Reader, reads

#: How far back automatic mails to one customer are counted; the longest window of the limits.
LATELY = timedelta(hours=24)


@reads("pending_notifications")
def due_deliveries(reader: Reader, pool: str, now: datetime, limit: int) -> Sequence[Due]:
    """Deliveries to attempt by `now`, those that have waited longest first."""
    rows = reader.scan("pending_notifications", {"pool": pool}, ("due_at", "delivery_id"), until=now, limit=limit)
    return [Due(row["delivery_id"], row["project"], row["pool"]) for row in rows]


@reads("deliveries")
def automatic_mails(reader: Reader, customer_id: str, since: datetime) -> Sequence[datetime]:
    """When automatic mails to a customer were asked for and sent, since a time."""
    rows = reader.find("deliveries", customer_id=customer_id)
    return [
        row["requested_at"]
        for row in rows
        if row["kind"] != "reply" and row["status"] == "delivered" and row["requested_at"] >= since
    ]


class Todo:
    """Answers what `Sending` asks."""

    def __init__(self, questions: Questions, configured: Configured) -> None:
        self._questions, self._configured = questions, configured

    async def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """What is due in any pool."""
        found: list[Due] = []
        for pool in self._configured.pools:
            found.extend(await self._questions.ask(due_deliveries, pool, now, limit))
        return found[:limit]

    async def lately(self, customer_id: str, now: datetime) -> Sequence[datetime]:
        """Automatic mails that the customer got within the last day."""
        return await self._questions.ask(automatic_mails, customer_id, now - LATELY)
