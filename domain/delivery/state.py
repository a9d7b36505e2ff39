"""A delivery as decisions see it, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from domain.decide import Command, Moment, Outcome, decides
from domain.delivery.events import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryDeferred,
    NotificationBounced,
    NotificationDelivered,
    NotificationFailed,
    NotificationRequested,
)
from domain.event import Event
from domain.rejection import NotFound, Rejection
from domain.states import States, concept
from domain.transitions import Table, step

Status = Literal["absent", "pending", "attempting", "accepted", "delivered", "failed", "bounced"]

STATUS: Table[Status] = {
    ("absent", NotificationRequested): "pending",
    ("pending", DeliveryAttempted): "attempting",
    # an attempt of unknown outcome: mail goes out again under the same Message-ID
    ("attempting", DeliveryAttempted): "attempting",
    ("attempting", DeliveryDeferred): "pending",
    ("attempting", DeliveryAccepted): "accepted",
    # still under way when the provider was asked
    ("accepted", DeliveryAccepted): "accepted",
    ("accepted", NotificationDelivered): "delivered",
    ("accepted", NotificationFailed): "failed",
    ("accepted", DeliveryDeferred): "pending",
    # an attempt that was taken for lost is heard of before another is made
    ("pending", DeliveryAccepted): "accepted",
    ("pending", NotificationDelivered): "delivered",
    # not the hour for it, no room for it, or not wanted any more
    ("pending", DeliveryDeferred): "pending",
    ("pending", NotificationFailed): "failed",
    ("attempting", NotificationDelivered): "delivered",
    ("attempting", NotificationFailed): "failed",
    ("attempting", NotificationBounced): "bounced",
    ("pending", NotificationBounced): "bounced",
    ("delivered", NotificationBounced): "bounced",
    ("failed", NotificationBounced): "bounced",
}


@dataclass(frozen=True, slots=True)
class Delivery:
    delivery_id: str = ""
    status: Status = "absent"
    kind: str = ""
    channel: str = ""
    customer_id: str = ""
    ticket_id: str = ""
    attempt_id: str = ""
    attempts: int = 0
    deadline: datetime | None = None
    #: The provider's id of what it accepted, and when it is asked what became of it.
    reference: str = ""
    check_at: datetime | None = None
    #: Why the last attempt was put off, and until when.
    deferred: str = ""
    retry_at: datetime | None = None


def evolve(state: Delivery, event: Event) -> Delivery:
    if (state.status, type(event)) in STATUS:
        state = replace(state, status=step(STATUS, state.status, type(event), "the delivery"))
    match event:
        case NotificationRequested():
            return replace(
                state,
                delivery_id=event.delivery_id,
                kind=event.kind,
                channel=event.channel,
                customer_id=event.customer_id,
                ticket_id=event.ticket_id,
            )
        case DeliveryAttempted():
            return replace(state, attempt_id=event.attempt_id, attempts=event.number, deadline=event.deadline)
        case DeliveryAccepted():
            return replace(state, reference=event.reference, check_at=event.check_at)
        case DeliveryDeferred():
            return replace(state, deferred=event.code, retry_at=event.retry_at)
        case _:
            return state


concept("delivery", Delivery(), evolve)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDelivery(Command):
    """Begin an attempt that must report within `patience` seconds."""

    delivery_id: str
    patience: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivered(Command):
    delivery_id: str
    attempt_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeferred(Command):
    """`retry_at` is when to try again; None parks the delivery."""

    delivery_id: str
    attempt_id: str
    code: str
    reason: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRefused(Command):
    delivery_id: str
    attempt_id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounce(Command):
    delivery_id: str
    status: str
    permanent: bool
    reason: str


def delivery_of(states: States, delivery_id: str) -> Delivery:
    """The delivery. Raises `NotFound` for one that was never requested."""
    found = states.of(Delivery, "delivery", delivery_id)
    if found.status == "absent":
        raise NotFound("delivery", delivery_id)
    return found


def attempt_of(states: States, delivery_id: str, attempt_id: str) -> Delivery:
    """The delivery whose attempt this is. Raises `Rejection` (`another_attempt`) where a later one counts."""
    found = delivery_of(states, delivery_id)
    if found.status in ("pending", "attempting", "accepted") and found.attempt_id != attempt_id:
        raise Rejection("another_attempt", "this is not the attempt that counts now; its result comes too late")
    return found


@decides(AttemptDelivery)
def attempt(states: States, c: AttemptDelivery, at: Moment) -> Outcome:
    before = delivery_of(states, c.delivery_id)
    if before.status == "attempting" and before.deadline is not None and at.now < before.deadline:
        raise Rejection("attempt_under_way", "an attempt is under way and may still report")
    if before.status == "attempting" and before.channel == "sms":
        # mail that comes twice shows once; a text would be read twice
        raise Rejection("outcome_unknown", "ask the provider what became of the last attempt before there is another")
    step(STATUS, before.status, DeliveryAttempted, "the delivery")
    event = DeliveryAttempted(
        delivery_id=c.delivery_id,
        attempt_id=at.new_id(),
        number=before.attempts + 1,
        deadline=at.now + timedelta(seconds=c.patience),
    )
    outcome = Outcome().add("delivery", c.delivery_id, event)
    outcome.result["attempt_id"] = event.attempt_id
    outcome.result["number"] = str(event.number)
    return outcome


@decides(RecordDelivered)
def delivered(states: States, c: RecordDelivered, at: Moment) -> Outcome:
    before = attempt_of(states, c.delivery_id, c.attempt_id)
    if before.status in ("delivered", "bounced"):
        return Outcome()
    step(STATUS, before.status, NotificationDelivered, "the delivery")
    event = NotificationDelivered(delivery_id=c.delivery_id, attempt_id=c.attempt_id)
    return Outcome().add("delivery", c.delivery_id, event)


@decides(RecordDeferred)
def deferred(states: States, c: RecordDeferred, at: Moment) -> Outcome:
    before = attempt_of(states, c.delivery_id, c.attempt_id)
    if c.retry_at is None:
        step(STATUS, before.status, NotificationFailed, "the delivery")
        reason = f"{c.reason} (given up after {before.attempts} attempts)"
        failed = NotificationFailed(
            delivery_id=c.delivery_id,
            customer_id=before.customer_id,
            attempt_id=c.attempt_id,
            code=c.code,
            reason=reason,
        )
        return Outcome().add("delivery", c.delivery_id, failed)
    step(STATUS, before.status, DeliveryDeferred, "the delivery")
    event = DeliveryDeferred(
        delivery_id=c.delivery_id,
        customer_id=before.customer_id,
        attempt_id=c.attempt_id,
        code=c.code,
        reason=c.reason,
        retry_at=c.retry_at,
    )
    return Outcome().add("delivery", c.delivery_id, event)


@decides(RecordRefused)
def refused(states: States, c: RecordRefused, at: Moment) -> Outcome:
    before = attempt_of(states, c.delivery_id, c.attempt_id)
    if before.status == "failed" and before.attempt_id == c.attempt_id:
        return Outcome()
    step(STATUS, before.status, NotificationFailed, "the delivery")
    event = NotificationFailed(
        delivery_id=c.delivery_id, customer_id=before.customer_id, attempt_id=c.attempt_id, code=c.code, reason=c.reason
    )
    return Outcome().add("delivery", c.delivery_id, event)


@decides(RecordBounce)
def bounced(states: States, c: RecordBounce, at: Moment) -> Outcome:
    before = delivery_of(states, c.delivery_id)
    if before.status == "bounced":
        return Outcome()
    if not c.permanent:
        # a "delayed" report is news about a delivery that may still arrive
        return Outcome()
    step(STATUS, before.status, NotificationBounced, "the delivery")
    event = NotificationBounced(
        delivery_id=c.delivery_id,
        customer_id=before.customer_id,
        status=c.status,
        permanent=c.permanent,
        reason=c.reason,
    )
    return Outcome().add("delivery", c.delivery_id, event)
