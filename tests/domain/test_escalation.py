"""What waiting changes: steps, overflow, announcements, expiry and silence, each early, late and twice."""

from datetime import timedelta
from typing import Any

import pytest

from domain.agent.events import AgentReleased
from domain.callback import RequestCallback
from domain.customer.decide import LinkContactPoint
from domain.delivery.events import NotificationRequested
from domain.interaction.calling import RecogniseCaller
from domain.interaction.escalation import AnnounceWait, ExpireWork, OverflowInteraction, TakeStep
from domain.interaction.events import (
    CallbackOffered,
    DeflectionSent,
    InteractionClosed,
    InteractionOffered,
    OfferRescinded,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
)
from domain.reservation import KeyReleased
from tests.domain.commands import callback, in_hand, mail, offer, offered, phone
from tests.domain.hotline import WEEKDAYS, a_hotline, configured_anew, enqueued, rings, talks, waits, where
from tests.domain.world import World, happened


def step(interaction: str, number: int = 1, leg: str = "1") -> TakeStep:
    return TakeStep(**where(interaction, leg), step=number)


def leg_of(world: World, interaction: str, leg: str = "1") -> Any:
    return world.of("interaction", interaction).leg(leg)


def after(seconds: int, **step: Any) -> dict[str, Any]:
    return {"after": seconds, **step}


def test_a_step_is_taken_when_its_time_has_come_and_once() -> None:
    world = a_hotline({"steps": [after(60, any_language=True)]})
    interaction = waits(world)
    world.wait(seconds=59).when(step(interaction)).changes_nothing()
    world.wait(seconds=1).when(step(interaction)).then(happened(RequirementsRelaxed, step=1, waited=60))
    world.wait(hours=1).when(step(interaction)).changes_nothing()


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_step_that_the_queue_does_not_have_is_not_taken(number: int) -> None:
    world = a_hotline({"steps": [after(60, open_rings=2)]})
    interaction = waits(world)
    world.wait(hours=1).when(step(interaction, number)).changes_nothing()


def test_a_step_of_work_that_no_longer_waits_is_not_taken() -> None:
    world = a_hotline({"steps": [after(60, open_rings=2)]})
    work = talks(world, "anna")
    world.wait(hours=1).when(step(work.interaction_id)).changes_nothing()
    world.when(step("nothing")).changes_nothing()


def test_a_step_relaxes_what_it_names_and_leaves_the_rest() -> None:
    rules = {
        "skills": {"french": 4},
        "sites": "own",
        "language": "required",
        "steps": [
            after(10, lower={"french": 2}),
            after(20, add_queue="second", open_rings=2),
            after(30, add_sites=["warsaw"]),
            after(40, drop=["french"], add_sites=["any"], any_language=True),
        ],
    }
    world = a_hotline(rules)
    interaction = waits(world, site="paris")
    assert (leg_of(world, interaction).wanted.sites, leg_of(world, interaction).wanted.rings) == (("paris",), 1)
    world.wait(minutes=1).when(step(interaction, 1)).then(
        happened(RequirementsRelaxed, skills={"french": 2}, also=(), rings=1, sites=("paris",), language_required=True)
    )
    world.when(step(interaction, 2)).then(happened(RequirementsRelaxed, also=("second",), rings=2))
    world.when(step(interaction, 3)).then(happened(RequirementsRelaxed, sites=("paris", "warsaw")))
    world.when(step(interaction, 4)).then(
        happened(RequirementsRelaxed, skills={}, also=("second",), rings=2, sites=(), language_required=False)
    )
    assert leg_of(world, interaction).wanted.steps == (1, 2, 3, 4)


def test_a_later_step_may_come_first_and_the_earlier_one_undoes_nothing_of_it() -> None:
    steps = [after(10, lower={"french": 4}, open_rings=2), after(20, lower={"french": 1}, open_rings=3)]
    world = a_hotline({"skills": {"french": 8}, "steps": steps})
    interaction = waits(world)
    world.wait(minutes=1).given(step(interaction, 2))
    world.when(step(interaction, 1)).then(happened(RequirementsRelaxed, step=1, skills={"french": 1}, rings=3))


def test_a_step_widens_who_may_be_offered_the_work() -> None:
    rules = {"skills": {"french": 4}, "steps": [after(30, add_queue="second", open_rings=2)]}
    world = a_hotline(rules, agents=("dora",))
    interaction = waits(world)
    world.when(offer(interaction, "dora")).rejected("agent_unfit", saying="queue hotline/calls: not in profile second")
    world.wait(seconds=30).given(step(interaction))
    world.when(offer(interaction, "dora")).including(happened(InteractionOffered))


def test_steps_count_open_time_alone_where_the_queue_has_hours() -> None:
    world = a_hotline({"hours": "weekdays", "steps": [after(7200, open_rings=2)]})
    world.wait(hours=8)  # 17:00, an hour before closing
    interaction = waits(world)
    world.wait(hours=2).when(step(interaction)).changes_nothing()
    world.wait(hours=13).when(step(interaction)).changes_nothing()  # 08:00, the second hour begins
    world.wait(hours=1).when(step(interaction)).then(happened(RequirementsRelaxed, waited=16 * 3600))


def test_a_queue_that_never_opens_takes_no_step() -> None:
    shut = {"weekdays": {**WEEKDAYS, "weekly": {}}}
    world = a_hotline({"hours": "weekdays", "steps": [after(1, open_rings=2)]}, hours=shut)
    interaction = waits(world)
    world.wait(days=300).when(step(interaction)).changes_nothing()


def test_a_step_raises_priority_and_never_lowers_it() -> None:
    world = a_hotline({"priority": 3, "steps": [after(10, priority=2), after(20, priority=5)]})
    interaction = waits(world)
    world.wait(minutes=1).when(step(interaction, 1)).then(happened(PriorityRaised, step=1, priority=2))
    world.when(step(interaction, 2)).then(happened(PriorityRaised, step=2, priority=2))
    assert leg_of(world, interaction).wanted.priority == 2


def test_a_step_does_all_that_it_says_in_one_append_and_voicemail_last() -> None:
    rules = {"steps": [after(10, open_rings=2, priority=1, offer_callback=True, voicemail=True, message="Write to us")]}
    world = a_hotline(rules)
    interaction = waits(world)
    work = offered(world, "anna", interaction)
    then = world.wait(seconds=10).when(step(interaction))
    then.then(
        happened(RequirementsRelaxed),
        happened(PriorityRaised, priority=1),
        happened(CallbackOffered),
        happened(DeflectionSent, delivery_id=then.one(NotificationRequested).delivery_id),
        happened(OfferRescinded, work_id=work.work_id, reason="sent to voicemail"),
        happened(SentToVoicemail, waited=10),
        happened(NotificationRequested, kind="deflection", channel="sms", to="+48221234567", body="Write to us"),
        happened(AgentReleased, work_id=work.work_id, missed=False),
    )
    assert (leg_of(world, interaction).status, world.of("agent", "anna").used) == ("ended", 0)


def test_a_caller_whose_number_is_withheld_gets_no_text() -> None:
    world = a_hotline({"steps": [after(10, message="Write to us")]})
    interaction = waits(world, number=None)
    world.wait(seconds=10).when(step(interaction)).then(happened(RequirementsRelaxed, step=1))
    world.when(step(interaction)).changes_nothing()


def test_a_mail_is_never_sent_to_voicemail_and_the_step_counts_as_taken() -> None:
    world = a_hotline(mail={"skills": {"french": 3}, "steps": [after(10, voicemail=True, offer_callback=True)]})
    interaction = world.when(mail()).result["interaction_id"]
    world.wait(seconds=10).when(step(interaction)).then(
        happened(RequirementsRelaxed, step=1, skills={"french": 3}, rings=1, also=(), sites=())
    )
    world.when(step(interaction)).changes_nothing()
    assert leg_of(world, interaction).status == "waiting"


def test_a_queue_that_is_gone_from_the_document_takes_no_steps() -> None:
    world = a_hotline({"steps": [after(10, open_rings=2)]})
    interaction = waits(world)
    queues = {"mail": {"title": "Mail"}, "second": {"title": "Second"}}
    world.given(configured_anew(world, queues=queues, callbacks=None)).wait(hours=1)
    for command in (step(interaction), OverflowInteraction(**where(interaction)), announce(interaction)):
        world.when(command).changes_nothing()


def test_work_overflows_to_the_agents_of_another_queue_once() -> None:
    world = a_hotline({"overflow": {"waiting": 3, "queue": "second"}})
    interaction = waits(world)
    overflow = OverflowInteraction(**where(interaction))
    world.wait(seconds=5).when(overflow).then(happened(RequirementsRelaxed, step=0, waited=5, also=("second",)))
    world.when(overflow).changes_nothing()


def test_a_queue_without_overflow_keeps_its_work() -> None:
    world = a_hotline()
    world.when(OverflowInteraction(**where(waits(world)))).changes_nothing()


def announce(interaction: str) -> AnnounceWait:
    return AnnounceWait(**where(interaction), seconds=120, place=3, method="queue_length")


def test_the_wait_is_announced_as_often_as_the_queue_says() -> None:
    world = a_hotline({"announce": 30})
    interaction = waits(world)
    world.when(announce(interaction)).then(
        happened(WaitAnnounced, seconds=120, place=3, next_at=world.now + timedelta(seconds=30))
    )
    world.wait(seconds=29).when(announce(interaction)).changes_nothing()
    world.wait(seconds=1).when(announce(interaction)).then(happened(WaitAnnounced))


def test_nothing_is_announced_where_the_queue_says_nothing_or_to_who_talks_already() -> None:
    quiet, world = a_hotline(), a_hotline({"announce": 30})
    quiet.when(announce(waits(quiet))).changes_nothing()
    world.when(announce(talks(world, "anna").interaction_id)).changes_nothing()


def expiring(world: World, **fields: Any) -> tuple[RequestCallback, str]:
    request = callback(**fields)
    assert isinstance(request, RequestCallback)
    return request, world.when(request).result["interaction_id"]


def test_a_callback_that_nobody_takes_expires_and_the_number_may_be_asked_for_again() -> None:
    world = a_hotline()
    request, interaction = expiring(world, due_at=None)
    work = offered(world, "anna", interaction)
    expire = ExpireWork(**where(interaction))
    world.wait(seconds=3599).when(expire).changes_nothing()
    world.wait(seconds=1).when(expire).then(
        happened(OfferRescinded, work_id=work.work_id),
        happened(WorkExpired),
        happened(InteractionClosed, reason="expired"),
        happened(AgentReleased, work_id=work.work_id),
        happened(KeyReleased, holder=interaction),
    )
    world.when(expire).changes_nothing()
    world.given(request)


def test_a_callback_for_later_expires_after_it_fell_due_and_not_after_it_was_asked_for() -> None:
    world = a_hotline()
    _, interaction = expiring(world, due_at=world.now + timedelta(hours=5))
    expire = ExpireWork(**where(interaction))
    world.wait(hours=5, minutes=59).when(expire).changes_nothing()
    world.wait(minutes=1).when(expire).including(happened(WorkExpired))


def test_a_customer_with_a_mail_address_is_told_that_nobody_could_call() -> None:
    world = a_hotline()
    world.given(mail("ada@example.org"))
    customer = world.when(mail("ada@example.org")).result["customer_id"]

    world.given(LinkContactPoint(customer_id=customer, contact=phone("+48221234567")))
    _, interaction = expiring(world)
    world.wait(hours=1).when(ExpireWork(**where(interaction))).including(
        happened(NotificationRequested, kind="callback_expired", channel="email", to="ada@example.org", mailbox="help")
    )


def test_a_callback_in_hand_does_not_expire() -> None:
    world = a_hotline()
    _, interaction = expiring(world)
    in_hand(world, "anna", interaction)
    world.wait(hours=5).when(ExpireWork(**where(interaction))).changes_nothing()


def test_other_work_never_expires() -> None:
    world = a_hotline()
    world.wait(days=30).when(ExpireWork(**where(waits(world)))).changes_nothing()


def test_who_called_without_a_number_is_recognised_and_then_texted() -> None:
    world = a_hotline({"steps": [after(10, message="Write to us")]})
    waits(world, number="+48000000007")

    interaction = rings(world, number=None)
    world.given(RecogniseCaller(interaction_id=interaction, contact=phone("+48000000007"), how="keyed"))

    enqueued(world, interaction)
    world.wait(seconds=10).when(step(interaction)).including(happened(NotificationRequested, to="+48000000007"))
