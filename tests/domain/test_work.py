"""An agent's work: replying, noting, transferring, finishing and wrapping up."""

from datetime import timedelta

import pytest

from domain.agent.events import AgentReleased
from domain.belonging import Referred
from domain.callback import RequestCallback
from domain.centre.configuration import ConfigureProject
from domain.delivery.events import NotificationRequested
from domain.interaction.events import (
    DispositionGiven,
    InteractionClosed,
    InteractionQueued,
    InteractionTransferred,
    MessageSent,
    NoteAdded,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.interaction.work import AddNote, TimeOutWrapUp
from domain.reservation import KeyReleased
from domain.ticket.decide import AwaitCustomer, CloseTicket, HandOverTicket, ResolveTicket
from domain.ticket.events import InformationAdded, TicketAwaitingCustomer, TicketHandedOver, TicketResolved
from tests.domain.commands import PROJECT, callback, in_hand, mail, offer, offered
from tests.domain.documents import project
from tests.domain.world import World, happened


def test_a_reply_goes_out_in_the_tickets_thread_and_stands_in_its_record(staffed: World) -> None:
    work = in_hand(staffed, "anna", id="m1")
    then = staffed.when(work.reply("Dear Ada, it is right."))
    then.then(
        happened(MessageSent, agent_id="anna", text="Dear Ada, it is right.", subject="Invoice"),
        happened(NotificationRequested, kind="reply", to="ada@example.org", mailbox="help", thread="<m1>"),
        happened(InformationAdded, by="agent", external_id=f"delivery:{then.result['delivery_id']}"),
    )
    again = staffed.when(work.reply("One thing more."))
    assert again.one(NotificationRequested).thread == f"<m1> delivery:{then.result['delivery_id']}"


def test_a_long_thread_keeps_its_first_and_its_latest_messages(staffed: World) -> None:
    work = in_hand(staffed, "anna", id="m0")
    for number in range(1, 40):
        staffed.given(mail(id=f"m{number}", refers=Referred(ticket_id=work.ticket_id)))
    thread = staffed.when(work.reply()).one(NotificationRequested).thread.split()
    assert (len(thread), thread[0], thread[-1]) == (20, "<m0>", "<m39>")


def test_a_reply_answers_who_wrote_last_but_never_an_automatic_mail(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.given(mail("colleague@example.org", refers=Referred(ticket_id=work.ticket_id)))
    staffed.given(mail("robot@example.org", automatic="auto-replied", refers=Referred(ticket_id=work.ticket_id)))
    assert staffed.when(work.reply()).one(NotificationRequested).to == "colleague@example.org"


def test_a_reply_needs_a_text_and_work_in_hand(staffed: World) -> None:
    work = offered(staffed, "anna", entry="tech")
    staffed.when(work.reply()).rejected("not_yours")
    staffed.given(work.accept())
    staffed.when(work.reply(" \n")).rejected("empty")
    staffed.given(work.complete())
    staffed.when(work.reply()).rejected("not_possible_now", saying="before wrap-up")


def test_a_callback_without_a_ticket_has_no_thread_to_reply_in(staffed: World) -> None:
    call = staffed.when(callback()).result["interaction_id"]
    work = in_hand(staffed, "anna", call)
    staffed.when(work.reply()).rejected("no_ticket")


def test_a_note_is_kept_and_sent_to_nobody(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    note = AddNote(interaction_id=work.interaction_id, author="clara", text="Called twice before.")
    staffed.when(note).then(happened(NoteAdded, author="clara", text="Called twice before."))
    staffed.when(AddNote(interaction_id=work.interaction_id, author="clara", text="")).rejected("empty")


def test_a_transfer_queues_a_new_leg_in_its_old_place_and_hands_the_ticket_over(staffed: World) -> None:
    arrived = staffed.now
    work = in_hand(staffed, "anna")
    staffed.wait(minutes=10)
    then = staffed.when(work.transfer("technical", note="needs a technician"))
    then.then(
        happened(InteractionTransferred, to_leg="2", department="technical", queue="technical"),
        happened(InteractionQueued, leg="2", queue="technical", arrived_at=arrived, reason="transferred", priority=3),
        happened(NoteAdded, text="needs a technician", author="anna"),
        happened(AgentReleased, agent_id="anna", reason="transferred"),
        happened(TicketHandedOver, from_department="billing", department="technical", by="anna"),
        happened(NotificationRequested, kind="ticket_handed_over"),
    )
    assert staffed.of("interaction", work.interaction_id).leg("1").status == "ended"
    second = in_hand(staffed, "anna", work.interaction_id, leg="2")
    staffed.given(second.complete(), second.wrap_up())
    assert staffed.of("interaction", work.interaction_id).status == "closed"


def test_a_transfer_within_the_department_moves_the_work_and_not_the_ticket(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(work.transfer("billing")).including(happened(InteractionQueued, leg="2")).without(TicketHandedOver)


def test_a_transfer_to_nowhere_is_refused_and_says_where_one_can_go(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(work.transfer("marketing")).rejected("not_found", saying="billing, sales, technical")


def test_finishing_in_a_queue_without_wrap_up_closes_at_once(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(work.complete(disposition="answered")).then(
        happened(WrapUpCompleted, disposition="answered", timed_out=False),
        happened(InteractionClosed, reason="completed"),
        happened(AgentReleased, reason="completed"),
    )


@pytest.mark.parametrize(("wanted", "event"), [("resolve", TicketResolved), ("await_customer", TicketAwaitingCustomer)])
def test_finishing_says_what_becomes_of_the_ticket(staffed: World, wanted: str, event: type) -> None:
    work = in_hand(staffed, "anna")
    then = staffed.when(work.complete(ticket=wanted)).including(happened(event, ticket_id=work.ticket_id))
    assert bool(then.all(NotificationRequested)) == (wanted == "resolve")


def test_a_ticket_that_already_is_what_finishing_would_make_it_does_not_stand_in_the_way(staffed: World) -> None:
    one, two = in_hand(staffed, "anna"), in_hand(staffed, "anna")
    staffed.given(AwaitCustomer(ticket_id=one.ticket_id, by="clara"))
    staffed.given(ResolveTicket(project=PROJECT, ticket_id=two.ticket_id, agent_id="clara"))
    staffed.when(one.complete(ticket="await_customer")).without(TicketAwaitingCustomer)
    staffed.when(two.complete(ticket="resolve")).without(TicketResolved, NotificationRequested)


def test_mandatory_wrap_up_begins_with_its_limit_and_ends_with_a_disposition(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.when(work.complete()).then(
        happened(WrapUpStarted, ends_at=staffed.now + timedelta(seconds=60), default_disposition="not_stated")
    )
    staffed.when(work.wrap_up("")).rejected("no_disposition")
    staffed.when(work.wrap_up("sold")).rejected("unknown_disposition", saying="answered, not_reached, not_stated")
    staffed.when(work.wrap_up("answered")).then(
        happened(WrapUpCompleted, disposition="answered", timed_out=False),
        happened(InteractionClosed),
        happened(AgentReleased, reason="completed"),
    )


def test_wrap_up_that_takes_too_long_is_ended_with_the_default_disposition(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.given(work.complete())
    fire = TimeOutWrapUp(interaction_id=work.interaction_id, leg="1")
    staffed.wait(seconds=59).when(fire).changes_nothing()
    staffed.wait(seconds=1).when(fire).including(happened(WrapUpCompleted, disposition="not_stated", timed_out=True))
    staffed.when(fire).changes_nothing()
    assert staffed.of("agent", "anna").used == 0


def test_a_disposition_given_at_the_end_of_contact_is_the_one_recorded_at_time_out(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.given(work.complete(disposition="answered")).wait(minutes=2)
    fire = TimeOutWrapUp(interaction_id=work.interaction_id, leg="1")
    staffed.when(fire).including(happened(WrapUpCompleted, disposition="answered"))


def test_optional_wrap_up_is_skipped_by_giving_the_disposition_at_once(staffed: World) -> None:
    quick, slow = (in_hand(staffed, "anna", entry="sales") for _ in range(2))
    staffed.when(quick.complete(disposition="answered")).including(happened(InteractionClosed))
    staffed.when(slow.complete()).then(happened(WrapUpStarted, ends_at=None))
    staffed.wait(days=1).when(TimeOutWrapUp(interaction_id=slow.interaction_id, leg="1")).changes_nothing()
    staffed.given(slow.wrap_up())


def test_contact_is_finished_once(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.given(work.complete())
    staffed.when(work.complete()).rejected("not_possible_now")
    staffed.given(work.wrap_up())
    staffed.when(work.wrap_up()).rejected("closed")


def test_somebody_elses_work_is_not_finished_or_transferred(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    other = type(work)(work.interaction_id, work.work_id, "boris")
    for command in (other.complete(), other.transfer("billing"), other.reply(), other.wrap_up()):
        staffed.when(command).rejected("not_yours")


def test_a_finished_callback_lets_the_number_be_called_again(staffed: World) -> None:
    request = callback()
    assert isinstance(request, RequestCallback)
    work = in_hand(staffed, "anna", staffed.when(request).result["interaction_id"])
    staffed.when(work.complete()).including(happened(KeyReleased, kind="callback"))
    staffed.given(request)


def test_handing_a_ticket_over_tells_the_customer_once(world: World) -> None:
    ticket = world.when(mail()).result["ticket_id"]
    command = HandOverTicket(project=PROJECT, ticket_id=ticket, department="technical", by="clara")
    world.when(command).then(
        happened(TicketHandedOver, from_department="billing", department="technical"),
        happened(NotificationRequested, kind="ticket_handed_over", params=params(world, ticket, "Technical")),
    )
    world.when(command).changes_nothing()


def params(world: World, ticket: str, department: str) -> dict[str, str]:
    number = world.of("ticket", ticket).number
    return {"number": number, "department": department, "project": "Hotline", "reopen_days": "14"}


def test_a_closed_ticket_is_not_worked_on(world: World) -> None:
    ticket = world.when(mail()).result["ticket_id"]
    close = CloseTicket(ticket_id=ticket, reason="time")
    world.when(close).rejected("not_possible_now", saying="only possible when it is resolved")
    world.given(ResolveTicket(project=PROJECT, ticket_id=ticket, agent_id="anna"), close)
    for command in (
        AwaitCustomer(ticket_id=ticket, by="anna"),
        ResolveTicket(project=PROJECT, ticket_id=ticket, agent_id="anna"),
        HandOverTicket(project=PROJECT, ticket_id=ticket, department="technical", by="anna"),
    ):
        world.when(command).rejected("not_possible_now")


def test_a_ringing_offer_can_still_be_accepted_by_another_after_one_declined(staffed: World) -> None:
    work = offered(staffed, "anna")
    staffed.given(work.decline())
    then = staffed.when(offer(work.interaction_id, "boris"))
    assert then.result["work_id"] != work.work_id


def fixed(world: World) -> World:
    rules = {"mode": "fixed", "limit": 60, "default_disposition": "not_stated"}
    queues = {"billing": {"title": "Billing", "wrap_up": rules}, "ringing": {"title": "Ringing"}}
    departments = {"billing": {"title": "Billing", "queue": "billing"}, "sales": {"title": "Sales", "queue": "ringing"}}
    mailboxes = {"help": {"address": "help@example.com", "title": "Help", "department": "billing"}}
    document = project(queues=queues, departments=departments, mailboxes=mailboxes)
    return world.given(ConfigureProject(document=document, expected_revision=1))


def test_wrap_up_of_fixed_length_goes_on_to_its_end_whatever_the_agent_says(staffed: World) -> None:
    work = in_hand(fixed(staffed), "anna")
    staffed.when(work.complete()).then(happened(WrapUpStarted, ends_at=staffed.now + timedelta(seconds=60), fixed=True))
    staffed.wait(seconds=10).when(work.wrap_up("answered")).then(happened(DispositionGiven, disposition="answered"))
    staffed.when(work.wrap_up("answered")).changes_nothing()
    staffed.when(work.wrap_up("not_reached")).then(happened(DispositionGiven, disposition="not_reached"))
    assert staffed.of("agent", "anna").used == 1
    fire = TimeOutWrapUp(interaction_id=work.interaction_id, leg="1")
    staffed.wait(seconds=49).when(fire).changes_nothing()
    staffed.wait(seconds=1).when(fire).then(
        happened(WrapUpCompleted, disposition="not_reached", timed_out=False),
        happened(InteractionClosed),
        happened(AgentReleased, reason="completed"),
    )


def test_a_fixed_wrap_up_without_a_word_ends_with_the_default_disposition(staffed: World) -> None:
    quiet, quick = in_hand(fixed(staffed), "anna"), in_hand(staffed, "boris")
    staffed.given(quiet.complete())
    staffed.when(quick.complete(disposition="answered")).then(
        happened(WrapUpStarted, fixed=True), happened(DispositionGiven, disposition="answered")
    )
    staffed.wait(minutes=1)
    for work, said, timed_out in ((quiet, "not_stated", True), (quick, "answered", False)):
        fire = TimeOutWrapUp(interaction_id=work.interaction_id, leg="1")
        staffed.when(fire).including(happened(WrapUpCompleted, disposition=said, timed_out=timed_out))


def test_wrap_up_is_counted_for_each_interaction_from_its_own_end(staffed: World) -> None:
    one, two = in_hand(fixed(staffed), "anna"), in_hand(staffed, "anna")
    staffed.given(one.complete()).wait(seconds=40).given(two.complete()).wait(seconds=20)
    first, second = (TimeOutWrapUp(interaction_id=work.interaction_id, leg="1") for work in (one, two))
    staffed.when(second).changes_nothing()
    staffed.when(first).including(happened(WrapUpCompleted))
    staffed.wait(seconds=40).when(second).including(happened(WrapUpCompleted))
