"""Callbacks: asked for once per number, called when due, cancelled until somebody is on it."""

from datetime import timedelta

from domain.agent.events import AgentReleased
from domain.callback import RequestCallback
from domain.centre.configuration import ConfigureProject
from domain.customer.events import CustomerRegistered
from domain.interaction.events import (
    CallbackRequested,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    InteractionStarted,
    OfferRescinded,
)
from domain.interaction.leaving import CancelCallback
from domain.reservation import KeyReleased, KeyReserved
from tests.domain.commands import callback, in_hand, mail, offer, offered, phone
from tests.domain.documents import project
from tests.domain.world import World, happened


def test_a_callback_is_work_at_once_with_its_number_and_what_it_is_about(world: World) -> None:
    then = world.when(callback())
    then.including(
        happened(CustomerRegistered, provisional=True, name="Ada"),
        happened(InteractionStarted, channel="callback", direction="outbound", ticket_id=""),
        happened(CallbackRequested, number="+48221234567", about="the invoice", due_at=world.now, queue="billing"),
        happened(InteractionQueued, channel="callback", queue="billing", not_before=world.now, arrived_at=world.now),
        happened(KeyReserved, kind="callback"),
    )
    assert then.result["due_at"] == world.now.isoformat()


def test_a_caller_who_is_known_is_called_back_as_the_same_customer(world: World) -> None:
    first = world.when(callback()).result
    world.given(CancelCallback(interaction_id=first["interaction_id"]))
    again = world.when(callback()).without(CustomerRegistered)
    assert again.result["customer_id"] == first["customer_id"]


def test_a_number_has_one_open_callback(world: World) -> None:
    world.given(callback())
    world.when(callback()).rejected("already_requested")
    world.given(callback("+48000000001"))


def test_a_callback_for_later_is_offered_when_it_is_due_and_not_before(staffed: World) -> None:
    due = staffed.now + timedelta(hours=2)
    interaction = staffed.when(callback(due_at=due)).result["interaction_id"]
    staffed.when(offer(interaction, "anna")).rejected("not_due", saying=due.isoformat())
    staffed.wait(hours=2).when(offer(interaction, "anna")).including(happened(InteractionOffered))


def test_a_due_time_must_be_near_ahead_and_bear_a_zone(world: World) -> None:
    world.when(callback(due_at=world.now + timedelta(days=7, seconds=1))).rejected("too_far", saying="7 days")
    world.when(callback(due_at=world.now - timedelta(minutes=5, seconds=1))).rejected("in_the_past")
    world.when(callback(due_at=world.now.replace(tzinfo=None))).rejected("no_time_zone", saying="+01:00")
    world.given(callback("+48000000001", world.now + timedelta(days=7)))


def test_a_due_time_a_little_in_the_past_means_now(world: World) -> None:
    then = world.when(callback(due_at=world.now - timedelta(minutes=4)))
    assert then.one(CallbackRequested).due_at == world.now


def test_a_project_without_callbacks_takes_none(world: World) -> None:
    world.given(ConfigureProject(document=project(callbacks=None), expected_revision=1))
    world.when(callback()).rejected("no_callbacks", saying="callbacks")


def test_cancelling_closes_the_request_takes_back_offers_and_frees_the_number(staffed: World) -> None:
    request = callback()
    assert isinstance(request, RequestCallback)
    interaction = staffed.when(request).result["interaction_id"]
    work = offered(staffed, "anna", interaction)
    staffed.when(CancelCallback(interaction_id=interaction)).then(
        happened(OfferRescinded, work_id=work.work_id, reason="cancelled by the customer"),
        happened(InteractionClosed, reason="cancelled by the customer"),
        happened(AgentReleased, work_id=work.work_id),
        happened(KeyReleased, kind="callback", holder=interaction),
    )
    staffed.when(CancelCallback(interaction_id=interaction)).rejected("closed")
    staffed.given(request)


def test_a_callback_in_hand_is_not_cancelled_any_more(staffed: World) -> None:
    interaction = staffed.when(callback()).result["interaction_id"]
    in_hand(staffed, "anna", interaction)
    staffed.when(CancelCallback(interaction_id=interaction)).rejected("in_hand")


def test_only_a_callback_is_cancelled_as_one(world: World) -> None:
    interaction = world.when(mail()).result["interaction_id"]
    world.when(CancelCallback(interaction_id=interaction)).rejected("not_a_callback")
    world.when(CancelCallback(interaction_id="nothing")).rejected("not_found")


def test_the_number_is_kept_with_the_customer_it_belongs_to(world: World) -> None:
    customer = world.when(callback()).result["customer_id"]
    assert world.of("customer", customer).address("phone") == phone("+48221234567").address
