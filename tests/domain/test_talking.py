"""In conversation: hold, consult, bring in, listen in, hand over; and what is recorded of it."""

from typing import Any

import pytest

from domain.agent.commands import SignOut
from domain.agent.events import AgentReleased, AgentReserved
from domain.decide import Command
from domain.event import REGISTRY
from domain.interaction.call_events import (
    AgentMuted,
    AgentUnmuted,
    ConsultEnded,
    ConsultStarted,
    InteractionHeld,
    InteractionResumed,
    PartyJoined,
    PartyLeft,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
)
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionQueued,
    InteractionTransferred,
    OfferAccepted,
    WorkGivenUp,
    WrapUpCompleted,
)
from domain.interaction.recording import (
    PauseRecording,
    ResumeRecording,
    StartRecording,
    StopRecording,
    StoreRecording,
)
from domain.interaction.talking import (
    ConsultAgent,
    ConsultNumber,
    EndConsult,
    HandOverCall,
    HoldCall,
    JoinConsulted,
    MuteAgent,
    RemoveParty,
    ResumeCall,
    SuperviseCall,
    UnmuteAgent,
)
from domain.interaction.work import TransferToAgent, TransferToQueue
from tests.domain.commands import PROJECT, Work, in_hand, offer, offered, phone
from tests.domain.hotline import a_hotline, talks, waits
from tests.domain.world import World, happened


@pytest.fixture
def world() -> World:
    return a_hotline(agents=("anna", "boris", "clara"))


def mine(work: Work) -> dict[str, str]:
    return {"interaction_id": work.interaction_id, "leg": work.leg, "agent_id": work.agent_id}


def consults(world: World, work: Work, agent: str = "boris") -> str:
    return world.when(ConsultAgent(**mine(work), to_agent=agent)).result["party"]


def test_a_customer_is_put_on_hold_and_taken_off_once(world: World) -> None:
    work = talks(world, "anna")
    world.when(ResumeCall(**mine(work))).changes_nothing()
    world.when(HoldCall(**mine(work))).then(happened(InteractionHeld, agent_id="anna"))
    world.when(HoldCall(**mine(work))).changes_nothing()
    world.when(ResumeCall(**mine(work))).then(happened(InteractionResumed))


def test_an_agent_is_muted_and_heard_again_once(world: World) -> None:
    work = talks(world, "anna")
    world.when(UnmuteAgent(**mine(work))).changes_nothing()
    world.when(MuteAgent(**mine(work))).then(happened(AgentMuted, agent_id="anna", work_id=work.work_id))
    world.when(MuteAgent(**mine(work))).changes_nothing()
    world.when(UnmuteAgent(**mine(work))).then(happened(AgentUnmuted))


def test_who_takes_a_call_over_is_heard_though_the_one_before_was_muted(world: World) -> None:
    work = talks(world, "anna")
    world.given(MuteAgent(**mine(work)))
    party = consults(world, work)
    world.given(HandOverCall(**mine(work), party=party))
    legs = world.of("interaction", work.interaction_id).legs.values()
    assert [leg.call.voice for leg in legs] == ["muted", "heard"]


def every_command(own: dict[str, str]) -> list[Command]:
    return [
        HoldCall(**own),
        ResumeCall(**own),
        MuteAgent(**own),
        UnmuteAgent(**own),
        ConsultAgent(**own, to_agent="boris"),
        ConsultNumber(**own, number=phone("+481")),
        EndConsult(**own, party="p"),
        JoinConsulted(**own, party="p"),
        SuperviseCall(**own, supervisor="dora", hearing="listens"),
        RemoveParty(**own, party="p", reason="x"),
        HandOverCall(**own, party="p"),
    ]


def test_a_conversation_is_led_by_the_agent_who_has_it_and_on_the_telephone_alone(world: World) -> None:
    work = talks(world, "anna")
    for command in every_command(mine(work) | {"agent_id": "clara"}):
        world.when(command).rejected("not_yours")
    for command in every_command(mine(in_hand(world, "clara"))):
        world.when(command).rejected("no_call", saying="email")
    rings = offered(world, "boris", waits(world, number="+482"))
    world.given(rings.accept())
    for command in every_command(mine(rings)):
        world.when(command).rejected("not_possible_now")


def test_an_agent_is_consulted_while_the_customer_holds_and_has_capacity_for_it(world: World) -> None:
    work = talks(world, "anna")
    then = world.when(ConsultAgent(**mine(work), to_agent="boris"))
    party = then.result["party"]
    then.then(
        happened(InteractionHeld),
        happened(ConsultStarted, party=party, kind="agent", asked_agent="boris"),
        happened(AgentReserved, agent_id="boris", work_id=party, channel="voice", units=4),
    )
    world.when(offer(waits(world, number="+482"), "boris")).rejected("agent_unfit", saying="voice")
    end = EndConsult(**mine(work), party=party)
    world.when(end).then(happened(ConsultEnded, outcome="ended"), happened(AgentReleased, agent_id="boris"))
    world.when(end).changes_nothing()
    assert world.of("interaction", work.interaction_id).leg("1").call.hold == "held"


def test_only_an_agent_with_room_is_consulted(world: World) -> None:
    work, other = talks(world, "anna"), talks(world, "boris", waits(world, number="+482"))
    ask = {"boris": "may have 1", "dora": "signed out"}
    for agent, reason in ask.items():
        world.when(ConsultAgent(**mine(work), to_agent=agent)).rejected("agent_unfit", saying=reason)
    world.when(ConsultAgent(**mine(work), to_agent="nobody")).rejected("not_found")
    world.when(ConsultAgent(**mine(work), to_agent="anna")).rejected("same_agent")
    consults(world, work, "clara")
    world.when(ConsultNumber(**mine(work), number=phone("+481"))).rejected("consulting")
    world.given(other.complete())


def test_whoever_was_consulted_joins_and_the_customer_is_off_hold(world: World) -> None:
    work = talks(world, "anna")
    party = consults(world, work)
    join = JoinConsulted(**mine(work), party=party)
    world.when(join).then(
        happened(ConsultEnded, outcome="joined"),
        happened(PartyJoined, party=party, joined_agent="boris", hearing="speaks"),
        happened(InteractionResumed),
    )
    world.when(join).changes_nothing()
    leave = RemoveParty(**mine(work), party=party, reason="hung up")
    world.when(leave).then(happened(PartyLeft, reason="hung up"), happened(AgentReleased, agent_id="boris"))
    world.when(leave).changes_nothing()
    world.when(join).rejected("party_gone")


def test_somebody_outside_is_consulted_and_joins_without_holding_anybodys_capacity(world: World) -> None:
    work = talks(world, "anna")
    then = world.when(ConsultNumber(**mine(work), number=phone("+48111")))
    then.then(happened(InteractionHeld), happened(ConsultStarted, kind="number", number="+48111", asked_agent=""))
    party = then.result["party"]
    world.when(JoinConsulted(**mine(work), party=party)).including(happened(PartyJoined, kind="number"))
    world.when(HandOverCall(**mine(work), party=party)).rejected("party_gone", saying="only an agent")


def test_a_supervisor_listens_then_whispers_and_nobody_is_reserved_for_it(world: World) -> None:
    work = talks(world, "anna")
    listen = SuperviseCall(**mine(work), supervisor="dora", hearing="listens")
    then = world.when(listen).then(happened(PartyJoined, kind="supervisor", hearing="listens", joined_agent="dora"))
    world.when(listen).changes_nothing()
    whisper = SuperviseCall(**mine(work), supervisor="dora", hearing="whispers")
    world.when(whisper).then(happened(PartyLeft, reason="whispers now"), happened(PartyJoined, hearing="whispers"))
    left = RemoveParty(**mine(work), party=then.result["party"], reason="hung up")
    world.when(left).then(happened(PartyLeft))
    assert world.of("agent", "dora").work == {}


@pytest.mark.parametrize("joined", [False, True])
def test_the_customer_is_handed_over_to_who_was_consulted(world: World, joined: bool) -> None:
    work = talks(world, "anna")
    arrived = world.now
    party = consults(world, work)
    if joined:
        world.given(JoinConsulted(**mine(work), party=party))
    then = world.wait(minutes=2).when(HandOverCall(**mine(work), party=party))
    then.including(
        happened(PartyLeft) if joined else happened(ConsultEnded, outcome="transferred"),
        happened(InteractionTransferred, to_leg="2", to_agent="boris", from_agent="anna"),
        happened(InteractionQueued, leg="2", arrived_at=arrived, reason="transferred"),
        happened(OfferAccepted, leg="2", agent_id="boris"),
        happened(AgentConnected, leg="2", agent_id="boris"),
        happened(AgentReleased, agent_id="anna", reason="transferred"),
        happened(AgentReserved, agent_id="boris", leg="2"),
    )
    assert bool(then.all(InteractionResumed)) != joined
    assert (world.of("agent", "anna").used, world.of("agent", "boris").used) == (0, 4)
    second = Work(work.interaction_id, then.one(AgentReserved).work_id, "boris", "2")
    world.when(second.complete()).including(happened(WrapUpCompleted, leg="2"), happened(InteractionClosed))


def test_the_end_of_contact_ends_all_that_was_open_in_it(world: World) -> None:
    work = talks(world, "anna")
    world.given(
        StartRecording(interaction_id=work.interaction_id, leg="1", recording_id="r1", consent="asked"),
        SuperviseCall(**mine(work), supervisor="dora", hearing="listens"),
    )
    consults(world, work)
    world.when(work.complete()).including(
        happened(ConsultEnded),
        happened(PartyLeft),
        happened(RecordingStopped),
        happened(AgentReleased, agent_id="boris"),
    )
    assert world.of("agent", "boris").work == {}


def test_an_agent_who_signs_out_leaves_the_conversation_but_not_its_leader(world: World) -> None:
    work = talks(world, "anna")
    party = consults(world, work)
    world.when(SignOut(agent_id="boris")).including(
        happened(ConsultEnded, party=party), happened(AgentReleased, agent_id="boris")
    ).without(WorkGivenUp)
    consults(world, work, "clara")
    world.when(SignOut(agent_id="anna")).including(
        happened(WorkGivenUp), happened(InteractionQueued, channel="voice"), happened(AgentReleased, agent_id="clara")
    )


def test_a_call_is_passed_on_to_a_queue_in_its_old_place(world: World) -> None:
    work = talks(world, "anna")
    arrived = world.now
    passed = TransferToQueue(project=PROJECT, **mine(work), queue="second", note="wants a refund")
    world.wait(minutes=1).when(passed).including(
        happened(InteractionTransferred, queue="second", department=""),
        happened(InteractionQueued, leg="2", queue="second", channel="voice", arrived_at=arrived),
        happened(AgentReleased, agent_id="anna"),
    )
    other = talks(world, "boris", waits(world, number="+482"))
    world.when(TransferToQueue(project=PROJECT, **mine(other), queue="none")).rejected("not_found", saying="none")


def test_work_passed_on_to_an_agent_is_kept_for_them_a_while(world: World) -> None:
    work = talks(world, "anna")
    then = world.when(TransferToAgent(project=PROJECT, **mine(work), to_agent="boris"))
    then.including(happened(InteractionTransferred, to_agent="boris"), happened(InteractionQueued, preferred="boris"))
    assert then.one(InteractionQueued).preferred_until > world.now


def test_work_is_passed_on_to_an_agent_who_is_there_and_could_take_it(world: World) -> None:
    work = talks(world, "anna")
    for agent, code in {"nobody": "not_found", "anna": "same_agent", "dora": "agent_unfit"}.items():
        world.when(TransferToAgent(project=PROJECT, **mine(work), to_agent=agent)).rejected(code)


def recorded(world: World, work: Work, recording: str = "r1") -> dict[str, str]:
    world.given(StartRecording(interaction_id=work.interaction_id, leg="1", recording_id=recording, consent="asked"))
    return {"interaction_id": work.interaction_id, "recording_id": recording}


def stored(which: dict[str, str]) -> StoreRecording:
    return StoreRecording(**which, reference="blob-1", media_type="audio/mpeg", seconds=61.5, size=492_000)


def test_a_conversation_is_recorded_with_consent_paused_for_card_data_and_stored(world: World) -> None:
    work = talks(world, "anna")
    start = StartRecording(interaction_id=work.interaction_id, leg="1", recording_id="r1", consent="asked")
    world.when(start).then(happened(RecordingStarted, consent="asked", agent_id="anna"))
    world.when(start).changes_nothing()
    which: dict[str, Any] = {"interaction_id": work.interaction_id, "recording_id": "r1"}
    pause, resume = PauseRecording(**which, reason="card_data"), ResumeRecording(**which)
    world.when(resume).changes_nothing()
    world.when(pause).then(happened(RecordingPaused, reason="card_data"))
    world.when(pause).changes_nothing()
    world.when(resume).then(happened(RecordingResumed))
    world.when(StopRecording(**which)).then(happened(RecordingStopped))
    world.when(StopRecording(**which)).changes_nothing()
    world.when(pause).rejected("not_possible_now", saying="ended")
    world.when(stored(which)).then(happened(RecordingStored, reference="blob-1", seconds=61.5, size=492_000))
    world.when(stored(which)).changes_nothing()


def test_a_recording_arrives_after_the_call_is_over(world: World) -> None:
    work = talks(world, "anna")
    which = recorded(world, work)
    world.given(work.complete())
    world.when(stored(which)).then(happened(RecordingStored, leg="1"))


def test_only_a_conversation_that_goes_on_is_recorded(world: World) -> None:
    interaction = waits(world)
    start = StartRecording(interaction_id=interaction, leg="1", recording_id="r1", consent="asked")
    world.when(start).rejected("not_possible_now")
    which = {"interaction_id": interaction, "recording_id": "r1"}
    for command in (PauseRecording(**which, reason="wish"), ResumeRecording(**which), stored(which)):
        world.when(command).rejected("not_found", saying="r1")


def test_no_event_has_a_place_for_digits_that_were_keyed() -> None:
    fields = {name for event in REGISTRY.values() for name in event.model_fields}
    assert not {name for name in fields if {"digits", "dtmf", "keys", "card", "pan"} & set(name.split("_"))}
