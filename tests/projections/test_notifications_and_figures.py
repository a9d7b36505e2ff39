"""The sender's to-do list, the fate of deliveries, and the figures of the day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.customer.events import CustomerErased
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
from domain.interaction.events import AgentConnected, InteractionAbandoned, InteractionClosed
from projections.figures import interval_of
from projections.queries import (
    deliveries_by_status,
    deliveries_of_ticket,
    delivery,
    due_notifications,
    next_due_at,
    pending_notification,
    ratings,
    service_levels,
)
from tests.projections.given import AT, POOL, PROJECT, given
from tests.projections.test_boards import queued, work
from tests.projections.test_ticket_board import rated


def requested(delivery_id: str = "d1", ticket_id: str = "t1") -> Event:
    return NotificationRequested(
        delivery_id=delivery_id,
        kind="ticket_opened",
        channel="email",
        customer_id="c1",
        ticket_id=ticket_id,
        interaction_id="i1",
        mailbox="info",
        language="pl",
        params={"number": "T-1"},
        to="a@mail.example",
        name="Anna",
        subject="Hello",
        body="",
        thread="<1@mail.example>",
    )


def attempted(number: int = 1) -> Event:
    deadline = AT + timedelta(minutes=number)
    return DeliveryAttempted(delivery_id="d1", attempt_id=f"a{number}", number=number, deadline=deadline)


def fate(kind: Any, **more: Any) -> Event:
    fields: dict[str, Any] = {"delivery_id": "d1", "attempt_id": "a1"}
    if kind is not NotificationDelivered:
        fields |= {"customer_id": "c1", "code": "550", "reason": "no such user"}
    return kind(**(fields | more))


BOUNCED = NotificationBounced(delivery_id="d1", customer_id="c1", status="5.1.1", permanent=True, reason="unknown")
ERASED = CustomerErased(customer_id="c1", erased_ids=("c1",))


def test_a_requested_notification_is_due_at_once_with_all_that_a_mail_is_made_of() -> None:
    with given(requested()) as read:
        (todo,) = due_notifications(read, POOL, AT)
        assert (todo.to, todo.name, todo.subject) == ("a@mail.example", "Anna", "Hello")
        assert (todo.thread, todo.params) == ("<1@mail.example>", {"number": "T-1"})
        assert (todo.kind, todo.language, todo.mailbox) == ("ticket_opened", "pl", "info")
        assert (todo.status, todo.attempts, todo.event_id, todo.correlation_id) == ("pending", 0, "e1", "chain")
        assert due_notifications(read, "elsewhere", AT) == ()


def test_a_text_that_waits_for_its_own_sender_is_not_in_the_way_of_a_mail() -> None:
    text = requested("d0").model_copy(update={"channel": "sms"})
    with given(text, requested("d1")) as read:
        assert [todo.delivery_id for todo in due_notifications(read, POOL, AT, limit=1)] == ["d1"]
        assert [todo.delivery_id for todo in due_notifications(read, POOL, AT, channel="sms")] == ["d0"]


def test_an_attempt_is_due_again_only_when_nothing_was_heard_of_it_in_time() -> None:
    with given(requested(), attempted()) as read:
        assert due_notifications(read, POOL, AT + timedelta(seconds=59)) == ()
        (todo,) = due_notifications(read, POOL, AT + timedelta(seconds=60))
        assert (todo.status, todo.attempt_id, todo.attempts) == ("attempting", "a1", 1)


def test_what_a_provider_accepted_is_due_when_it_is_to_be_asked_and_shows_what_it_costs() -> None:
    check_at = AT + timedelta(minutes=5)
    accepted = DeliveryAccepted(delivery_id="d1", attempt_id="a1", reference="SM1", segments=2, check_at=check_at)
    again = accepted.model_copy(update={"segments": 0, "check_at": check_at + timedelta(hours=1)})
    with given(requested(), attempted(), accepted) as read:
        assert due_notifications(read, POOL, check_at - timedelta(seconds=1)) == ()
        (todo,) = due_notifications(read, POOL, check_at)
        assert todo.status == "accepted"
        seen = delivery(read, "d1")
        assert seen is not None
        assert (seen.status, seen.reference, seen.segments) == ("accepted", "SM1", 2)
    with given(requested(), attempted(), accepted, again) as read:
        assert due_notifications(read, POOL, check_at) == ()
        seen = delivery(read, "d1")
        assert seen is not None
        assert seen.segments == 2, "what is asked later does not say what it cost"
    with given(requested(), attempted(), accepted, fate(NotificationDelivered)) as read:
        assert pending_notification(read, "d1") is None


def test_a_deferred_notification_is_due_at_its_retry_time() -> None:
    later = AT + timedelta(minutes=5)
    with given(requested(), attempted(), fate(DeliveryDeferred, retry_at=later)) as read:
        assert next_due_at(read, POOL) == later
        assert [t.status for t in due_notifications(read, POOL, later)] == ["pending"]
        seen = delivery(read, "d1")
        assert seen is not None
        assert (seen.status, seen.retry_at, seen.code, seen.reason) == ("pending", later, "550", "no such user")


@pytest.mark.parametrize(
    ("event", "status"),
    [(fate(NotificationDelivered), "delivered"), (fate(NotificationFailed), "failed"), (BOUNCED, "bounced")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_settled_notification_leaves_the_list_and_its_fate_stays(event: Event, status: str) -> None:
    with given(requested(), attempted(), event) as read:
        assert pending_notification(read, "d1") is None
        assert next_due_at(read, POOL) is None
        (seen,) = deliveries_of_ticket(read, "t1")
        assert (seen.status, seen.attempts, seen.settled_at) == (status, 1, AT)
        assert [d.delivery_id for d in deliveries_by_status(read, PROJECT, status).items] == ["d1"]


def test_what_was_to_go_to_an_erased_customer_is_not_sent() -> None:
    with given(requested(), ERASED) as read:
        assert due_notifications(read, POOL, AT) == ()


def test_what_a_server_said_about_an_erased_customers_address_is_gone() -> None:
    with given(requested(), attempted(), fate(NotificationFailed), ERASED) as read:
        seen = delivery(read, "d1")
        assert seen is not None
        assert (seen.status, seen.code, seen.reason) == ("failed", "550", "")


def test_deliveries_of_a_ticket_come_in_the_order_they_were_requested() -> None:
    with given(requested("d2"), requested("d1"), requested("d3", "t2")) as read:
        assert [d.delivery_id for d in deliveries_of_ticket(read, "t1")] == ["d2", "d1"]


def level(*events: Event | tuple[float, Event], since: datetime = AT, hours: float = 1) -> dict[str, Any]:
    with given(*events) as read:
        found = service_levels(read, PROJECT, since, since + timedelta(hours=hours))
        return {f.queue: (f.offered, f.answered, f.in_time, f.abandoned, f.cancelled, f.level) for f in found}


def connected(interaction_id: str = "i1", after: float = 0) -> tuple[float, Event]:
    return after, work(AgentConnected, interaction_id=interaction_id)


def test_work_connected_within_the_target_is_answered_in_time() -> None:
    assert level(queued(), connected(after=600)) == {"help": (1, 1, 1, 0, 0, 1.0)}
    assert level(queued(), connected(after=601)) == {"help": (1, 1, 0, 0, 0, 0.0)}
    assert level(queued()) == {"help": (1, 0, 0, 0, 0, None)}


def test_abandoned_counts_against_the_service_level_and_cancelled_does_not() -> None:
    gone = InteractionAbandoned(interaction_id="i2", leg="1", waited=20)
    cancelled = InteractionClosed(interaction_id="i3", reason="cancelled by the customer")
    work_of_the_hour = [queued("i1"), queued("i2"), queued("i3"), connected(after=5), gone, cancelled]
    assert level(*work_of_the_hour) == {"help": (3, 1, 1, 1, 1, 0.5)}


def test_work_that_comes_back_is_neither_offered_nor_answered_twice() -> None:
    again = queued(reason="agent_left")
    assert level(queued(), connected(), again, connected(after=900)) == {"help": (1, 1, 1, 0, 0, 1.0)}


def test_a_callback_waits_from_its_due_time_and_counts_there() -> None:
    due = AT + timedelta(hours=2)
    events = [queued(not_before=due), connected(after=7200 + 30)]
    assert level(*events) == {}
    assert level(*events, since=due) == {"help": (1, 1, 1, 0, 0, 1.0)}


def test_a_local_day_is_a_sum_of_whole_intervals_in_any_zone() -> None:
    for zone in ("Asia/Kathmandu", "America/St_Johns", "Europe/Warsaw"):
        midnight = datetime(2026, 3, 3, tzinfo=ZoneInfo(zone))
        before, after = midnight - timedelta(seconds=1), midnight
        events = [queued("i1", arrived_at=before), queued("i2", arrived_at=after)]
        assert level(*events, since=midnight, hours=24) == {"help": (1, 0, 0, 0, 0, None)}
        assert level(*events, since=midnight - timedelta(days=1), hours=24) == {"help": (1, 0, 0, 0, 0, None)}


def test_an_interval_begins_at_a_quarter_of_an_hour() -> None:
    moment = AT.replace(minute=44, second=59, microsecond=999_999)
    assert interval_of(moment) == AT.replace(minute=30)


def test_ratings_are_averaged_for_company_and_agent_and_a_correction_replaces_the_first() -> None:
    other = rated(1, None).model_copy(update={"ticket_id": "t2"})
    with given(rated(2, 5), (60, rated(4, 3)), other) as read:
        company, agents = ratings(read, PROJECT, AT, AT + timedelta(hours=1))
        assert (company.ratings, company.mean) == (1, 3.0)
        assert [(a.agent_id, a.ratings, a.mean) for a in agents] == [("anna", 2, 2.5)]
        nothing, nobody = ratings(read, PROJECT, AT + timedelta(hours=1), AT + timedelta(hours=2))
        assert (nothing.ratings, nothing.mean, nobody) == (0, None, ())
