"""The sender's to-do list, asked of the read models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from infra.asking import Questions
from infra.configured import Configured
from infra.in_turn import in_turn
from infra.mail.sending import NOT_HELD, Due
from projections.queries import due_notifications
from projections.reading import Reader, reads

#: How far back automatic mails to one customer are counted; the longest window of the limits.
LATELY = timedelta(hours=24)


@reads("deliveries")
def automatic_mails(reader: Reader, customer_id: str, since: datetime) -> Sequence[datetime]:
    """When automatic mails to a customer were asked for and sent, since a time."""
    rows = reader.find("deliveries", customer_id=customer_id)
    return [
        row["requested_at"]
        for row in rows
        if row["channel"] == "email"
        and row["kind"] not in NOT_HELD
        and row["status"] == "delivered"
        and row["requested_at"] >= since
    ]


class Todo:
    """Answers what `Sending` asks."""

    def __init__(self, questions: Questions, configured: Configured) -> None:
        self._questions, self._configured = questions, configured

    async def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """What is due in any pool, each in its turn: a pool with much to send holds up no other."""
        found: list[list[Due]] = []
        for pool in self._configured.pools:
            due = await self._questions.ask(due_notifications, pool, now, limit=limit)
            found.append([Due(one.delivery_id, one.project, pool, one.due_at, one.correlation_id) for one in due])
        return in_turn(found, limit)

    async def lately(self, customer_id: str, now: datetime) -> Sequence[datetime]:
        """Automatic mails that the customer got within the last day."""
        return await self._questions.ask(automatic_mails, customer_id, now - LATELY)
