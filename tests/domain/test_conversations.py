"""Conversations on a page of ours, on a channel that only this test knows: the domain needs nothing more of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.agent.commands import SignOut
from domain.agent.events import AgentReleased, AgentReserved
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.references import check
from domain.centre.staffing import check_staffing
from domain.channel import SMS, Channel, declare
from domain.conversation import LONGEST, LeaveConversation, SayInConversation, StartConversation, said_on_page
from domain.customer.events import CustomerRegistered, FactRecorded
from domain.decide import Command
from domain.delivery.events import NotificationRequested
from domain.interaction.answering import carries
from domain.interaction.escalation import ExpireWork, RequeueSilent
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    InteractionStarted,
    MessageReceived,
    MessageSent,
    WorkGivenUp,
    WrapUpCompleted,
)
from domain.interaction.work import CompleteWork, Reply
from tests.domain.commands import PROJECT, offer, offered, ready
from tests.domain.documents import BOTH, centre, project
from tests.domain.world import World, happened

COUNTER = declare(Channel(name="counter", medium="written", conversations=True))
carries(COUNTER.name)(said_on_page)
PAGE: dict[str, Any] = {"channel": "counter", "title": "Counter", "department": "billing"}


def a_centre(page: dict[str, Any] | None = None, **queue: Any) -> World:
    """Anna and Boris are ready and take two conversations each."""
    use = {"counter": {"concurrency": 2}, "email": {"concurrency": 2}, "callback": {"concurrency": 1}}
    people = centre(profiles={"mixed": {"capacity": 4, "channels": use, "queues": BOTH}})
    queues = {"billing": {"title": "Billing", **queue}}
    departments = {"billing": {"title": "Billing", "queue": "billing"}}
    mailboxes = {"help": {"address": "help@example.com", "title": "Help", "department": "billing"}}
    conversations = {"counter": PAGE | (page or {})}
    hotline = project(
        queues=queues, departments=departments, mailboxes=mailboxes, conversations=conversations,
        hours={"office": {"weekly": {"mon": ["08:00-09:30"]}}},
    )  # fmt: skip
    world = World().given(ConfigureProject(document=hotline, expected_revision=0))
    world.given(ConfigureCentre(document=people, expected_revision=0))
    return world.given(*ready("anna"), *ready("boris"))


def begin(text: str = "Good day", **fields: Any) -> Command:
    return StartConversation(project=PROJECT, entry="counter", text=text, **fields)


def say(interaction_id: str, text: str = "Are you there?") -> Command:
    return SayInConversation(project=PROJECT, interaction_id=interaction_id, text=text)


def leave(interaction_id: str, *, only_waiting: bool = False) -> Command:
    return LeaveConversation(project=PROJECT, interaction_id=interaction_id, only_waiting=only_waiting)


def begun(world: World, agent: str = "anna") -> Any:
    """A conversation in an agent's hands."""
    work = offered(world, agent, world.when(begin()).result["interaction_id"])
    world.given(work.accept())
    return work


def reply(work: Any, text: str = "How can I help?") -> Command:
    return Reply(project=PROJECT, interaction_id=work.interaction_id, leg=work.leg, agent_id=work.agent_id, text=text)


def test_a_first_message_waits_in_the_queue_of_its_department_as_work_of_its_channel() -> None:
    world = a_centre()
    world.when(begin(name="Ada", language="fr")).then(
        happened(CustomerRegistered, name="Ada", provisional=True, language="fr"),
        happened(InteractionStarted, channel="counter", entry="counter", ticket_id="", language="fr"),
        happened(MessageReceived, via="counter", text="Good day"),
        happened(InteractionQueued, channel="counter", queue="billing"),
    )


def test_an_address_that_is_given_is_kept_as_said_and_opens_nobodys_card() -> None:
    world = a_centre()
    first = world.when(begin(email="ada@example.org"))
    assert first.one(FactRecorded).value == "ada@example.org"
    second = world.when(begin(email="ada@example.org"))
    assert first.result["customer_id"] != second.result["customer_id"]


def test_whoever_accepts_is_in_contact_and_what_they_write_needs_no_delivery() -> None:
    world = a_centre()
    work = offered(world, "anna", world.when(begin()).result["interaction_id"])
    world.when(work.accept()).including(happened(AgentConnected, agent_id="anna"))
    said = world.when(reply(work))
    said.then(happened(MessageSent, via="counter", delivery_id="", text="How can I help?"))
    said.without(NotificationRequested)


def test_a_conversation_takes_the_capacity_that_the_profile_gives_its_channel() -> None:
    world = a_centre()
    for _ in range(2):
        begun(world)
    third = world.when(begin()).result["interaction_id"]
    world.when(offer(third, "anna")).rejected("agent_unfit", "channel counter: has 2, may have 2")
    world.when(offer(third, "boris")).including(happened(AgentReserved, channel="counter"))


def test_an_agent_who_stays_silent_loses_it_and_the_customer_keeps_the_place() -> None:
    world = a_centre(silence=120)
    arrived = world.now
    work = begun(world)
    due = world.now + timedelta(seconds=120)
    world.wait(seconds=60).when(say(work.interaction_id)).including(
        happened(MessageReceived, reply_by=due + timedelta(seconds=60))
    )
    silent = RequeueSilent(project=PROJECT, interaction_id=work.interaction_id, leg=work.leg, work_id=work.work_id)
    world.wait(seconds=59).when(silent).changes_nothing()
    world.wait(seconds=1).when(silent).then(
        happened(WorkGivenUp, agent_id="anna", reason="silent"),
        happened(InteractionQueued, reason="silent", arrived_at=arrived, trail=("anna",)),
        happened(AgentReleased, agent_id="anna"),
    )
    world.when(say(work.interaction_id)).then(happened(MessageReceived, reply_by=None))


def test_an_agent_who_signs_out_gives_it_back() -> None:
    world = a_centre()
    begun(world)
    world.when(SignOut(agent_id="anna")).including(happened(InteractionQueued, reason="agent_left"))


def test_a_customer_who_leaves_while_waiting_has_abandoned_it() -> None:
    world = a_centre()
    interaction_id = world.when(begin()).result["interaction_id"]
    world.wait(seconds=30).when(leave(interaction_id)).then(
        happened(InteractionAbandoned, waited=30.0), happened(InteractionClosed, reason="the customer left")
    )
    world.when(leave(interaction_id)).changes_nothing()
    world.when(say(interaction_id)).rejected("closed")


def test_a_customer_who_leaves_an_agent_ends_the_contact() -> None:
    world = a_centre()
    work = begun(world)
    world.when(leave(work.interaction_id, only_waiting=True)).changes_nothing()
    world.when(leave(work.interaction_id)).including(
        happened(WrapUpCompleted, agent_id="anna"), happened(InteractionClosed), happened(AgentReleased)
    )


def test_nothing_is_said_in_a_conversation_whose_agent_is_finishing_up() -> None:
    world = a_centre(wrap_up={"mode": "optional"})
    work = begun(world)
    done = CompleteWork(project=PROJECT, interaction_id=work.interaction_id, leg=work.leg, agent_id="anna")
    world.given(done)
    world.when(say(work.interaction_id)).rejected("ended", "begins another one")
    world.when(leave(work.interaction_id)).changes_nothing()


def test_a_conversation_that_nobody_takes_is_given_up() -> None:
    world = a_centre({"expires": 600})
    interaction_id = world.when(begin()).result["interaction_id"]
    late = ExpireWork(project=PROJECT, interaction_id=interaction_id, leg="1")
    world.wait(seconds=599).when(late).changes_nothing()
    world.wait(seconds=1).when(late).including(happened(InteractionClosed, reason="expired"))


@pytest.mark.parametrize(("text", "code"), [("", "empty"), (" \n", "empty"), ("x" * (LONGEST + 1), "too_long")])
def test_neither_side_can_say_nothing_or_too_much(text: str, code: str) -> None:
    world = a_centre()
    world.when(begin(text)).rejected(code)
    work = begun(world)
    world.when(say(work.interaction_id, text)).rejected(code)
    world.when(reply(work, text)).rejected(code)


def test_a_closed_queue_that_lets_nobody_wait_begins_no_conversation() -> None:
    closed = {"hours": "office", "closed": {"then": "message", "text": "We are closed."}}
    world = a_centre(**closed)
    world.given(begin())
    world.wait(hours=1).when(begin()).rejected("queue_closed")
    waiting = a_centre(hours="office")
    waiting.wait(hours=1).when(begin()).including(happened(InteractionQueued))


def test_an_unknown_page_has_no_conversations() -> None:
    missing = StartConversation(project=PROJECT, entry="nowhere", text="Good day")
    a_centre().when(missing).rejected("not_found", "conversation")


def test_a_page_must_name_a_channel_of_conversations_and_a_department_that_there_is() -> None:
    pages = {"counter": {**PAGE, "channel": "voice"}, "desk": {**PAGE, "department": "bilking"}}
    found = check([], [project(conversations=pages)], time_zones=frozenset({"UTC"}))
    faults = [fault for fault in found if fault.path[0] == "conversations"]
    assert [(fault.path, fault.what) for fault in faults] == [
        (("conversations", "counter", "channel"), "there is no channel of conversations 'voice'"),
        (("conversations", "desk", "department"), "there is no department 'bilking'"),
    ]


def test_a_page_is_warned_of_whose_work_no_profile_takes() -> None:
    found = check_staffing([centre()], [project(conversations={"counter": PAGE})])
    assert any("work of the channel 'counter' comes to the queue 'billing'" in fault.what for fault in found)


def test_a_channel_is_declared_once() -> None:
    declare(Channel(name="counter", medium="written", conversations=True))
    with pytest.raises(TypeError, match="there is a channel 'counter' already"):
        declare(Channel(name="counter", medium="spoken"))
    with pytest.raises(TypeError, match="there is a channel 'sms' already"):
        declare(Channel(name=SMS.name, medium="spoken"))
