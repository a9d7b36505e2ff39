"""The to-do list of texts, asked of the read models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from infra.asking import Questions
from infra.configured import Configured
from infra.in_turn import in_turn
from infra.texts.sending import Due
from infra.texts.wording import BY_PERSONS
from projections.queries import due_notifications
from projections.reading import Reader, reads

#: How far back texts to one customer are counted; the longest window of the limits.
LATELY = timedelta(hours=24)


#: So many of a customer's texts are looked through for what a text of unknown origin is.
MOST_TEXTS = 100


@reads("deliveries")
def automatic_texts(reader: Reader, customer_id: str, since: datetime) -> Sequence[datetime]:
    """When texts that no person wrote were asked for and handed over, since a time."""
    return [
        row["requested_at"]
        for row in reader.find("deliveries", customer_id=customer_id)
        if row["channel"] == "sms"
        and row["kind"] not in BY_PERSONS
        and row["status"] in ("attempting", "accepted", "delivered")
        and row["requested_at"] >= since
    ]


@reads("deliveries")
def texts_to(reader: Reader, customer_id: str) -> Sequence[str]:
    """The ids of a customer's latest texts, the newest first."""
    rows = [row for row in reader.find("deliveries", customer_id=customer_id) if row["channel"] == "sms"]
    newest = sorted(rows, key=lambda row: (row["requested_at"], row["delivery_id"]), reverse=True)
    return [row["delivery_id"] for row in newest[:MOST_TEXTS]]


class Todo:
    """Answers what `Sending` and `Permitting` ask."""

    def __init__(self, questions: Questions, configured: Configured) -> None:
        self._questions, self._configured = questions, configured

    async def due(self, now: datetime, limit: int) -> Sequence[Due]:
        """What is due in any pool, each in its turn: a pool with much to send holds up no other."""
        found: list[list[Due]] = []
        for pool in self._configured.pools:
            due = await self._questions.ask(due_notifications, pool, now, channel="sms", limit=limit)
            found.append([Due(one.delivery_id, one.customer_id, one.project, pool) for one in due])
        return in_turn(found, limit)

    async def lately(self, customer_id: str, now: datetime) -> Sequence[datetime]:
        """Texts without a person behind them that the customer got within the last day."""
        return await self._questions.ask(automatic_texts, customer_id, now - LATELY)

    async def texts_to(self, customer_id: str) -> Sequence[str]:
        return await self._questions.ask(texts_to, customer_id)
