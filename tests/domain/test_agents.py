"""Agents: registered from the centre's document, present or not, and what their leaving does to their work."""

import pytest

from domain.agent.commands import (
    BecomeNotReady,
    BecomeReady,
    LoseConnection,
    RegisterAgent,
    RetireAgent,
    SignIn,
    SignOut,
)
from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentRetired,
    AgentSignedIn,
    AgentSignedOut,
    LanguagesStated,
    ProfileAssigned,
    SkillGranted,
    SkillWithdrawn,
)
from domain.centre.configuration import ConfigureCentre
from domain.interaction.events import (
    InteractionClosed,
    InteractionQueued,
    OfferRescinded,
    WorkGivenUp,
    WrapUpCompleted,
)
from tests.domain.commands import callback, in_hand, offer, offered, ready
from tests.domain.documents import centre
from tests.domain.world import World, happened


def register(**changes: object) -> RegisterAgent:
    values = {
        "agent_id": "dora",
        "name": "Dora",
        "site": "paris",
        "profile_name": "mixed",
        "profile": centre().profiles["mixed"],
        "skills": {"french": 3},
    }
    return RegisterAgent(**(values | changes))  # type: ignore[arg-type]


def test_an_agent_is_registered_with_site_profile_and_skills(world: World) -> None:
    world.when(register()).then(
        happened(AgentRegistered, agent_id="dora", name="Dora", site="paris"),
        happened(ProfileAssigned, profile_name="mixed"),
        happened(SkillGranted, skill="french", level=3),
    )
    world.when(register()).changes_nothing()


def test_registering_again_says_only_what_is_new(world: World) -> None:
    world.given(register())
    world.when(register(site="warsaw")).then(happened(AgentMoved, site="warsaw"))
    world.when(register(site="warsaw", skills={"french": 4})).then(happened(SkillGranted, skill="french", level=4))
    world.when(register(site="warsaw", skills={})).then(happened(SkillWithdrawn, skill="french"))
    calls = centre().profiles["calls"]
    world.when(register(site="warsaw", skills={}, profile_name="calls", profile=calls)).then(
        happened(ProfileAssigned, profile_name="calls", profile=calls)
    )


def test_an_agent_signs_in_becomes_ready_and_leaves(world: World) -> None:
    world.when(SignIn(agent_id="anna")).then(happened(AgentSignedIn))
    world.when(BecomeReady(agent_id="anna")).then(happened(AgentBecameReady))
    world.when(BecomeNotReady(agent_id="anna", reason="lunch")).then(happened(AgentBecameNotReady, reason="lunch"))
    world.when(SignOut(agent_id="anna")).then(happened(AgentSignedOut))


def test_saying_what_is_so_already_changes_nothing(world: World) -> None:
    world.when(SignOut(agent_id="anna")).changes_nothing()
    world.given(*ready("anna"))
    world.when(SignIn(agent_id="anna")).changes_nothing()
    world.when(BecomeReady(agent_id="anna")).changes_nothing()
    world.given(BecomeNotReady(agent_id="anna", reason="lunch"))
    world.when(BecomeNotReady(agent_id="anna", reason="lunch")).changes_nothing()
    world.when(BecomeNotReady(agent_id="anna", reason="training")).then(
        happened(AgentBecameNotReady, reason="training")
    )


def test_who_is_signed_out_can_be_neither_ready_nor_at_lunch(world: World) -> None:
    world.when(BecomeReady(agent_id="anna")).rejected("not_possible_now", saying="signed_out")
    world.when(BecomeNotReady(agent_id="anna", reason="lunch")).rejected("not_possible_now")


@pytest.mark.parametrize("command", [SignIn, BecomeReady, SignOut, LoseConnection])
def test_an_agent_who_was_never_registered_does_not_exist(world: World, command: type) -> None:
    world.when(command(agent_id="nobody")).rejected("not_found", saying="nobody")


def test_not_ready_takes_back_what_rings_and_keeps_what_is_in_hand(staffed: World) -> None:
    held, rings = in_hand(staffed, "anna"), offered(staffed, "anna")
    staffed.when(BecomeNotReady(agent_id="anna", reason="lunch")).then(
        happened(AgentBecameNotReady),
        happened(AgentReleased, work_id=rings.work_id, reason="lunch", missed=False),
        happened(OfferRescinded, interaction_id=rings.interaction_id, reason="lunch"),
    )
    assert list(staffed.of("agent", "anna").work) == [held.work_id]
    staffed.given(held.reply())


def test_signing_out_gives_work_in_hand_back_to_its_old_place(staffed: World) -> None:
    arrived = staffed.now
    work = in_hand(staffed, "anna")
    staffed.wait(minutes=20)
    then = staffed.when(SignOut(agent_id="anna"))
    then.then(
        happened(AgentSignedOut),
        happened(AgentReleased, work_id=work.work_id),
        happened(WorkGivenUp, agent_id="anna", reason="signed out"),
        happened(InteractionQueued, leg="1", arrived_at=arrived, reason="agent_left"),
    )
    assert in_hand(staffed, "boris", work.interaction_id).leg == "1"


def test_signing_out_ends_wrap_up_with_the_default_disposition(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.given(work.complete())
    staffed.when(SignOut(agent_id="anna")).including(
        happened(WrapUpCompleted, disposition="not_stated", timed_out=True),
        happened(InteractionClosed),
        happened(AgentReleased),
    )


def test_signing_out_gives_back_everything_at_once(staffed: World) -> None:
    in_hand(staffed, "anna"), offered(staffed, "anna")
    staffed.given(SignOut(agent_id="anna"))
    assert staffed.of("agent", "anna").work == {}
    call = staffed.when(callback()).result["interaction_id"]
    in_hand(staffed, "boris", call)
    staffed.given(SignOut(agent_id="boris"))
    assert staffed.of("interaction", call).leg("1").status == "waiting"


def test_a_lost_connection_ends_readiness_and_leaves_a_lunch_break_alone(staffed: World) -> None:
    lost = LoseConnection(agent_id="anna")
    work = offered(staffed, "anna")
    staffed.when(lost).including(
        happened(AgentBecameNotReady, reason="connection lost"), happened(OfferRescinded, work_id=work.work_id)
    )
    staffed.given(BecomeNotReady(agent_id="anna", reason="lunch"))
    staffed.when(lost).changes_nothing()
    staffed.given(SignOut(agent_id="anna"))
    staffed.when(lost).changes_nothing()


def without(world: World, *gone: str) -> ConfigureCentre:
    agents = {name: entry for name, entry in centre().model_dump()["agents"].items() if name not in gone}
    return ConfigureCentre(document=centre(agents=agents), expected_revision=world.of("centre", "demo").revision)


def test_who_is_taken_out_of_the_document_is_retired_and_their_work_goes_back(staffed: World) -> None:
    held, rings = in_hand(staffed, "anna"), offered(staffed, "anna")
    staffed.when(without(staffed, "anna")).including(
        happened(AgentSignedOut, agent_id="anna"),
        happened(AgentRetired, agent_id="anna"),
        happened(WorkGivenUp, work_id=held.work_id),
        happened(InteractionQueued, interaction_id=held.interaction_id, reason="agent_left"),
        happened(OfferRescinded, work_id=rings.work_id),
    )
    staffed.when(SignIn(agent_id="anna")).rejected("retired", saying="anna")
    staffed.when(offer(held.interaction_id, "anna")).rejected("agent_unfit", saying="retired")
    staffed.when(RetireAgent(agent_id="anna")).changes_nothing()


def test_who_is_signed_out_or_unknown_is_retired_quietly(world: World) -> None:
    world.when(RetireAgent(agent_id="anna")).then(happened(AgentRetired, agent_id="anna"))
    world.when(RetireAgent(agent_id="nobody")).changes_nothing()


def test_several_who_go_at_once_all_give_back_what_they_had(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="sales")
    first = offered(staffed, "anna", entry="sales")
    offered(staffed, "boris", first.interaction_id)
    staffed.given(without(staffed, "anna", "boris"))
    assert [staffed.of("agent", name).work for name in ("anna", "boris")] == [{}, {}]
    assert staffed.of("interaction", work.interaction_id).leg("1").status == "waiting"


def test_who_stands_in_the_document_again_is_back(staffed: World) -> None:
    staffed.given(without(staffed, "anna"))
    staffed.when(without(staffed)).including(
        happened(AgentRegistered, agent_id="anna", centre="demo"),
        happened(ProfileAssigned, agent_id="anna"),
        happened(SkillGranted, agent_id="anna", skill="french"),
    )
    staffed.given(*ready("anna"))
    in_hand(staffed, "anna")


def test_who_comes_back_has_what_the_document_says_now_and_no_more(world: World) -> None:
    world.given(register(languages=("fr",)), RetireAgent(agent_id="dora"))
    world.when(register(skills={})).then(
        happened(AgentRegistered, agent_id="dora"),
        happened(ProfileAssigned),
        happened(SkillWithdrawn, skill="french"),
        happened(LanguagesStated, languages=()),
    )
    assert (world.of("agent", "dora").skills, world.of("agent", "dora").languages) == ({}, ())


def test_languages_are_stated_when_they_differ_from_what_was_known(world: World) -> None:
    world.when(register(languages=("fr", "pl"))).including(happened(LanguagesStated, languages=("fr", "pl")))
    world.when(register(languages=("fr", "pl"))).changes_nothing()
    world.when(register()).then(happened(LanguagesStated, languages=()))
