"""What a provider that tells later has been given, and what it is not given for the time being.

Mail is handed over once and for all; a text is accepted first, and what became of it is told afterwards, by the
provider itself or when it is asked. Reports come in any order and more than once: the first that settles it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.events import DeliveryAccepted, DeliveryDeferred, NotificationFailed
from domain.delivery.state import STATUS, attempt_of, delivery_of
from domain.event import Event
from domain.states import States
from domain.transitions import step


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAccepted(Command):
    """The provider has it as `reference`, in so many `segments`; it is asked about it after `patience` seconds.

    Told again before it was to be asked, or after it told what became of it, this changes nothing.
    """

    delivery_id: str
    attempt_id: str
    reference: str
    segments: int
    patience: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdDelivery(Command):
    """Make no attempt for now: before `until`, or never where that is None. `code` and `reason` say why."""

    delivery_id: str
    code: str
    reason: str
    until: datetime | None


@decides(RecordAccepted)
def accepted(states: States, c: RecordAccepted, at: Moment) -> Outcome:
    before = attempt_of(states, c.delivery_id, c.attempt_id)
    known = before.status == "accepted" and before.check_at is not None and at.now < before.check_at
    if known or before.status in ("delivered", "failed", "bounced"):
        return Outcome()
    step(STATUS, before.status, DeliveryAccepted, "the delivery")
    event = DeliveryAccepted(
        delivery_id=c.delivery_id,
        attempt_id=c.attempt_id,
        reference=c.reference,
        segments=c.segments,
        check_at=at.now + timedelta(seconds=c.patience),
    )
    return Outcome().add("delivery", c.delivery_id, event)


@decides(WithholdDelivery)
def withhold(states: States, c: WithholdDelivery, at: Moment) -> Outcome:
    before = delivery_of(states, c.delivery_id)
    if before.status != "pending":
        # an attempt was made meanwhile: what it comes to counts, and nothing is left to withhold
        return Outcome()
    common = {"delivery_id": c.delivery_id, "customer_id": before.customer_id, "attempt_id": before.attempt_id}
    event: Event
    if c.until is None:
        event = NotificationFailed(**common, code=c.code, reason=c.reason)
    else:
        event = DeliveryDeferred(**common, code=c.code, reason=c.reason, retry_at=c.until)
    return Outcome().add("delivery", c.delivery_id, event)
