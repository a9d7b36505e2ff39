"""Callers: coming in, connected or not, leaving while they wait, and called back in the same place instead."""

from datetime import timedelta
from typing import Any

from domain.agent.events import AgentReleased, AgentStoppedResponding
from domain.callback import TakeCallback
from domain.customer.decide import ExcludeAgent
from domain.customer.events import ContactPointLinked, CustomerRegistered
from domain.interaction.calling import AbandonInteraction, ConnectAgent, FailConnect, ReceiveCall, RecogniseCaller
from domain.interaction.events import (
    AgentConnected,
    CallbackRequested,
    ConnectFailed,
    CustomerRecognised,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    InteractionStarted,
    InteractionTransferred,
    OfferAccepted,
    OfferRescinded,
    WrapUpCompleted,
)
from domain.interaction.transferring import TransferToQueue
from domain.reservation import KeyReleased, KeyReserved
from tests.domain.commands import PROJECT, Work, callback, email, in_hand, mail, offered, phone
from tests.domain.hotline import a_hotline, enqueued, rings, talks, waits, where
from tests.domain.world import World, happened


def receive(**fields: Any) -> ReceiveCall:
    values: dict[str, Any] = {"project": PROJECT, "caller": phone("+48221234567"), "entry": "+4822000"}
    return ReceiveCall(**(values | fields))


def abandon(interaction: str) -> AbandonInteraction:
    return AbandonInteraction(interaction_id=interaction)


def accepted(world: World, agent: str = "anna") -> Work:
    work = offered(world, agent, waits(world))
    world.given(work.accept())
    return work


def fail(work: Work) -> FailConnect:
    return FailConnect(project=PROJECT, **work.where, reason="no answer")


def test_a_caller_has_a_customer_from_the_first_event_on() -> None:
    world = a_hotline()
    world.when(receive(language="pl")).then(
        happened(CustomerRegistered, provisional=True),
        happened(ContactPointLinked, kind="phone", address="+48221234567"),
        happened(KeyReserved, kind="phone"),
        happened(InteractionStarted, channel="voice", direction="inbound", entry="+4822000", language="pl"),
    )
    world.when(receive()).then(happened(InteractionStarted, language="en"))


def test_a_caller_whose_number_is_withheld_is_somebody_too() -> None:
    world = a_hotline()
    first, second = (world.when(receive(caller=None)) for _ in range(2))
    first.then(happened(CustomerRegistered, provisional=True), happened(InteractionStarted))
    assert first.result["customer_id"] != second.result["customer_id"]


def test_a_caller_is_recognised_by_what_they_key_once() -> None:
    world = a_hotline()
    known = world.when(mail("ada@example.org")).result["customer_id"]
    interaction = rings(world)
    keyed = RecogniseCaller(interaction_id=interaction, contact=email("ada@example.org"), how="keyed")
    world.when(keyed).then(happened(CustomerRecognised, customer_id=known, how="keyed"))
    world.when(keyed).changes_nothing()
    enqueued(world, interaction).then(happened(InteractionQueued, customer_id=known))
    stranger = RecogniseCaller(interaction_id=interaction, contact=phone("+48999"), how="keyed")
    world.when(stranger).rejected("unknown_customer")


def test_a_caller_waits_once_however_often_the_provider_says_so() -> None:
    world = a_hotline()
    interaction = rings(world)
    enqueued(world, interaction).then(happened(InteractionQueued, leg="1", channel="voice", queue="calls"))
    enqueued(world, interaction).changes_nothing()


def test_accepting_a_call_is_not_yet_talking() -> None:
    world = a_hotline()
    work = offered(world, "anna", waits(world))
    world.when(work.accept()).then(happened(OfferAccepted))
    connect = ConnectAgent(**work.where)
    world.when(connect).then(happened(AgentConnected, agent_id="anna", reply_by=None))
    world.when(connect).changes_nothing()


def test_only_who_accepted_is_connected() -> None:
    world = a_hotline()
    work = offered(world, "anna", waits(world))
    world.when(ConnectAgent(**work.where)).rejected("not_yours")
    world.given(work.accept())
    world.when(ConnectAgent(**(work.where | {"agent_id": "boris"}))).rejected("not_yours")
    world.when(ConnectAgent(**(work.where | {"work_id": "other"}))).rejected("not_yours")


def test_a_caller_who_could_not_be_connected_waits_on_and_the_agent_has_missed_one() -> None:
    world = a_hotline()
    arrived = world.now
    work = accepted(world)
    world.wait(seconds=20).when(fail(work)).then(
        happened(ConnectFailed, agent_id="anna", reason="no answer"),
        happened(InteractionQueued, reason="connect_failed", arrived_at=arrived, trail=("anna",)),
        happened(AgentReleased, reason="connect failed", missed=True),
    )
    world.when(fail(work)).changes_nothing()


def test_an_agent_whose_telephone_cannot_be_reached_is_not_responding_in_the_end() -> None:
    world = a_hotline()
    work = accepted(world)
    world.given(fail(work))
    again = offered(world, "anna", work.interaction_id)
    world.given(again.accept())
    world.when(fail(again)).including(happened(AgentStoppedResponding, misses=2))


def test_a_connection_that_was_made_does_not_fail_any_more() -> None:
    world = a_hotline()
    world.when(fail(talks(world, "anna"))).changes_nothing()


def test_a_caller_who_hangs_up_while_waiting_is_an_abandon() -> None:
    world = a_hotline()
    work = offered(world, "anna", waits(world))
    world.wait(seconds=12.5).when(abandon(work.interaction_id)).then(
        happened(OfferRescinded, work_id=work.work_id, reason="the customer left"),
        happened(InteractionAbandoned, leg="1", waited=12.5),
        happened(InteractionClosed, reason="the customer left"),
        happened(AgentReleased, work_id=work.work_id, missed=False),
    )
    world.when(abandon(work.interaction_id)).changes_nothing()


def test_a_caller_who_hangs_up_while_being_connected_is_an_abandon_too() -> None:
    world = a_hotline()
    work = accepted(world)
    world.when(abandon(work.interaction_id)).then(
        happened(InteractionAbandoned, leg="1"),
        happened(InteractionClosed),
        happened(AgentReleased, agent_id="anna", reason="the customer left", missed=False),
    )
    world.when(fail(work)).changes_nothing()


def test_a_caller_who_hangs_up_before_waiting_only_ends_the_call() -> None:
    world = a_hotline()
    interaction = rings(world)
    world.when(abandon(interaction)).then(happened(InteractionClosed, reason="the customer left"))
    world.when(abandon("nothing")).changes_nothing()


def test_a_caller_who_talks_already_does_not_abandon() -> None:
    world = a_hotline()
    work = talks(world, "anna")
    world.when(abandon(work.interaction_id)).changes_nothing()
    world.when(work.complete(disposition="answered")).then(
        happened(WrapUpCompleted), happened(InteractionClosed, reason="completed"), happened(AgentReleased)
    )


def take(interaction: str, **fields: Any) -> TakeCallback:
    values: dict[str, Any] = {
        **where(interaction),
        "number": phone("+48221234567"),
        "key": "callback:+48221234567",
    }
    return TakeCallback(**(values | fields))


def test_a_caller_who_would_rather_be_called_back_keeps_the_place_in_line() -> None:
    world = a_hotline({"priority": 4, "skills": {"french": 2}})
    arrived = world.now
    work = offered(world, "anna", waits(world))
    then = world.wait(minutes=4).when(take(work.interaction_id))
    then.then(
        happened(OfferRescinded, work_id=work.work_id),
        happened(CallbackRequested, number="+48221234567", queue="calls", due_at=world.now),
        happened(InteractionTransferred, leg="1", to_leg="2", from_agent="", queue="calls"),
        happened(
            InteractionQueued,
            leg="2",
            channel="callback",
            arrived_at=arrived,
            priority=4,
            skills={"french": 2},
            expires_at=world.now + timedelta(hours=1),
        ),
        happened(AgentReleased, work_id=work.work_id),
        happened(KeyReserved, kind="callback"),
    )
    world.when(abandon(work.interaction_id)).changes_nothing()  # hanging up is what comes next
    back = in_hand(world, "anna", work.interaction_id, leg="2")
    world.when(back.complete()).including(happened(InteractionClosed), happened(KeyReleased, kind="callback"))


def promised(world: World) -> tuple[str, str]:
    """A known customer's id, and a caller whom nobody knows yet and who is promised a callback."""
    known = world.when(mail("ada@example.org")).result["customer_id"]
    interaction = waits(world)
    world.given(take(interaction))
    return known, interaction


def keys(interaction: str) -> RecogniseCaller:
    return RecogniseCaller(interaction_id=interaction, contact=email("ada@example.org"), how="keyed")


def test_who_is_recognised_after_asking_for_a_callback_is_whose_callback_it_is() -> None:
    world = a_hotline()
    known, interaction = promised(world)
    world.when(keys(interaction)).then(happened(CustomerRecognised, customer_id=known, how="keyed"))
    assert world.of("interaction", interaction).customer_id == known
    back = in_hand(world, "anna", interaction, leg="2")
    passed = world.when(TransferToQueue(**back.mine, queue="calls"))
    assert passed.one(InteractionQueued).customer_id == known


def test_a_callback_of_who_is_recognised_later_never_reaches_whom_it_must_not() -> None:
    world = a_hotline()
    known, interaction = promised(world)
    world.given(ExcludeAgent(customer_id=known, agent_id="anna", reason="asked for"))
    before = world.of("interaction", interaction).leg("2").wanted
    work = offered(world, "anna", interaction, leg="2")
    then = world.wait(seconds=20).when(keys(interaction))
    then.then(
        happened(CustomerRecognised, customer_id=known),
        happened(OfferRescinded, work_id=work.work_id),
        happened(InteractionTransferred, leg="2", to_leg="3", from_agent="", queue="calls"),
        happened(InteractionQueued, leg="3", customer_id=known, excluded=("anna",), arrived_at=before.arrived_at),
        happened(AgentReleased, work_id=work.work_id),
    )
    assert (then.one(InteractionQueued).not_before, then.one(InteractionQueued).expires_at) == (
        before.not_before,
        before.expires_at,
    )
    world.when(keys(interaction)).changes_nothing()


def test_one_callback_at_a_time_and_only_for_who_waits() -> None:
    world = a_hotline()
    interaction = waits(world)
    world.given(callback())
    world.when(take(interaction)).rejected("already_requested")
    world.when(take(talks(world, "anna", waits(world, number="+481")).interaction_id)).rejected("not_possible_now")
    bare = a_hotline(callbacks=None)
    bare.when(take(waits(bare))).rejected("no_callbacks")


def test_an_agent_who_declines_a_callback_is_no_failed_attempt() -> None:
    world = a_hotline()
    interaction = world.when(callback()).result["interaction_id"]
    before = world.of("interaction", interaction).leg("1").wanted
    for _ in range(5):
        world.given(offered(world, "anna", interaction).decline())
    leg = world.of("interaction", interaction).leg("1")
    assert (leg.status, leg.wanted) == ("waiting", before)
