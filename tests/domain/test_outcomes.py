"""What a disposition starts by the rules of its project: once, each part by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.centre.configuration import ConfigureProject
from domain.centre.references import check
from domain.customer.decide import LinkContactPoint
from domain.delivery.events import NotificationRequested
from domain.follow_up.events import FollowUpScheduled
from domain.outcome import ActOnOutcome, OutcomeActedOn
from domain.ticket.events import TicketHandedOver, TicketOpened
from tests.domain.commands import Work, callback, in_hand, phone, ready
from tests.domain.documents import project
from tests.domain.world import World, happened

DAY = 86_400


def ruled(world: World, **rule: Any) -> World:
    document = project(outcomes={"answered": rule})
    return world.given(ConfigureProject(document=document, expected_revision=1), *ready("anna"))


def act(work: Work) -> ActOnOutcome:
    return ActOnOutcome(**work.mine, work_id=work.work_id, disposition="answered")


def test_a_follow_up_is_planned_for_the_agent_who_had_the_contact(world: World) -> None:
    ruled(world, follow_up={"after": DAY, "channel": "email", "about": "ask how it went"})
    work = in_hand(world, "anna")
    then = world.when(act(work))
    then.including(
        happened(FollowUpScheduled, agent_id="anna", due_at=world.now + timedelta(days=1), by="rule"),
        happened(OutcomeActedOn, done=("follow_up",), failed=()),
    )
    assert then.one(OutcomeActedOn).follow_up_id == then.one(FollowUpScheduled).follow_up_id
    world.when(act(work)).changes_nothing()


def test_a_matter_is_passed_on_or_opened_where_the_contact_has_none(world: World) -> None:
    ruled(world, ticket={"department": "sales", "subject": "A sale"})
    world.when(act(in_hand(world, "anna"))).including(
        happened(TicketHandedOver, department="sales", by="rule"), happened(OutcomeActedOn, done=("ticket",))
    )
    called = world.when(callback()).result["interaction_id"]
    world.given(*ready("boris"))
    opened = world.when(act(in_hand(world, "boris", called))).one(TicketOpened)
    assert (opened.department, opened.subject, opened.interaction_id) == ("sales", "A sale", called)


def test_a_part_that_is_not_possible_is_on_record_and_keeps_no_other_from_being_started(world: World) -> None:
    ruled(world, callback={"about": "call"}, message="Thank you", ticket={"department": "sales", "subject": "A sale"})
    work = in_hand(world, "anna")
    acted = world.when(act(work)).one(OutcomeActedOn)
    assert acted.done == ("ticket",)
    assert acted.failed == ("callback: no_number", "message: no_number")


def test_a_known_number_is_called_back_and_sent_a_text(world: World) -> None:
    ruled(world, callback={"queue": "ringing", "about": "call"}, message="Thank you")
    work = in_hand(world, "anna")
    customer = world.of("ticket", work.ticket_id).customer_id
    world.given(LinkContactPoint(customer_id=customer, contact=phone("+48221234567")))
    then = world.when(act(work))
    then.including(
        happened(FollowUpScheduled, queue="ringing", agent_id="", due_at=world.now, channel="callback"),
        happened(NotificationRequested, channel="sms", body="Thank you"),
        happened(OutcomeActedOn, done=("callback", "message"), failed=()),
    )


def test_a_disposition_without_rules_any_more_is_done_with_nothing_started(world: World) -> None:
    ruled(world, message="Thank you").given(ConfigureProject(document=project(), expected_revision=2))
    world.when(act(in_hand(world, "anna"))).then(happened(OutcomeActedOn, done=(), failed=()))


def test_rules_name_dispositions_departments_and_queues_that_there_are() -> None:
    wrong = {"sold": {"ticket": {"department": "moon", "subject": "x"}, "callback": {"queue": "sun", "about": "x"}}}
    found = check([], [project(outcomes=wrong)], time_zones={"UTC"})
    assert [fault.what for fault in found if fault.severity == "fault"] == [
        "there is no disposition 'sold'",
        "there is no department 'moon'",
        "there is no queue 'sun'",
    ]
