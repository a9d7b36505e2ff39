"""Callbacks that reach nobody: tried again by the rules, given up at last, and no fault of the agent's."""

from __future__ import annotations

from datetime import timedelta

from domain.agent.events import AgentReleased
from domain.centre.configuration import ConfigureProject
from domain.interaction.events import InteractionClosed, InteractionQueued, WorkGivenUp, WrapUpCompleted
from domain.reservation import KeyReleased
from domain.voice.callbacks import FailCallback, ReturnCallback
from domain.voice.events import CallbackAttemptFailed
from tests.domain.commands import Work, callback, in_hand
from tests.domain.documents import project
from tests.domain.world import World, happened

RULES = {"queue": "billing", "attempts": 2, "retry": 600}


def accepted(world: World) -> Work:
    world.given(ConfigureProject(document=project(callbacks=RULES), expected_revision=1))
    return in_hand(world, "anna", world.when(callback()).result["interaction_id"])


def fail(work: Work) -> FailCallback:
    return FailCallback(
        project="hotline", interaction_id=work.interaction_id, leg="1", work_id=work.work_id, outcome="busy"
    )


def test_a_busy_customer_is_called_again_later_and_the_agent_is_free_meanwhile(staffed: World) -> None:
    work = accepted(staffed)
    then = staffed.when(fail(work))
    then.including(
        happened(CallbackAttemptFailed, attempt=1, outcome="busy", retry_at=staffed.now + timedelta(seconds=600)),
        happened(WorkGivenUp, agent_id="anna"),
        happened(InteractionQueued, channel="callback", not_before=staffed.now + timedelta(seconds=600)),
        happened(AgentReleased, agent_id="anna"),
    )
    staffed.when(fail(work)).changes_nothing()


def test_after_the_last_attempt_it_is_given_up_and_the_number_may_ask_again(staffed: World) -> None:
    first = accepted(staffed)
    staffed.given(fail(first)).wait(minutes=10)
    second = in_hand(staffed, "anna", first.interaction_id)
    staffed.when(fail(second)).including(
        happened(CallbackAttemptFailed, attempt=2, retry_at=None),
        happened(WrapUpCompleted, disposition="not_reached"),
        happened(InteractionClosed),
        happened(KeyReleased, kind="callback"),
    )
    staffed.given(callback())


def test_an_agent_whose_telephone_is_not_answered_is_no_failed_attempt(staffed: World) -> None:
    work = accepted(staffed)
    back = ReturnCallback(
        project="hotline", interaction_id=work.interaction_id, leg="1", work_id=work.work_id, reason="no answer"
    )
    staffed.when(back).without(CallbackAttemptFailed).including(
        happened(InteractionQueued, channel="callback"), happened(AgentReleased, agent_id="anna")
    )
    staffed.when(back).changes_nothing()
