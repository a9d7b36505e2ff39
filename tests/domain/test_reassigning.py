"""Somebody who leads takes work from an agent, or from where it waits, and gives it to others."""

from __future__ import annotations

from typing import Any

from domain.agent.events import AgentReleased
from domain.interaction.events import InteractionQueued, InteractionTransferred, OfferRescinded
from domain.interaction.reassigning import ReassignWork
from tests.domain.commands import PROJECT, Work, callback, in_hand, mail, offered, ready
from tests.domain.world import World, happened


def reassign(interaction_id: str, leg: str = "1", **fields: Any) -> ReassignWork:
    where = {"project": PROJECT, "interaction_id": interaction_id, "leg": leg}
    return ReassignWork(**where, by="account:sue", reason="Anna goes home", **fields)


def test_work_in_hand_goes_to_a_queue_with_its_arrival_and_its_agent_is_free(world: World) -> None:
    world.given(*ready("anna"))
    work: Work = in_hand(world, "anna")
    arrived = world.of("interaction", work.interaction_id).leg("1").wanted.arrived_at
    world.wait(minutes=5).when(reassign(work.interaction_id, queue="technical")).including(
        happened(
            InteractionTransferred, from_agent="anna", queue="technical", by="account:sue", reason="Anna goes home"
        ),
        happened(InteractionQueued, leg="2", queue="technical", arrived_at=arrived, reason="transferred"),
        happened(AgentReleased, agent_id="anna"),
    )


def test_work_in_hand_goes_to_another_agent(world: World) -> None:
    world.given(*ready("anna", "boris"))
    work = in_hand(world, "anna")
    world.when(reassign(work.interaction_id, to_agent="boris")).including(
        happened(InteractionTransferred, to_agent="boris", by="account:sue"),
        happened(InteractionQueued, preferred="boris"),
    )


def test_work_that_rings_is_taken_back_and_waits_elsewhere(world: World) -> None:
    world.given(*ready("anna"))
    work = offered(world, "anna")
    world.when(reassign(work.interaction_id, queue="technical")).then(
        happened(OfferRescinded, agent_id="anna", reason="reassigned"),
        happened(InteractionTransferred, from_agent="", queue="technical", by="account:sue"),
        happened(InteractionQueued, leg="2", queue="technical"),
        happened(AgentReleased, agent_id="anna"),
    )


def test_work_that_waits_is_kept_for_an_agent(world: World) -> None:
    world.given(*ready("boris"))
    came = world.when(mail()).result
    world.when(reassign(came["interaction_id"], to_agent="boris")).including(
        happened(InteractionQueued, leg="2", queue="billing", preferred="boris")
    )


def test_a_callback_that_is_moved_keeps_its_time(world: World) -> None:
    due_at = world.now.replace(hour=15)
    came = world.when(callback(due_at=due_at)).result
    queue = world.of("interaction", came["interaction_id"]).leg("1").queue
    other = "technical" if queue != "technical" else "billing"
    world.when(reassign(came["interaction_id"], queue=other)).including(
        happened(InteractionQueued, leg="2", queue=other, not_before=due_at)
    )


def test_what_cannot_be_reassigned_says_why(world: World) -> None:
    world.given(*ready("anna"))
    work = in_hand(world, "anna")
    world.when(reassign(work.interaction_id)).rejected("no_destination")
    world.when(reassign(work.interaction_id, queue="technical", to_agent="boris")).rejected("no_destination")
    world.when(reassign(work.interaction_id, queue="nowhere")).rejected("not_found")
    world.when(reassign(work.interaction_id, to_agent="anna")).rejected("same_agent")
    world.when(reassign(work.interaction_id, to_agent="boris")).rejected("agent_unfit")
    world.when(reassign(work.interaction_id, leg="7", queue="technical")).rejected("not_possible_now")
    came = world.when(mail("eve@example.org")).result
    world.when(reassign(came["interaction_id"], queue="billing")).rejected("same_queue")
    world.when(reassign(came["interaction_id"], to_agent="boris")).rejected("agent_unfit", saying="signed out")
    world.when(reassign(came["interaction_id"], to_agent="nobody")).rejected("not_found")
    world.when(reassign("nothing", queue="billing")).rejected("not_found")
