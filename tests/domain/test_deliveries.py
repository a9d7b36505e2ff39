"""Deliveries: attempts, their outcomes known and unknown, and what comes back later."""

from datetime import timedelta

import pytest

from domain.delivery.events import (
    DeliveryAccepted,
    DeliveryAttempted,
    DeliveryDeferred,
    NotificationBounced,
    NotificationDelivered,
    NotificationFailed,
    NotificationRequested,
)
from domain.delivery.handed_over import RecordAccepted, WithholdDelivery
from domain.delivery.state import AttemptDelivery, RecordBounce, RecordDeferred, RecordDelivered, RecordRefused
from tests.domain.commands import mail
from tests.domain.texting import sms, texting
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


@pytest.fixture
def text(world: World) -> str:
    centre = texting(world, status={"sender": "help", "texts": ["opened"]})
    return centre.when(sms()).one(NotificationRequested).delivery_id


def accepted(delivery: str, attempt: str, patience: int = 300) -> RecordAccepted:
    return RecordAccepted(delivery_id=delivery, attempt_id=attempt, reference="SM1", segments=2, patience=patience)


def withheld(delivery: str, until: object = None) -> WithholdDelivery:
    return WithholdDelivery(delivery_id=delivery, code="quiet_hours", reason="it is night there", until=until)  # type: ignore[arg-type]


def test_what_a_provider_accepted_is_settled_by_what_it_tells(world: World, text: str) -> None:
    attempt = begin(world, text)
    world.when(accepted(text, attempt)).then(
        happened(DeliveryAccepted, reference="SM1", segments=2, check_at=world.now + timedelta(seconds=300))
    )
    world.when(accepted(text, attempt)).changes_nothing()
    world.when(AttemptDelivery(delivery_id=text, patience=60)).rejected("not_possible_now")
    world.when(RecordDelivered(delivery_id=text, attempt_id=attempt)).then(happened(NotificationDelivered))
    world.when(accepted(text, attempt)).changes_nothing()


def test_what_is_still_under_way_when_the_provider_is_asked_is_asked_about_again_later(world: World, text: str) -> None:
    attempt = begin(world, text)
    world.given(accepted(text, attempt)).wait(seconds=300)
    world.when(accepted(text, attempt, 3600)).then(
        happened(DeliveryAccepted, check_at=world.now + timedelta(seconds=3600))
    )


def test_a_report_that_overtakes_the_acceptance_counts_and_the_acceptance_comes_too_late(world: World) -> None:
    centre = texting(world, status={"sender": "help", "texts": ["opened"]})
    for number in range(2):
        text = centre.when(sms(sender=f"+4850010020{number}")).one(NotificationRequested).delivery_id
        attempt = begin(centre, text)
        centre.given(refused(text, attempt) if number else RecordDelivered(delivery_id=text, attempt_id=attempt))
        centre.when(accepted(text, attempt)).changes_nothing()


def test_a_text_of_unknown_outcome_is_not_attempted_again_before_the_provider_was_asked(
    world: World, text: str
) -> None:
    attempt = begin(world, text)
    world.wait(seconds=301)
    again = AttemptDelivery(delivery_id=text, patience=300)
    world.when(again).rejected("outcome_unknown", saying="ask the provider")
    world.given(deferred(text, attempt, world.now))
    world.when(again).then(happened(DeliveryAttempted, number=2))


def test_an_attempt_that_was_taken_for_lost_and_is_heard_of_is_not_repeated(world: World, text: str) -> None:
    attempt = begin(world, text)
    world.given(deferred(text, attempt, world.now))
    world.given(RecordDelivered(delivery_id=text, attempt_id=attempt))
    world.when(AttemptDelivery(delivery_id=text, patience=60)).rejected("not_possible_now")


def test_what_becomes_of_an_earlier_attempt_says_nothing_of_the_later_one(world: World, text: str) -> None:
    first = begin(world, text)
    world.given(deferred(text, first, world.now))
    second = begin(world, text)
    world.given(accepted(text, second))
    for late in (refused(text, first), RecordDelivered(delivery_id=text, attempt_id=first), accepted(text, first)):
        world.when(late).rejected("another_attempt")


def test_what_a_carrier_could_not_deliver_for_now_may_be_tried_again(world: World, text: str) -> None:
    attempt = begin(world, text)
    world.given(accepted(text, attempt), deferred(text, attempt, world.now))
    assert world.of("delivery", text).status == "pending"


def test_a_delivery_may_be_withheld_until_a_time_or_for_good_and_says_why(world: World, text: str) -> None:
    until = world.now + timedelta(hours=9)
    world.when(withheld(text, until)).then(
        happened(DeliveryDeferred, code="quiet_hours", reason="it is night there", retry_at=until, attempt_id="")
    )
    world.when(withheld(text)).then(happened(NotificationFailed, code="quiet_hours"))
    world.when(withheld(text, until)).changes_nothing()


def test_a_delivery_that_is_under_way_is_not_withheld(world: World, text: str) -> None:
    begin(world, text)
    world.when(withheld(text)).changes_nothing()
