"""What stands in the event that queues work: who may take it, for whom it is kept, and what a closed queue does."""

from datetime import timedelta
from typing import Any

import pytest

from domain.agent.commands import SignOut
from domain.belonging import Referred
from domain.centre.configuration import ConfigureCentre
from domain.customer.decide import ExcludeAgent, MergeCustomers, ReadmitAgent
from domain.customer.events import AgentExcluded, AgentReadmitted
from domain.interaction.events import InteractionClosed, InteractionOffered, InteractionQueued, SentToVoicemail
from domain.interaction.offers import DeclineOffer
from tests.domain.commands import callback, in_hand, mail, offer, offered
from tests.domain.hotline import a_centre, a_hotline, configured_anew, enqueued, rings, talks, waits
from tests.domain.world import World, happened


def wanted(world: World, interaction: str, leg: str = "1") -> Any:
    return world.of("interaction", interaction).leg(leg).wanted


def test_a_queue_says_how_many_rings_are_asked_and_whether_the_language_counts() -> None:
    world = a_hotline({"rings": 3, "language": "required"})
    found = wanted(world, waits(world, language="pl"))
    assert (found.rings, found.language_required, found.language) == (3, True, "pl")


@pytest.mark.parametrize(("sites", "asked"), [("any", ()), ("own_first", ()), ("own", ("warsaw",))])
def test_work_is_for_its_own_site_alone_only_where_the_queue_says_so(sites: str, asked: tuple[str, ...]) -> None:
    world = a_hotline({"sites": sites})
    found = wanted(world, waits(world, site="warsaw"))
    assert (found.site, found.sites) == ("warsaw", asked)
    assert wanted(world, waits(world, number="+48000000002")).sites == ()


def test_mail_belongs_to_the_site_of_its_mailbox() -> None:
    world = a_hotline(mail={"sites": "own"})
    world.when(mail()).including(happened(InteractionQueued, site="paris", sites=("paris",)))


def test_a_ring_that_was_not_opened_is_not_asked() -> None:
    world = a_hotline(agents=("clara", "dora"))
    interaction = waits(world, "second")
    for agent in ("clara", "dora"):
        world.when(offer(interaction, agent)).rejected("agent_unfit", saying="is in ring 2, ring 1 is asked")


def test_an_agent_who_speaks_other_languages_is_not_asked_where_it_counts() -> None:
    world = a_hotline({"language": "required"}, agents=("boris", "clara"))
    interaction = waits(world, language="fr")
    world.when(offer(interaction, "boris")).rejected("agent_unfit", saying="does not speak fr")
    world.when(offer(interaction, "clara")).including(happened(InteractionOffered))  # said to speak any


def test_an_agent_is_offered_only_what_the_profile_serves() -> None:
    world = a_hotline(agents=("dora",))
    world.when(offer(waits(world), "dora")).rejected("agent_unfit", saying="queue hotline/calls: not in profile")


def test_an_agent_whom_the_customer_must_not_meet_is_not_offered_their_contacts() -> None:
    world = a_hotline(agents=("anna", "boris"))
    first = rings(world)
    customer = world.of("interaction", first).customer_id
    ban = ExcludeAgent(customer_id=customer, agent_id="anna", reason="asked for")
    world.when(ban).then(happened(AgentExcluded, agent_id="anna", reason="asked for"))
    world.when(ban).changes_nothing()
    enqueued(world, first)
    assert wanted(world, first).excluded == ("anna",)
    world.when(offer(first, "anna")).rejected("agent_unfit", saying="never to have this customer's contacts")
    world.when(offer(first, "boris")).including(happened(InteractionOffered))
    readmit = ReadmitAgent(customer_id=customer, agent_id="anna")
    world.when(readmit).then(happened(AgentReadmitted, agent_id="anna"))
    world.when(readmit).changes_nothing()
    assert wanted(world, world.when(callback()).result["interaction_id"]).excluded == ()


def test_only_an_agent_who_exists_is_kept_from_a_customer_who_exists() -> None:
    world = a_hotline()
    customer = world.of("interaction", rings(world)).customer_id
    world.when(ExcludeAgent(customer_id=customer, agent_id="nobody", reason="")).rejected("not_found", saying="nobody")
    world.when(ExcludeAgent(customer_id="none", agent_id="anna", reason="")).rejected("not_found", saying="none")


def test_a_ban_counts_for_every_way_in_and_for_the_customers_merged_into_one() -> None:
    world = a_hotline()
    ada = world.when(mail("ada@example.org")).result
    bob = world.when(mail("bob@example.org")).result["customer_id"]
    world.given(
        ExcludeAgent(customer_id=bob, agent_id="anna", reason="x"),
        ExcludeAgent(customer_id=ada["customer_id"], agent_id="boris", reason="x"),
        MergeCustomers(customer_id=ada["customer_id"], merged_id=bob),
    )
    for came in (world.when(mail("bob@example.org")), world.when(mail("ada@example.org"))):
        assert came.one(InteractionQueued).excluded == ("anna", "boris")


def answered(world: World, agent: str) -> str:
    """A mail that this agent has settled; its ticket."""
    work = in_hand(world, agent)
    world.given(work.reply(), work.complete(ticket="await_customer"))
    return work.ticket_id


def test_a_matter_is_kept_a_while_for_who_had_it_last() -> None:
    world = a_hotline(mail={"preferred": 300}, agents=("anna", "boris"))
    ticket = answered(world, "boris")
    then = world.when(mail(refers=Referred(ticket_id=ticket)))
    then.including(happened(InteractionQueued, preferred="boris", preferred_until=world.now + timedelta(seconds=300)))


def test_nothing_is_kept_for_anybody_where_the_queue_says_nothing_or_the_matter_is_new() -> None:
    quiet, world = a_hotline(agents=("boris",)), a_hotline(mail={"preferred": 300})
    ticket = answered(quiet, "boris")
    quiet.when(mail(refers=Referred(ticket_id=ticket))).including(happened(InteractionQueued, preferred=""))
    world.when(mail()).including(happened(InteractionQueued, preferred="", preferred_until=None))


def test_a_matter_is_not_kept_for_who_could_not_take_it_any_more() -> None:
    world = a_hotline(mail={"preferred": 300}, agents=("boris",))
    ticket = answered(world, "boris")
    agents = {name: entry for name, entry in a_centre().model_dump()["agents"].items() if name != "boris"}
    world.given(ConfigureCentre(document=a_centre(agents=agents), expected_revision=1))
    world.when(mail(refers=Referred(ticket_id=ticket))).including(happened(InteractionQueued, preferred=""))


def test_a_matter_is_not_kept_for_who_is_kept_from_the_customer() -> None:
    world = a_hotline(mail={"preferred": 300}, agents=("boris",))
    ticket = answered(world, "boris")
    customer = world.of("ticket", ticket).customer_id
    world.given(ExcludeAgent(customer_id=customer, agent_id="boris", reason="x"))
    world.when(mail(refers=Referred(ticket_id=ticket))).including(happened(InteractionQueued, preferred=""))


def closed(world: World) -> World:
    """On Sunday."""
    return world.wait(days=6)


def test_a_closed_queue_offers_nothing() -> None:
    world = a_hotline({"hours": "weekdays"})
    interaction = waits(world)
    world.wait(hours=9).when(offer(interaction, "anna")).rejected("queue_closed", saying="calls")
    world.wait(hours=14).when(offer(interaction, "anna")).including(happened(InteractionOffered))


def test_work_that_comes_to_a_closed_queue_waits_where_nothing_else_is_said() -> None:
    world = closed(a_hotline({"hours": "weekdays"}))
    then = enqueued(world, rings(world))
    assert then.result["then"] == "wait"
    then.then(happened(InteractionQueued, queue="calls"))


def test_a_closed_queue_passes_work_on_to_another_which_may_pass_it_on_too() -> None:
    away = {"hours": "weekdays", "closed": {"then": "queue", "queue": "mail"}}
    on = {"hours": "weekdays", "closed": {"then": "queue", "queue": "night"}}
    world = a_hotline(away, mail=on)
    enqueued(world, rings(world)).then(happened(InteractionQueued, queue="calls"))
    then = enqueued(closed(world), rings(world))
    assert then.result["queue"] == "night"
    then.then(happened(InteractionQueued, queue="night"))


def test_queues_that_pass_work_round_in_a_circle_still_take_it() -> None:
    away = {"hours": "weekdays", "closed": {"then": "queue", "queue": "mail"}}
    back = {"hours": "weekdays", "closed": {"then": "queue", "queue": "calls"}}
    world = closed(a_hotline(away, mail=back))
    enqueued(world, rings(world)).then(happened(InteractionQueued))


def test_a_caller_of_a_closed_queue_is_asked_to_leave_a_message() -> None:
    world = closed(a_hotline({"hours": "weekdays", "closed": {"then": "voicemail"}}))
    then = enqueued(world, rings(world))
    assert then.result["then"] == "voicemail"
    then.then(happened(InteractionQueued), happened(SentToVoicemail, step=0, waited=0))


def test_a_caller_of_a_closed_queue_hears_a_text_and_the_call_is_over() -> None:
    world = closed(a_hotline({"hours": "weekdays", "closed": {"then": "message", "text": "We are closed."}}))
    then = enqueued(world, rings(world))
    assert then.result["then"] == "message"
    then.then(happened(InteractionClosed, reason="the queue is closed"))


@pytest.mark.parametrize("then", ["voicemail", "message"])
def test_a_mail_to_a_closed_queue_waits_whatever_callers_hear(then: str) -> None:
    world = closed(a_hotline(mail={"hours": "weekdays", "closed": {"then": then}}))
    world.when(mail()).including(happened(InteractionQueued, queue="mail")).without(SentToVoicemail, InteractionClosed)


def test_a_callback_for_open_hours_that_is_asked_for_at_night_stays_in_its_queue() -> None:
    away = {"hours": "weekdays", "closed": {"then": "queue", "queue": "night"}}
    world = a_hotline(away).wait(hours=12)
    due = world.now + timedelta(hours=12)
    world.when(callback(due_at=due)).including(happened(InteractionQueued, queue="calls"))
    world.when(callback("+48000000002")).including(happened(InteractionQueued, queue="night"))


def test_work_that_goes_back_keeps_its_place_and_its_requirements() -> None:
    world = a_hotline({"skills": {"french": 4}, "rings": 2, "language": "required"})
    interaction = waits(world, site="paris", language="fr")
    before = wanted(world, interaction)
    talks(world, "anna", interaction)
    world.wait(minutes=5).given(SignOut(agent_id="anna"))
    assert wanted(world, interaction) == before.model_copy(update={"reason": "agent_left"})


def test_who_missed_an_item_is_not_asked_again_where_the_queue_says_never() -> None:
    world = a_hotline({"offer": {"again": "never"}})
    interaction = waits(world)
    world.given(offered(world, "anna", interaction).decline())
    world.when(offer(interaction, "anna")).rejected("agent_unfit", saying="not asked again")


def test_rules_of_offering_may_differ_by_channel() -> None:
    rules = {"offer": {"timeout": 20, "channels": {"callback": {"timeout": 60, "again": "never", "misses": 1}}}}
    world = a_hotline(rules)
    call, back = waits(world), world.when(callback("+48000000002")).result["interaction_id"]
    assert world.when(offer(call, "anna")).one(InteractionOffered).expires_at == world.now + timedelta(seconds=20)
    world.given(declined(world, call))
    then = world.when(offer(back, "anna"))
    assert then.one(InteractionOffered).expires_at == world.now + timedelta(seconds=60)
    world.given(declined(world, back))
    world.when(offer(back, "anna")).rejected("agent_unfit", saying="not asked again")
    world.when(offer(call, "anna")).including(happened(InteractionOffered))


def declined(world: World, interaction: str) -> Any:
    ((work_id, one),) = world.of("interaction", interaction).leg("1").offers.items()
    where = {"interaction_id": interaction, "leg": "1", "work_id": work_id, "agent_id": one.agent_id}
    return DeclineOffer(**where, reason="busy")


def test_a_new_document_counts_from_the_next_decision_on_and_nobody_loses_the_place() -> None:
    world = a_hotline({"skills": {"french": 9}}, agents=("boris",))
    interaction = waits(world)
    arrived = world.now
    world.wait(minutes=1).given(configured_anew(world, {"offer": {"timeout": 99}}))
    assert wanted(world, interaction).arrived_at == arrived
    world.when(offer(interaction, "boris")).rejected("agent_unfit", saying="needs 9")  # as it was asked for
    world.when(offer(waits(world, number="+48000000002"), "boris")).including(
        happened(InteractionOffered, expires_at=world.now + timedelta(seconds=99))
    )
