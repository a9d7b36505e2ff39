"""Offers: who can be offered what, and the ways an offer ends."""

from datetime import timedelta

from domain.agent.commands import BecomeNotReady, BecomeReady
from domain.agent.events import AgentReleased, AgentReserved, AgentStoppedResponding
from domain.interaction.events import (
    AgentConnected,
    InteractionOffered,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
)
from tests.domain.commands import callback, in_hand, mail, offer, offered, ready
from tests.domain.world import World, happened


def waiting(world: World, **fields: str) -> str:
    return world.when(mail(**fields)).result["interaction_id"]


def test_an_offer_rings_until_its_deadline_and_reserves_the_agent(staffed: World) -> None:
    interaction = waiting(staffed)
    then = staffed.when(offer(interaction, "anna"))
    then.then(
        happened(InteractionOffered, agent_id="anna", expires_at=staffed.now + timedelta(seconds=30)),
        happened(AgentReserved, channel="email", units=1, interaction_id=interaction),
    )
    assert then.result["work_id"] == then.one(AgentReserved).work_id


def test_accepting_written_work_puts_agent_and_customer_in_contact(staffed: World) -> None:
    work = offered(staffed, "anna")
    staffed.when(work.accept()).then(happened(OfferAccepted), happened(AgentConnected, agent_id="anna"))


def test_an_offer_is_answered_by_the_agent_it_was_made_to_and_nobody_else(staffed: World) -> None:
    work = offered(staffed, "anna")
    for command in (work.accept(), work.decline()):
        stolen = type(command)(
            **{**{f: getattr(command, f) for f in command.__dataclass_fields__}, "agent_id": "boris"}
        )
        staffed.when(stolen).rejected("not_yours")


def test_declining_frees_the_agent_and_leaves_the_work_waiting(staffed: World) -> None:
    work = offered(staffed, "anna")
    staffed.when(work.decline("lunch")).then(
        happened(OfferDeclined, reason="lunch"), happened(AgentReleased, reason="declined", missed=False)
    )
    leg = staffed.of("interaction", work.interaction_id).leg("1")
    assert (leg.status, leg.trail) == ("waiting", ("anna",))
    staffed.when(work.accept()).rejected("offer_gone")


def test_an_offer_times_out_at_its_deadline_and_not_before(staffed: World) -> None:
    work = offered(staffed, "anna")
    staffed.wait(seconds=29.9).when(work.time_out()).changes_nothing()
    staffed.wait(seconds=0.1).when(work.time_out()).then(
        happened(OfferTimedOut, agent_id="anna"), happened(AgentReleased, missed=True)
    )
    staffed.when(work.time_out()).changes_nothing()


def test_a_timer_that_fires_after_the_answer_changes_nothing(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.wait(hours=1).when(work.time_out()).changes_nothing()


def test_an_agent_who_misses_as_often_as_the_queue_allows_is_not_responding(staffed: World) -> None:
    staffed.wait(seconds=30).given(offered_and_missed(staffed))
    assert staffed.of("agent", "anna").presence == "ready"
    work = offered(staffed, "anna")
    staffed.wait(seconds=30).when(work.time_out()).including(happened(AgentStoppedResponding, misses=2))
    staffed.when(offer(waiting(staffed), "anna")).rejected("agent_unfit", saying="not responding")
    staffed.given(BecomeReady(agent_id="anna"))
    assert (staffed.of("agent", "anna").presence, staffed.of("agent", "anna").misses) == ("ready", {})


def offered_and_missed(world: World):
    work = offered(world, "anna")
    world.wait(seconds=30)
    return work.time_out()


def test_a_declined_offer_is_an_answer_and_starts_the_count_of_misses_anew(staffed: World) -> None:
    staffed.given(offered_and_missed(staffed))
    staffed.given(offered(staffed, "anna").decline())
    staffed.given(offered_and_missed(staffed))
    assert staffed.of("agent", "anna").presence == "ready"


def test_a_rescinded_offer_is_neither_a_miss_nor_an_answer(staffed: World) -> None:
    staffed.given(offered_and_missed(staffed))
    first = offered(staffed, "anna", entry="sales")
    second = offered(staffed, "boris", first.interaction_id)
    staffed.given(second.accept())
    assert staffed.of("agent", "anna").misses == {"email": 1}


def test_two_agents_ring_where_the_queue_is_that_wide_and_the_loser_is_freed(staffed: World) -> None:
    first = offered(staffed, "anna", entry="sales")
    second = offered(staffed, "boris", first.interaction_id)
    staffed.when(offer(first.interaction_id, "clara")).rejected("ringing", saying="2 of 2")
    staffed.when(second.accept()).then(
        happened(OfferAccepted, agent_id="boris"),
        happened(OfferRescinded, agent_id="anna", reason="another agent accepted"),
        happened(AgentConnected, agent_id="boris"),
        happened(AgentReleased, agent_id="anna", reason="rescinded"),
    )
    staffed.when(first.accept()).rejected("offer_gone")


def test_one_agent_rings_where_the_queue_says_nothing(staffed: World) -> None:
    work = offered(staffed, "anna")
    staffed.when(offer(work.interaction_id, "boris")).rejected("ringing")
    staffed.when(offer(work.interaction_id, "anna")).rejected("already_offered")


def test_only_a_ready_agent_is_offered_work(world: World) -> None:
    interaction = waiting(world)
    world.when(offer(interaction, "anna")).rejected("agent_unfit", saying="signed out")
    world.when(offer(interaction, "nobody")).rejected("agent_unfit", saying="absent")
    world.given(*ready("anna"), BecomeNotReady(agent_id="anna", reason="lunch"))
    world.when(offer(interaction, "anna")).rejected("agent_unfit", saying="not ready")


def test_work_that_asks_for_a_skill_goes_to_who_has_its_level(staffed: World) -> None:
    interaction = waiting(staffed, entry="tech")
    staffed.when(offer(interaction, "boris")).rejected("agent_unfit", saying="skill french: has 0, needs 4")
    staffed.when(offer(interaction, "anna")).including(happened(InteractionOffered))


def test_an_agent_has_no_more_of_a_channel_than_its_concurrency(staffed: World) -> None:
    offered(staffed, "anna"), in_hand(staffed, "anna")
    staffed.when(offer(waiting(staffed), "anna")).rejected("agent_unfit", saying="channel email: has 2, may have 2")


def test_an_agent_has_no_more_than_its_capacity_over_all_channels(staffed: World) -> None:
    offered(staffed, "anna"), offered(staffed, "anna")
    call = staffed.when(callback()).result["interaction_id"]
    staffed.when(offer(call, "anna")).rejected("agent_unfit", saying="capacity: uses 2 of 4, callback needs 3")


def test_wrap_up_still_takes_capacity(staffed: World) -> None:
    one, two = in_hand(staffed, "anna", entry="tech"), in_hand(staffed, "anna", entry="tech")
    staffed.given(one.complete(), two.complete())
    staffed.when(offer(waiting(staffed), "anna")).rejected("agent_unfit")
    staffed.given(one.wrap_up())
    staffed.when(offer(waiting(staffed), "anna")).including(happened(InteractionOffered))


def test_work_in_hand_is_not_offered(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(offer(work.interaction_id, "boris")).rejected("not_possible_now")


def test_an_interaction_that_does_not_exist_or_is_closed_is_not_offered(staffed: World) -> None:
    staffed.when(offer("nothing", "anna")).rejected("not_found")
    work = in_hand(staffed, "anna")
    staffed.given(work.complete())
    staffed.when(offer(work.interaction_id, "boris")).rejected("closed")
