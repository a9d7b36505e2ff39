"""Texts: which matter they belong to, what they command, and what is answered by text."""

import pytest

from domain.callback import RequestCallback
from domain.centre.configuration import ConfigureProject
from domain.customer.decide import LinkContactPoint, MergeCustomers, SetConsent
from domain.customer.events import ConsentGiven, ConsentWithdrawn, CustomerRegistered
from domain.delivery.events import NotificationRequested
from domain.interaction.escalation import ExpireWork
from domain.interaction.events import InteractionClosed, InteractionQueued, InteractionStarted, MessageSent
from domain.interaction.offers import AcceptOffer
from domain.interaction.work import Reply
from domain.reservation import KeyReleased, KeyReserved
from domain.ticket.decide import CloseTicket, ReopenTicket, ResolveTicket
from domain.ticket.events import InformationAdded, TicketOpened, TicketReopened
from tests.domain.commands import PROJECT, Work, callback, email, mail, offer
from tests.domain.documents import project
from tests.domain.texting import ADA, BORIS, numbers, requested, sms, texting, word
from tests.domain.world import World, happened

ALL = ("opened", "handed_over", "resolved", "reopened")


@pytest.fixture
def centre(world: World) -> World:
    return texting(world, status={"sender": "help", "texts": ALL})


def at_work(world: World, **fields: str) -> Work:
    """A text in an agent's hands."""
    came = world.when(sms(**fields)).result
    work_id = world.when(offer(came["interaction_id"], "anna")).result["work_id"]
    work = Work(came["interaction_id"], work_id, "anna", "1", came["ticket_id"])
    world.given(AcceptOffer(**work.where))
    return work


def test_a_text_opens_a_ticket_of_its_numbers_department_and_is_answered_by_text(centre: World) -> None:
    then = centre.when(sms())
    then.including(
        happened(TicketOpened, department="billing", text_number="main", mailbox="", language="pl"),
        happened(InteractionStarted, channel="sms", direction="inbound", entry="main"),
        happened(InteractionQueued, channel="sms", queue="billing"),
        happened(KeyReserved, kind="conversation"),
    )
    assert requested(then.events) == [("sms", "ticket_opened", "main", ADA)]


def test_a_text_to_a_number_that_takes_none_is_refused(centre: World) -> None:
    centre.when(sms(entry="elsewhere")).rejected("not_found", saying="elsewhere")


def test_a_further_text_of_the_same_two_numbers_joins_the_conversation(centre: World) -> None:
    first = centre.when(sms()).result
    then = centre.when(sms("It was blue.")).without(TicketOpened, InteractionQueued, NotificationRequested)
    assert then.result["interaction_id"] == first["interaction_id"]
    then.including(happened(InformationAdded, by="customer", external_id=""))


def test_a_text_to_another_of_our_numbers_is_another_matter_of_the_same_customer(centre: World) -> None:
    first = centre.when(sms()).result
    other = centre.when(sms(entry="silent")).without(CustomerRegistered)
    assert other.result["ticket_id"] != first["ticket_id"]
    assert other.result["customer_id"] == first["customer_id"]


def test_a_conversation_goes_on_to_the_next_matter_when_the_last_is_closed(centre: World) -> None:
    first = centre.when(sms()).result
    work_id = centre.when(offer(first["interaction_id"], "anna")).result["work_id"]
    work = Work(first["interaction_id"], work_id, "anna")
    centre.given(work.accept(), work.complete(ticket="resolve"))
    centre.given(CloseTicket(ticket_id=first["ticket_id"], reason="time"))
    second = centre.when(sms("Something else"))
    second.including(happened(TicketOpened), happened(KeyReleased, kind="conversation", holder=first["ticket_id"]))
    third = centre.when(sms("…and one more thing")).without(TicketOpened)
    assert third.result["ticket_id"] == second.result["ticket_id"] != first["ticket_id"]


def test_a_text_after_the_matter_was_resolved_reopens_it_and_says_so(centre: World) -> None:
    work = at_work(centre)
    assert ("sms", "ticket_resolved", "main", ADA) in requested(centre.when(work.complete(ticket="resolve")).events)
    then = centre.when(sms("Not yet!"))
    then.including(happened(TicketReopened), happened(InteractionQueued))
    assert requested(then.events) == [("sms", "ticket_reopened", "main", ADA)]


def test_two_customers_who_share_a_telephone_are_one_conversation_until_they_are_told_apart(centre: World) -> None:
    """The number is what we know; whose letter a text answers is told by the ticket, never guessed."""
    mailed = centre.when(mail("boris@example.org")).result
    first = centre.when(sms()).result
    assert mailed["customer_id"] != first["customer_id"]
    centre.when(LinkContactPoint(customer_id=mailed["customer_id"], contact=sms().sender)).rejected("already_held")
    then = centre.when(sms("Boris here, about my letter")).without(TicketOpened)
    assert then.result["customer_id"] == first["customer_id"]
    assert then.result["ticket_id"] != mailed["ticket_id"]


def test_once_two_customers_are_one_their_texts_go_on_where_they_were(centre: World) -> None:
    mailed, first = centre.when(mail("ada@example.org")).result, centre.when(sms()).result
    centre.given(MergeCustomers(customer_id=mailed["customer_id"], merged_id=first["customer_id"]))
    assert centre.when(sms("More")).without(TicketOpened).result["ticket_id"] == first["ticket_id"]


def test_what_no_person_wrote_is_filed_and_wakes_nobody(centre: World) -> None:
    then = centre.when(sms("I am driving", automatic="repeats itself"))
    then.including(happened(InteractionClosed)).without(InteractionQueued, NotificationRequested, TicketOpened)
    work = at_work(centre)
    centre.given(work.complete(ticket="resolve"))
    then = centre.when(sms("I am driving", automatic="repeats itself"))
    then.without(TicketReopened, InteractionQueued, NotificationRequested)


def test_stop_withdraws_the_consent_is_confirmed_once_and_silences_what_nobody_waits_for(centre: World) -> None:
    work = at_work(centre)
    then = centre.when(word("stop"))
    then.including(happened(ConsentWithdrawn, purpose="texts"))
    assert requested(then.events) == [("sms", "texts_stopped", "main", ADA)]
    centre.when(word("stop")).changes_nothing()
    assert requested(centre.when(work.complete(ticket="resolve")).events) == []


def test_stop_of_a_stranger_is_kept_too(centre: World) -> None:
    then = centre.when(word("stop", BORIS, answered=True))
    then.including(happened(CustomerRegistered), happened(ConsentWithdrawn)).without(NotificationRequested)
    assert then.result["taken"] == "yes"


def test_start_means_something_only_from_who_stopped(centre: World) -> None:
    assert centre.when(word("start")).without(ConsentGiven, NotificationRequested).result["taken"] == "no"
    centre.given(word("stop"))
    then = centre.when(word("start")).including(happened(ConsentGiven, purpose="texts"))
    assert requested(then.events) == [("sms", "texts_started", "main", ADA)]
    assert requested(centre.when(sms()).events) == [("sms", "ticket_opened", "main", ADA)]


def test_help_is_answered_with_the_numbers_own_words_where_it_has_some(centre: World) -> None:
    assert centre.when(word("help")).one(NotificationRequested).body == ""
    own = centre.when(word("help", entry="tech")).one(NotificationRequested)
    assert (own.kind, own.body, own.language) == ("texts_help", "Call 0800 1.", "fr")
    centre.when(word("help", answered=True)).changes_nothing()


def test_an_agent_answers_a_text_by_text_from_the_number_it_came_to(centre: World) -> None:
    work = at_work(centre)
    then = centre.when(work.reply("It comes tomorrow."))
    then.including(happened(MessageSent, via="sms", text="It comes tomorrow."))
    assert requested(then.events) == [("sms", "reply", "main", ADA)]


def test_an_agent_may_choose_the_way_of_an_answer_as_far_as_it_is_known(centre: World) -> None:
    work = at_work(centre)
    by_mail = Reply(**work.mine, text="See attached.", by="email")
    centre.when(by_mail).rejected("no_address", saying="e-mail")
    centre.given(
        LinkContactPoint(customer_id=centre.of("ticket", work.ticket_id).customer_id, contact=email("a@example.org"))
    )
    assert requested(centre.when(by_mail).events) == [("email", "reply", "help", "a@example.org")]
    letter = centre.when(mail("b@example.org")).result
    work_id = centre.when(offer(letter["interaction_id"], "anna")).result["work_id"]
    second = Work(letter["interaction_id"], work_id, "anna")
    centre.given(second.accept())
    centre.when(Reply(**second.mine, text="Hello", by="sms")).rejected("no_address", saying="telephone")


def test_nobody_who_said_stop_is_texted_by_an_agent_either(centre: World) -> None:
    work = at_work(centre)
    centre.given(word("stop"))
    centre.when(work.reply()).rejected("wants_no_texts", saying="write a mail or call")


def test_a_text_has_its_bound_and_a_project_its_number(centre: World, world: World) -> None:
    work = at_work(centre)
    centre.when(work.reply("x" * 1601)).rejected("too_long", saying="1600")
    centre.given(work.reply("x" * 1600))
    without = {name: {**one, "flow": "f", "texts": None} for name, one in numbers().items()}
    centre.given(ConfigureProject(document=project(numbers=without), expected_revision=2))
    centre.when(work.reply("Hello")).rejected("no_number", saying="`texts`")


def test_a_callback_asked_for_by_text_is_confirmed_by_text_once(centre: World) -> None:
    asked = callback(ADA, confirm="main", entry="main", language="pl")
    assert isinstance(asked, RequestCallback)
    then = centre.when(asked)
    assert requested(then.events) == [("sms", "callback_registered", "main", ADA)]
    assert then.one(NotificationRequested).language == "pl"
    centre.when(asked).rejected("already_requested")


def test_a_callback_that_came_to_nothing_is_told_by_text_where_no_mail_address_is_known(world: World) -> None:
    centre = texting(world, callbacks={"queue": "billing", "expires": 3600})
    came = centre.when(callback(ADA, entry="tech")).result["interaction_id"]
    other = centre.when(callback(BORIS, entry="form")).result
    centre.given(SetConsent(customer_id=other["customer_id"], purpose="texts", given=False))
    centre.wait(hours=2)
    told = centre.when(ExpireWork(project=PROJECT, interaction_id=came, leg="1"))
    assert requested(told.events) == [("sms", "callback_expired", "tech", ADA)]
    silent = centre.when(ExpireWork(project=PROJECT, interaction_id=other["interaction_id"], leg="1"))
    assert requested(silent.events) == []


def test_status_texts_go_only_where_the_project_wants_them(world: World) -> None:
    world = texting(world)
    came = world.when(sms())
    assert requested(came.events) == []
    world.given(LinkContactPoint(customer_id=came.result["customer_id"], contact=email("a@example.org")))
    world.given(ResolveTicket(project=PROJECT, ticket_id=came.result["ticket_id"], agent_id="anna"))
    again = world.when(ReopenTicket(project=PROJECT, ticket_id=came.result["ticket_id"], reason="again"))
    assert requested(again.events) == [("email", "ticket_reopened", "help", "a@example.org")]
