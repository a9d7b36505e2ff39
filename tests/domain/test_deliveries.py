"""Deliveries: attempts, their outcomes known and unknown, and what comes back later."""

from datetime import timedelta

import pytest

from domain.delivery.events import (
    DeliveryAttempted,
    DeliveryDeferred,
    NotificationBounced,
    NotificationDelivered,
    NotificationFailed,
    NotificationRequested,
)
from domain.delivery.state import AttemptDelivery, RecordBounce, RecordDeferred, RecordDelivered, RecordRefused
from tests.domain.commands import mail
from tests.domain.world import World, happened


@pytest.fixture
def delivery(world: World) -> str:
    return world.when(mail()).one(NotificationRequested).delivery_id


def begin(world: World, delivery: str) -> str:
    return world.when(AttemptDelivery(delivery_id=delivery, patience=300)).result["attempt_id"]


def deferred(delivery: str, attempt: str, retry_at: object) -> RecordDeferred:
    return RecordDeferred(
        delivery_id=delivery,
        attempt_id=attempt,
        code="451",
        reason="greylisted",
        retry_at=retry_at,  # type: ignore[arg-type]
    )


def refused(delivery: str, attempt: str) -> RecordRefused:
    return RecordRefused(delivery_id=delivery, attempt_id=attempt, code="550", reason="no such user")


def bounce(delivery: str, *, permanent: bool = True) -> RecordBounce:
    return RecordBounce(delivery_id=delivery, status="5.1.1", permanent=permanent, reason="no such user")


def test_an_attempt_has_a_number_and_a_deadline(world: World, delivery: str) -> None:
    world.when(AttemptDelivery(delivery_id=delivery, patience=300)).then(
        happened(DeliveryAttempted, number=1, deadline=world.now + timedelta(seconds=300))
    )


def test_there_is_one_attempt_at_a_time_until_its_deadline(world: World, delivery: str) -> None:
    begin(world, delivery)
    again = AttemptDelivery(delivery_id=delivery, patience=300)
    world.wait(seconds=299).when(again).rejected("attempt_under_way")
    world.wait(seconds=1).when(again).then(happened(DeliveryAttempted, number=2))


def test_the_result_of_an_attempt_that_was_given_up_comes_too_late(world: World, delivery: str) -> None:
    first = begin(world, delivery)
    world.wait(seconds=300)
    second = begin(world, delivery)
    late = RecordDelivered(delivery_id=delivery, attempt_id=first)
    world.when(late).rejected("another_attempt")
    world.when(refused(delivery, first)).rejected("another_attempt")
    world.when(RecordDelivered(delivery_id=delivery, attempt_id=second)).then(happened(NotificationDelivered))


def test_a_result_told_twice_counts_once(world: World, delivery: str) -> None:
    told = RecordDelivered(delivery_id=delivery, attempt_id=begin(world, delivery))
    world.given(told)
    world.when(told).changes_nothing()
    world.when(AttemptDelivery(delivery_id=delivery, patience=300)).rejected("not_possible_now")


def test_a_deferred_delivery_waits_for_its_time(world: World, delivery: str) -> None:
    retry_at = world.now + timedelta(minutes=5)
    world.when(deferred(delivery, begin(world, delivery), retry_at)).then(
        happened(DeliveryDeferred, code="451", retry_at=retry_at)
    )
    assert world.of("delivery", delivery).status == "pending"
    assert world.when(AttemptDelivery(delivery_id=delivery, patience=60)).result["number"] == "2"


def test_a_delivery_deferred_for_the_last_time_is_parked_with_the_reason(world: World, delivery: str) -> None:
    world.when(deferred(delivery, begin(world, delivery), None)).then(
        happened(NotificationFailed, code="451", reason="greylisted (given up after 1 attempts)")
    )
    world.when(AttemptDelivery(delivery_id=delivery, patience=300)).rejected("not_possible_now", saying="failed")


def test_a_refused_delivery_is_parked_at_once(world: World, delivery: str) -> None:
    world.when(refused(delivery, begin(world, delivery))).then(happened(NotificationFailed, code="550"))


def test_a_bounce_marks_the_delivery_whatever_was_known_of_it(world: World) -> None:
    for outcome in ("pending", "attempting", "delivered", "failed"):
        delivery = world.when(mail()).one(NotificationRequested).delivery_id
        if outcome != "pending":
            attempt = begin(world, delivery)
        if outcome == "delivered":
            world.given(RecordDelivered(delivery_id=delivery, attempt_id=attempt))
        if outcome == "failed":
            world.given(refused(delivery, attempt))
        assert world.of("delivery", delivery).status == outcome
        world.when(bounce(delivery)).then(happened(NotificationBounced, status="5.1.1"))
        world.when(bounce(delivery)).changes_nothing()


def test_a_success_reported_after_the_bounce_changes_nothing(world: World, delivery: str) -> None:
    attempt = begin(world, delivery)
    world.given(bounce(delivery))
    world.when(RecordDelivered(delivery_id=delivery, attempt_id=attempt)).changes_nothing()


def test_a_report_of_delay_is_no_bounce(world: World, delivery: str) -> None:
    world.given(RecordDelivered(delivery_id=delivery, attempt_id=begin(world, delivery)))
    world.when(bounce(delivery, permanent=False)).changes_nothing()


def test_a_delivery_that_was_never_requested_does_not_exist(world: World) -> None:
    for command in (AttemptDelivery(delivery_id="none", patience=1), bounce("none"), refused("none", "a")):
        world.when(command).rejected("not_found")
