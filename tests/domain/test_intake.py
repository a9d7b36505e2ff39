"""Which ticket a message belongs to, which interaction it joins, and what is said to the customer."""

from domain.belonging import Referred
from domain.customer.decide import EraseCustomer, MergeCustomers
from domain.customer.events import ContactPointLinked, CustomerRegistered
from domain.delivery.events import NotificationRequested
from domain.delivery.state import AttemptDelivery
from domain.interaction.events import InteractionClosed, InteractionQueued, InteractionStarted, MessageReceived
from domain.reservation import KeyReserved
from domain.ticket.decide import AwaitCustomer, CloseTicket, ResolveTicket
from domain.ticket.events import InformationAdded, TicketOpened, TicketReopened
from tests.domain.commands import PROJECT, in_hand, mail
from tests.domain.world import World, happened


def resolve(ticket: str) -> ResolveTicket:
    return ResolveTicket(project=PROJECT, ticket_id=ticket, agent_id="anna")


def test_a_first_mail_registers_its_sender_opens_a_ticket_queues_it_and_tells_the_customer(world: World) -> None:
    then = world.when(mail(id="m1"))
    then.then(
        happened(CustomerRegistered, provisional=True, name="Ada", language="en"),
        happened(ContactPointLinked, address="ada@example.org"),
        happened(KeyReserved, kind="email"),
        happened(TicketOpened, department="billing", subject="Invoice", mailbox="help"),
        happened(InformationAdded, by="customer", external_id="<m1>"),
        happened(InteractionStarted, channel="email", direction="inbound", entry="help"),
        happened(MessageReceived, text="It is wrong.", external_id="<m1>"),
        happened(InteractionQueued, queue="billing", leg="1", arrived_at=world.now, target=3600),
        happened(NotificationRequested, kind="ticket_opened", to="ada@example.org", thread="<m1>"),
        happened(KeyReserved, kind="message"),
    )
    assert then.result["number"] == then.one(TicketOpened).number
    assert (then.one(TicketOpened).deadline - world.now).total_seconds() == 3600


def test_a_second_matter_of_a_known_sender_is_a_new_ticket_of_the_same_customer(world: World) -> None:
    first = world.when(mail(id="m1")).result
    second = world.when(mail(id="m2")).without(CustomerRegistered).result
    assert second["ticket_id"] != first["ticket_id"]
    assert second["customer_id"] == first["customer_id"]


def test_the_language_of_the_mailbox_is_the_customers_until_a_better_one_is_known(world: World) -> None:
    assert world.when(mail(entry="tech")).one(TicketOpened).language == "fr"
    assert world.when(mail("b@example.org", entry="tech", language="pl")).one(TicketOpened).language == "pl"


def test_an_unknown_mailbox_is_refused(world: World) -> None:
    world.when(mail(entry="nobody")).rejected("not_found", saying="nobody")


def test_a_reply_token_continues_its_ticket_whoever_bears_it(world: World) -> None:
    first = world.when(mail(id="m1")).result
    then = world.when(mail("colleague@example.org", refers=Referred(ticket_id=first["ticket_id"])))
    then.including(happened(InformationAdded, ticket_id=first["ticket_id"], by="third_party")).without(TicketOpened)


def test_an_answer_to_a_delivery_of_ours_continues_the_deliverys_ticket(world: World) -> None:
    then = world.when(mail(id="m1"))
    delivery = then.one(NotificationRequested).delivery_id
    again = world.when(mail(id="m2", refers=Referred(delivery_ids=(delivery,))))
    again.including(happened(InformationAdded, ticket_id=then.result["ticket_id"], by="customer"))


def test_references_to_an_earlier_message_continue_its_ticket_for_the_same_customer(world: World) -> None:
    first = world.when(mail(id="m1")).result
    again = world.when(mail(id="m2", refers=Referred(fingerprints=("message:unknown", "message:m1"))))
    assert again.result["ticket_id"] == first["ticket_id"]
    assert again.result["interaction_id"] == first["interaction_id"]
    again.without(TicketOpened, InteractionQueued, NotificationRequested)


def test_references_from_a_stranger_open_a_ticket_of_their_own(world: World) -> None:
    first = world.when(mail(id="m1")).result
    other = world.when(mail("mallory@example.org", id="m2", refers=Referred(fingerprints=("message:m1",))))
    assert other.result["ticket_id"] != first["ticket_id"]
    assert other.result["customer_id"] != first["customer_id"]


def test_references_of_a_merged_customer_continue_the_ticket(world: World) -> None:
    first = world.when(mail(id="m1")).result
    other = world.when(mail("ada@work.example", id="m2")).result
    world.given(MergeCustomers(customer_id=other["customer_id"], merged_id=first["customer_id"]))
    again = world.when(mail("ada@work.example", id="m3", refers=Referred(fingerprints=("message:m1",))))
    assert again.result["ticket_id"] == first["ticket_id"]
    again.including(happened(InformationAdded, by="customer"))


def test_a_closed_ticket_is_never_continued(world: World) -> None:
    first = world.when(mail(id="m1")).result
    world.given(resolve(first["ticket_id"]), CloseTicket(ticket_id=first["ticket_id"], reason="time"))
    for refers in (Referred(ticket_id=first["ticket_id"]), Referred(fingerprints=("message:m1",))):
        again = world.when(mail(refers=refers))
        assert again.result["ticket_id"] != first["ticket_id"]
        again.including(happened(TicketOpened))


def test_the_ticket_of_an_erased_customer_is_never_continued(world: World) -> None:
    first = world.when(mail(id="m1")).result
    world.given(EraseCustomer(customer_id=first["customer_id"]))
    again = world.when(mail(refers=Referred(ticket_id=first["ticket_id"])))
    assert again.result["ticket_id"] != first["ticket_id"]
    assert again.result["customer_id"] != first["customer_id"]


def test_a_token_counts_for_more_than_references(world: World) -> None:
    one, two = (world.when(mail(id=id)).result["ticket_id"] for id in ("m1", "m2"))
    again = world.when(mail(refers=Referred(ticket_id=one, fingerprints=("message:m2",))))
    assert again.result["ticket_id"] == one != two


def test_a_ticket_that_does_not_exist_is_passed_over(world: World) -> None:
    world.when(mail(refers=Referred(ticket_id="gone", delivery_ids=("gone",), fingerprints=("gone",)))).including(
        happened(TicketOpened)
    )


def test_a_message_for_work_in_hand_joins_it_without_queueing_again(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    then = staffed.when(mail(refers=Referred(ticket_id=work.ticket_id)))
    then.then(
        happened(MessageReceived, interaction_id=work.interaction_id),
        happened(InformationAdded, by="customer"),
    )


def test_a_message_during_wrap_up_starts_a_further_interaction(staffed: World) -> None:
    work = in_hand(staffed, "anna", entry="tech")
    staffed.given(work.complete())
    then = staffed.when(mail(refers=Referred(ticket_id=work.ticket_id)))
    assert then.result["interaction_id"] != work.interaction_id
    then.including(happened(InteractionQueued, queue="technical"))


def test_a_message_on_a_resolved_ticket_reopens_it_queues_it_and_tells_the_customer(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.given(work.complete(ticket="resolve"))
    then = staffed.when(mail(refers=Referred(ticket_id=work.ticket_id)))
    then.including(
        happened(TicketReopened, ticket_id=work.ticket_id),
        happened(InteractionQueued),
        happened(NotificationRequested, kind="ticket_reopened"),
    )


def test_a_message_on_a_ticket_that_awaits_the_customer_goes_on_without_a_mail_about_it(world: World) -> None:
    first = world.when(mail()).result
    world.given(AwaitCustomer(ticket_id=first["ticket_id"], by="anna"))
    then = world.when(mail(refers=Referred(ticket_id=first["ticket_id"])))
    then.including(happened(TicketReopened)).without(NotificationRequested)


def test_information_added_on_the_page_stands_in_the_ticket_like_a_mail(world: World) -> None:
    first = world.when(mail()).result
    then = world.when(mail(via="page", refers=Referred(ticket_id=first["ticket_id"])))
    then.then(happened(MessageReceived, via="page"), happened(InformationAdded, by="customer"))


def test_automatic_mail_about_nothing_is_filed_and_answered_by_nobody(world: World) -> None:
    then = world.when(mail(id="m1", automatic="auto-replied"))
    then.including(
        happened(InteractionStarted, ticket_id=""),
        happened(MessageReceived, automatic="auto-replied"),
        happened(InteractionClosed, reason="automatic: auto-replied"),
    ).without(TicketOpened, InteractionQueued, NotificationRequested)


def test_automatic_mail_is_queued_where_the_mailbox_wants_it_but_still_not_answered(world: World) -> None:
    then = world.when(mail(entry="sales", automatic="list"))
    then.including(happened(TicketOpened), happened(InteractionQueued)).without(NotificationRequested)


def test_automatic_mail_joins_the_open_interaction_for_the_record(world: World) -> None:
    first = world.when(mail()).result
    then = world.when(mail(automatic="auto-replied", refers=Referred(ticket_id=first["ticket_id"])))
    then.then(
        happened(MessageReceived, interaction_id=first["interaction_id"]), happened(InformationAdded, by="automatic")
    )


def test_automatic_mail_never_reopens_a_resolved_ticket(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.given(work.complete(ticket="resolve"))
    then = staffed.when(mail(automatic="auto-replied", refers=Referred(ticket_id=work.ticket_id)))
    then.including(happened(InformationAdded, by="automatic"), happened(InteractionClosed)).without(
        TicketReopened, InteractionQueued, NotificationRequested
    )
    # what an agent works on next is still what a person wrote
    assert staffed.of("ticket", work.ticket_id).interaction_id == work.interaction_id


def test_no_status_mail_goes_out_while_nothing_was_attempted_twice(world: World) -> None:
    """A repeated mail without the log's `once` is a second message, never a second status mail on one ticket."""
    first = world.when(mail(id="m1"))
    again = world.when(mail(id="m1", refers=Referred(ticket_id=first.result["ticket_id"])))
    again.without(NotificationRequested)
    delivery = first.one(NotificationRequested).delivery_id
    world.given(AttemptDelivery(delivery_id=delivery, patience=60))
