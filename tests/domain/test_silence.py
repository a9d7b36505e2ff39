"""Work that was answered but stays silent goes back to its place, unless the agent replies in time."""

from datetime import timedelta
from typing import Any

from domain.agent.events import AgentReleased
from domain.belonging import Referred
from domain.decide import Command
from domain.interaction.escalation import RequeueSilent, TakeStep
from domain.interaction.events import AgentConnected, InteractionQueued, MessageReceived, WorkGivenUp
from tests.domain.commands import PROJECT, in_hand, mail, offered
from tests.domain.hotline import a_hotline, talks, where
from tests.domain.world import World, happened


def step(interaction: str) -> TakeStep:
    return TakeStep(**where(interaction), step=1)


def leg_of(world: World, interaction: str) -> Any:
    return world.of("interaction", interaction).leg("1")


def silent(work: Any) -> Command:
    own = {"interaction_id": work.interaction_id, "leg": work.leg, "work_id": work.work_id}
    return RequeueSilent(project=PROJECT, **own)


def test_accepted_mail_must_be_answered_in_time_or_it_goes_back_to_its_place() -> None:
    world = a_hotline(mail={"silence": 600})
    arrived = world.now
    work = offered(world, "anna")
    world.wait(seconds=20).when(work.accept()).including(
        happened(AgentConnected, reply_by=world.now + timedelta(seconds=600))
    )
    world.wait(seconds=599).when(silent(work)).changes_nothing()
    world.wait(seconds=1).when(silent(work)).then(
        happened(WorkGivenUp, agent_id="anna", reason="silent"),
        happened(InteractionQueued, reason="silent", arrived_at=arrived, trail=("anna",)),
        happened(AgentReleased, reason="silent", missed=False),
    )
    world.when(silent(work)).changes_nothing()


def test_a_reply_ends_the_silence_and_the_customers_next_message_begins_it_anew() -> None:
    world = a_hotline(mail={"silence": 600})
    work = in_hand(world, "anna")
    world.wait(seconds=500).given(work.reply())
    world.wait(hours=1).when(silent(work)).changes_nothing()
    due = world.now + timedelta(seconds=600)
    again = mail(refers=Referred(ticket_id=work.ticket_id))
    world.when(again).including(happened(MessageReceived, reply_by=due))
    world.wait(seconds=300).given(again)  # the first one without a reply counts
    assert leg_of(world, work.interaction_id).reply_by == due
    world.wait(seconds=299).when(silent(work)).changes_nothing()
    world.wait(seconds=1).when(silent(work)).including(happened(WorkGivenUp))


def test_an_automatic_mail_wants_no_reply() -> None:
    world = a_hotline(mail={"silence": 600})
    work = in_hand(world, "anna")
    world.given(work.reply())
    robot = mail(refers=Referred(ticket_id=work.ticket_id), automatic="auto-replied")
    world.when(robot).including(happened(MessageReceived, reply_by=None))
    world.wait(hours=1).when(silent(work)).changes_nothing()


def test_wrap_up_is_not_silence() -> None:
    world = a_hotline(mail={"silence": 60, "wrap_up": {"mode": "optional"}})
    work = in_hand(world, "anna")
    world.given(work.complete())
    world.wait(hours=1).when(silent(work)).changes_nothing()


def test_a_call_is_never_silent() -> None:
    world = a_hotline({"silence": 60})
    work = talks(world, "anna")
    world.wait(hours=1).when(silent(work)).changes_nothing()


def test_steps_taken_are_kept_when_work_is_queued_again() -> None:
    world = a_hotline(
        mail={"skills": {"french": 4}, "silence": 60, "steps": [{"after": 10, "drop": ["french"], "priority": 1}]}
    )
    interaction = world.when(mail()).result["interaction_id"]
    world.wait(seconds=10).given(step(interaction))
    work = in_hand(world, "anna", interaction)
    world.wait(minutes=1).given(silent(work))
    wanted = leg_of(world, interaction).wanted
    assert (wanted.steps, wanted.skills, wanted.priority) == ((1,), {}, 1)
    world.when(step(interaction)).changes_nothing()
