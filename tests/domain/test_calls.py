"""A caller's leg: lines are counted, turns taken once, messages become work, and who hangs up leaves nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.agent.commands import BecomeReady, SignIn
from domain.agent.events import AgentReleased
from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.customer.events import CustomerRegistered
from domain.decide import Command
from domain.interaction.calling import ConnectAgent
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    InteractionStarted,
    OfferRescinded,
    SentToVoicemail,
    WrapUpCompleted,
)
from domain.interaction.offers import AcceptOffer
from domain.voice.calls import (
    AnswerCall,
    EndCall,
    KeyCustomerNumber,
    TakeTurn,
    WaitForAgent,
)
from domain.voice.dial import AttemptDial, RecordAnswered, RecordDialEnded, RecordPlaced
from domain.voice.events import (
    CallEnded,
    CallProceeded,
    CallRefused,
    CallStarted,
    DialAnswered,
    DialAttempted,
    DialEnded,
    DialPlaced,
    LineFreed,
    LineTaken,
    MessageLeft,
    MessageStored,
)
from domain.voice.lines import Lines
from domain.voice.messages import LeaveMessage, StoreMessage
from domain.voice.place import Place
from tests.domain.commands import offer, phone
from tests.domain.documents import centre, project
from tests.domain.world import World, happened

NUMBERS = {"main": {"number": "+48221112233", "title": "Main", "flow": "hello", "lines": 2, "site": "paris"}}
FLOWS = {"hello": {"title": "Hello", "start": "bye", "steps": {"bye": {"hang_up": {}}}}}
CALLERS = "+48601000001", "+48601000002", "+48601000003"


@pytest.fixture
def hotline() -> World:
    return open_hotline()


def open_hotline() -> World:
    document = centre()
    profile = document.profiles["mixed"].model_dump()
    profile["channels"]["voice"] = {"concurrency": 1, "units": 3}
    profiles = {**{name: one.model_dump() for name, one in document.profiles.items()}, "mixed": profile}
    return World().given(
        ConfigureProject(document=project(numbers=NUMBERS, flows=FLOWS), expected_revision=0),
        ConfigureCentre(document=centre(profiles=profiles), expected_revision=0),
        SignIn(agent_id="anna"),
        BecomeReady(agent_id="anna"),
    )


def answer(call: str = "c1", caller: str | None = CALLERS[0]) -> AnswerCall:
    contact = None if caller is None else phone(caller)
    return AnswerCall(project="hotline", number="main", call_id=call, provider="twilio", caller=contact)


def turn(number: int, call: str = "c1", *means: Command, step: str = "bye") -> TakeTurn:
    place = Place(step=step, turn=number, language="en")
    return TakeTurn(call_id=call, place=place, way="key", means=means)


def wait(call: str = "c1", **more: int) -> WaitForAgent:
    return WaitForAgent(project="hotline", call_id=call, queue="billing", **more)


def end(call: str = "c1", status: str = "completed") -> EndCall:
    return EndCall(project="hotline", call_id=call, status=status)


def waiting(world: World, call: str = "c1") -> str:
    """A caller who waits; the interaction."""
    interaction = world.when(answer(call)).result["interaction_id"]
    world.given(turn(1, call, wait(call)))
    return interaction


def lines(world: World) -> Lines:
    return world.of("line", "hotline.main")


def test_a_call_takes_a_line_and_starts_an_interaction_of_its_caller(hotline: World) -> None:
    then = hotline.when(answer())
    then.including(
        happened(LineTaken, number="main", call_id="c1"),
        happened(CustomerRegistered, provisional=True),
        happened(InteractionStarted, channel="voice", direction="inbound", entry="main"),
        happened(CallStarted, call_id="c1", caller_known=True, caller=CALLERS[0]),
    )
    assert then.result["customer_id"]


def test_a_call_told_of_twice_starts_once(hotline: World) -> None:
    first = hotline.when(answer()).result
    again = hotline.when(answer()).changes_nothing()
    assert again.result["interaction_id"] == first["interaction_id"]


def test_callers_who_withhold_their_numbers_are_customers_of_their_own(hotline: World) -> None:
    first, second = hotline.when(answer("c1", None)), hotline.when(answer("c2", None))
    assert first.one(CallStarted).caller is None
    assert first.result["customer_id"] != second.result["customer_id"]


def test_past_the_last_line_the_caller_hears_busy_and_nothing_else_happens(hotline: World) -> None:
    hotline.given(answer("c1", CALLERS[0]), answer("c2", CALLERS[1]))
    refused = hotline.when(answer("c3", CALLERS[2])).then(happened(CallRefused, call_id="c3", lines=2))
    assert refused.result == {"refused": "busy"}
    hotline.given(end("c1"))
    hotline.when(answer("c3", CALLERS[2])).including(happened(LineTaken, call_id="c3"))


def test_a_turn_is_taken_once_with_all_that_it_means(hotline: World) -> None:
    hotline.given(answer())
    hotline.when(turn(1, "c1", wait())).including(
        happened(CallProceeded, way="key"), happened(InteractionQueued, channel="voice", queue="billing", site="paris")
    )
    assert hotline.when(turn(1, "c1", wait())).changes_nothing().result == {"turn": "repeated"}
    assert hotline.when(turn(3)).changes_nothing().result == {"turn": "repeated"}


def test_a_turn_whose_meaning_is_refused_is_not_taken(hotline: World) -> None:
    hotline.given(answer())
    nowhere = WaitForAgent(project="hotline", call_id="c1", queue="nowhere")
    hotline.when(turn(1, "c1", nowhere)).rejected("not_found")
    assert hotline.of("call", "c1").turn == 0


def test_a_flow_may_give_another_priority_than_the_queue(hotline: World) -> None:
    hotline.given(answer())
    assert hotline.when(wait(priority=2)).one(InteractionQueued).priority == 2


def test_a_caller_who_comes_back_to_waiting_keeps_the_place(hotline: World) -> None:
    waiting(hotline)
    hotline.when(wait()).changes_nothing()


def test_who_hangs_up_in_the_menu_frees_the_line_and_closes_the_interaction(hotline: World) -> None:
    hotline.given(answer())
    hotline.when(end(status="canceled")).then(
        happened(CallEnded, status="canceled"), happened(LineFreed, call_id="c1"), happened(InteractionClosed)
    )
    hotline.when(end()).changes_nothing()
    hotline.when(turn(1)).rejected("call_over")


def test_who_hangs_up_while_an_offer_rings_is_abandoned_and_the_agent_is_free(hotline: World) -> None:
    interaction = waiting(hotline)
    hotline.given(offer(interaction, "anna"))
    hotline.wait(seconds=9).when(end()).including(
        happened(OfferRescinded), happened(AgentReleased), happened(InteractionAbandoned, waited=9.0)
    )


def talking(world: World) -> str:
    interaction = waiting(world)
    work = world.when(offer(interaction, "anna")).result["work_id"]
    mine = {"interaction_id": interaction, "leg": "1", "work_id": work, "agent_id": "anna"}
    world.given(AcceptOffer(**mine), ConnectAgent(**mine))
    return interaction


def test_who_hangs_up_in_conversation_ends_the_agents_contact(hotline: World) -> None:
    talking(hotline)
    hotline.when(end()).including(
        happened(WrapUpCompleted, agent_id="anna"), happened(AgentReleased), happened(InteractionClosed)
    )


def test_a_message_is_work_to_call_back_and_outlives_the_call(hotline: World) -> None:
    waiting(hotline)
    leave = LeaveMessage(
        project="hotline", call_id="c1", queue="technical", seconds=12, recording_id="r1", recipient=""
    )
    then = hotline.when(turn(2, "c1", leave))
    then.including(
        happened(SentToVoicemail, leg="1"),
        happened(MessageLeft, seconds=12),
        happened(InteractionQueued, channel="callback", queue="technical", leg="2"),
    )
    hotline.when(end()).without(InteractionClosed, InteractionAbandoned)


def test_a_message_that_is_told_of_after_the_hang_up_is_work_of_its_own_and_once(hotline: World) -> None:
    first = hotline.when(answer()).result["interaction_id"]
    hotline.given(end())
    leave = LeaveMessage(project="hotline", call_id="c1", queue="billing", seconds=12, recording_id="r1", recipient="")
    then = hotline.when(leave)
    assert then.one(InteractionQueued).interaction_id != first
    assert then.one(InteractionStarted).channel == "callback"
    hotline.when(leave).changes_nothing()


def test_the_sound_of_a_message_is_stored_once_also_after_the_call(hotline: World) -> None:
    interaction = hotline.when(answer()).result["interaction_id"]
    hotline.given(end())
    store = StoreMessage(
        project="hotline",
        call_id="c1",
        customer_id="x",
        recording_id="r1",
        reference="b",
        media_type="audio/wav",
        seconds=3,
        size=9,
    )
    hotline.when(store).then(happened(MessageStored, interaction_id=interaction, reference="b"))
    hotline.when(store).changes_nothing()


def test_a_customer_number_that_is_keyed_is_the_customers_own(hotline: World) -> None:
    customer = hotline.when(answer()).result["customer_id"]
    keyed = hotline.when(KeyCustomerNumber(call_id="c1", number="123456", known=False))
    assert (keyed.events[0].customer_id, keyed.events[0].personal) == (customer, ("number",))  # type: ignore[attr-defined]


ATTEMPT = AttemptDial(
    dial_id="d1",
    interaction_id="i",
    leg="1",
    work_id="w",
    purpose="agent",
    agent_id="anna",
    number="main",
    provider="twilio",
    patience=60,
)


def test_a_dial_attempt_is_on_record_once_before_it_is_made(hotline: World) -> None:
    first = hotline.when(ATTEMPT)
    first.then(happened(DialAttempted, purpose="agent", agent_id="anna"))
    assert (first.result["attempt"], hotline.when(ATTEMPT).changes_nothing().result["attempt"]) == ("fresh", "known")


def test_an_answer_may_be_told_before_the_attempt_is_confirmed(hotline: World) -> None:
    hotline.given(ATTEMPT)
    hotline.when(RecordAnswered(dial_id="d1", call_id="c9")).then(happened(DialPlaced), happened(DialAnswered))
    hotline.when(RecordPlaced(dial_id="d1", call_id="c9")).changes_nothing()
    hotline.when(RecordDialEnded(dial_id="d1", outcome="ended")).then(happened(DialEnded, call_id="c9"))
    hotline.when(RecordAnswered(dial_id="d1", call_id="c9")).changes_nothing()


def test_what_is_told_of_an_unknown_attempt_is_refused(hotline: World) -> None:
    hotline.when(RecordPlaced(dial_id="d7", call_id="c9")).rejected("not_found")


DEEDS = st.lists(st.sampled_from(["answer", "wait", "offer", "accept", "connect", "message", "turn"]), max_size=12)


@settings(max_examples=80, deadline=None)
@given(DEEDS)
def test_a_caller_who_hangs_up_at_any_moment_leaves_no_line_and_no_waiting_leg(deeds: list[str]) -> None:
    world: World = open_hotline()
    work: dict[str, str] = {}
    for number, deed in enumerate(deeds, 1):
        interaction = world.of("call", "c1").interaction_id or "none"
        mine = {"interaction_id": interaction, "leg": "1", "work_id": work.get("id", ""), "agent_id": "anna"}
        command: Command = {
            "answer": answer(),
            "wait": wait(),
            "turn": turn(number),
            "message": LeaveMessage(
                project="hotline", call_id="c1", queue="billing", seconds=1, recording_id="r1", recipient=""
            ),
            "offer": offer(interaction, "anna"),
            "accept": AcceptOffer(**mine),
            "connect": ConnectAgent(**mine),
        }[deed]
        then = world.when(command)
        if deed == "offer" and then.rejection is None:
            work["id"] = then.result["work_id"]
    world.given(end())
    assert lines(world).held == frozenset()
    call = world.of("call", "c1")
    legs = world.of("interaction", call.interaction_id).legs.values() if call.interaction_id else []
    assert not [
        leg for leg in legs if leg.wanted.channel == "voice" and leg.status in ("waiting", "accepted", "connected")
    ]
