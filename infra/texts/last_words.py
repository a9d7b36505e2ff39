"""What is put on record of a text about which nothing more is going to be heard."""

from __future__ import annotations

from datetime import datetime

from channels.sms.ports import TextState
from channels.sms.retry import SCHEDULE
from domain.decide import Command
from domain.delivery.state import Delivery, RecordDeferred, RecordDelivered, RecordRefused


def not_sent(delivery: Delivery, now: datetime) -> Command:
    """The provider has no such text: it is tried again, at once, unless that was the last time."""
    return RecordDeferred(
        delivery_id=delivery.delivery_id,
        attempt_id=delivery.attempt_id,
        code="not_sent",
        reason="nothing was heard of the attempt, and the provider has no such text",
        retry_at=now if delivery.attempts <= len(SCHEDULE) else None,
    )


def last_word(delivery: Delivery, state: TextState) -> Command:
    """A carrier that has it and tells no more has delivered it, for all anybody knows; what never left has failed."""
    where = {"delivery_id": delivery.delivery_id, "attempt_id": delivery.attempt_id}
    if state.status == "sent":
        return RecordDelivered(**where)
    return RecordRefused(**where, code="never_left", reason="the provider did not hand it to a carrier in time")
