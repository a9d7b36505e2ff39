"""Further contacts, planned for a time: work then, for an agent or a queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.agent.events import AgentReleased
from domain.agent.state import RESCINDED
from domain.customer.decide import EraseCustomer, RegisterCustomer
from domain.follow_up.decide import CancelFollowUp, CompleteFollowUp, MoveFollowUp, ScheduleFollowUp
from domain.follow_up.events import FollowUpCancelled, FollowUpDone, FollowUpMoved, FollowUpScheduled
from domain.interaction.events import (
    CallbackRequested,
    InteractionClosed,
    InteractionQueued,
    InteractionStarted,
    OfferRescinded,
)
from domain.ticket.decide import CloseTicket, ResolveTicket
from tests.domain.commands import PROJECT, Work, in_hand, mail, offer, phone, ready
from tests.domain.world import START, World, happened

TOMORROW = START + timedelta(days=1)
ADA = "00000000-0000-0000-0000-0000000000ad"


def known(world: World) -> World:
    """Ada is known by her telephone."""
    return world.given(RegisterCustomer(customer_id=ADA, name="Ada", language="fr", contacts=(phone("+48221234567"),)))


def plan(due_at: datetime = TOMORROW, **fields: Any) -> ScheduleFollowUp:
    values = {"customer_id": ADA, "queue": "billing", "about": "ask how it went"}
    return ScheduleFollowUp(project=PROJECT, by="anna", due_at=due_at, **(values | fields))


def change(kind: Any, ids: dict[str, str], **fields: Any) -> Any:
    where = {"project": PROJECT} if kind is MoveFollowUp else {}
    return kind(**where, follow_up_id=ids["follow_up_id"], by="anna", **fields)


def test_a_planned_call_waits_in_its_queue_until_its_time_and_begins_to_wait_only_then(world: World) -> None:
    known(world).when(plan()).then(
        happened(InteractionStarted, direction="outbound", channel="callback", entry="follow_up", language="fr"),
        happened(CallbackRequested, number="+48221234567", due_at=TOMORROW, about="ask how it went", key=""),
        happened(InteractionQueued, not_before=TOMORROW, arrived_at=TOMORROW, queue="billing", preferred=""),
        happened(FollowUpScheduled, agent_id="", queue="billing", due_at=TOMORROW, by="anna"),
    )


def test_the_work_is_offered_at_its_time_and_not_before(world: World) -> None:
    known(world).given(*ready("anna"))
    ids = world.when(plan()).result
    world.when(offer(ids["interaction_id"], "anna")).rejected("not_due")
    world.wait(days=1).given(offer(ids["interaction_id"], "anna"))


def test_one_planned_for_an_agent_is_kept_for_them_a_while_from_its_time_on(world: World) -> None:
    queued = known(world).when(plan(agent_id="anna")).one(InteractionQueued)
    assert (queued.preferred, queued.preferred_until) == ("anna", TOMORROW + timedelta(seconds=30))


def test_one_on_a_ticket_is_about_its_customer_and_goes_to_its_departments_queue(world: World) -> None:
    came = world.when(mail()).result
    then = world.when(plan(customer_id="", queue="", ticket_id=came["ticket_id"], channel="email"))
    then.including(
        happened(InteractionStarted, ticket_id=came["ticket_id"], customer_id=came["customer_id"], channel="email"),
        happened(InteractionQueued, queue="billing", channel="email"),
    ).without(CallbackRequested)


def test_a_letter_that_was_planned_can_be_written_and_finished_like_any_other_work(world: World) -> None:
    came = world.when(mail()).result
    world.given(*ready("anna"))
    ids = world.when(plan(customer_id="", queue="", ticket_id=came["ticket_id"], channel="email")).result
    world.wait(days=1)
    work: Work = in_hand(world, "anna", ids["interaction_id"])
    world.given(work.reply("Dear Ada, how did it go?"), work.complete(disposition="answered"))
    assert world.of("interaction", ids["interaction_id"]).status == "closed"
    world.when(change(CompleteFollowUp, ids)).rejected("already_done")


def test_what_cannot_be_planned_is_refused_with_what_is_missing(world: World) -> None:
    came = known(world).when(mail("eve@example.org")).result
    world.when(plan(customer_id="")).rejected("no_customer")
    world.when(plan(customer_id="nobody")).rejected("not_found")
    world.when(plan(queue="nowhere")).rejected("not_found")
    world.when(plan(queue="")).rejected("no_queue")
    world.when(plan(channel="email")).rejected("no_ticket")
    world.when(plan(customer_id=came["customer_id"])).rejected("no_number")
    world.when(plan(agent_id="nobody")).rejected("not_found")
    world.when(plan(agent_id="boris", queue="technical")).rejected("agent_unfit", saying="skill french")
    world.when(plan(START.replace(tzinfo=None))).rejected("no_time_zone")
    world.when(plan(START - timedelta(minutes=6))).rejected("in_the_past")
    world.when(plan(START + timedelta(days=367))).rejected("too_far")


def test_a_time_that_has_just_passed_is_now(world: World) -> None:
    assert known(world).when(plan(START - timedelta(minutes=2))).one(FollowUpScheduled).due_at == START


def test_a_closed_ticket_takes_no_follow_up(world: World) -> None:
    came = world.when(mail()).result
    world.given(
        ResolveTicket(project=PROJECT, ticket_id=came["ticket_id"], agent_id="anna"),
        CloseTicket(ticket_id=came["ticket_id"], reason="settled"),
    )
    world.when(plan(ticket_id=came["ticket_id"], channel="email")).rejected("closed")


def test_an_erased_customer_is_not_contacted(world: World) -> None:
    known(world).given(EraseCustomer(customer_id=ADA))
    world.when(plan()).rejected("erased")


def test_one_that_is_moved_is_other_work_for_another_time_and_whom_it_is_for_may_change(world: World) -> None:
    ids = known(world).when(plan()).result
    later = TOMORROW + timedelta(hours=2)
    then = world.when(change(MoveFollowUp, ids, due_at=later, agent_id="anna"))
    then.including(
        happened(InteractionClosed, interaction_id=ids["interaction_id"], reason="moved"),
        happened(InteractionQueued, not_before=later, preferred="anna"),
        happened(CallbackRequested, about="ask how it went"),
        happened(FollowUpMoved, due_at=later, agent_id="anna", by="anna"),
    )
    assert then.one(FollowUpMoved).interaction_id != ids["interaction_id"]
    world.when(change(MoveFollowUp, ids, due_at=later)).changes_nothing()
    world.when(change(MoveFollowUp, ids, due_at=later, agent_id="")).including(happened(FollowUpMoved, agent_id=""))


def test_one_that_rings_can_still_be_moved_and_its_agent_is_free_again(world: World) -> None:
    known(world).given(*ready("anna"))
    ids = world.when(plan()).result
    world.wait(days=1).given(offer(ids["interaction_id"], "anna"))
    world.when(change(MoveFollowUp, ids, due_at=TOMORROW + timedelta(hours=1))).including(
        happened(OfferRescinded, agent_id="anna"), happened(AgentReleased, agent_id="anna", reason=RESCINDED)
    )


def test_one_in_an_agents_hands_is_neither_moved_nor_cancelled(world: World) -> None:
    known(world).given(*ready("anna"))
    ids = world.when(plan()).result
    world.wait(days=1)
    in_hand(world, "anna", ids["interaction_id"])
    world.when(change(MoveFollowUp, ids, due_at=TOMORROW + timedelta(hours=1))).rejected("in_hand")
    world.when(change(CancelFollowUp, ids, reason="no need")).rejected("in_hand")


def test_one_that_is_cancelled_or_done_by_other_means_is_no_work_any_more(world: World) -> None:
    ids, other = known(world).when(plan()).result, world.when(plan()).result
    world.when(change(CancelFollowUp, ids, reason="no need")).then(
        happened(InteractionClosed, reason="cancelled"), happened(FollowUpCancelled, reason="no need")
    )
    world.when(change(CancelFollowUp, ids, reason="no need")).rejected("not_possible_now")
    world.when(change(CompleteFollowUp, other)).then(
        happened(InteractionClosed, reason="done by other means"), happened(FollowUpDone)
    )
    world.when(change(MoveFollowUp, other, due_at=TOMORROW)).rejected("not_possible_now")
    world.when(CancelFollowUp(follow_up_id="none", reason="no", by="anna")).rejected("not_found")
