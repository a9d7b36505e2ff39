"""Customers: registered, recognised, merged, un-merged and forgotten."""

from domain.customer.decide import (
    EraseCustomer,
    IdentifyCustomer,
    LinkContactPoint,
    MergeCustomers,
    RecogniseCustomer,
    RecordFact,
    RegisterCustomer,
    SetConsent,
    UnmergeCustomers,
)
from domain.customer.events import (
    ConsentGiven,
    ConsentWithdrawn,
    ContactPointLinked,
    CustomerErased,
    CustomerIdentified,
    CustomerRegistered,
    CustomersMerged,
    CustomersUnmerged,
    FactRecorded,
)
from domain.reservation import KeyReleased, KeyReserved
from tests.domain.commands import email, mail, phone
from tests.domain.world import World, happened


def register(customer: str, *contacts: str) -> RegisterCustomer:
    return RegisterCustomer(
        customer_id=customer, name=customer.title(), language="pl", contacts=tuple(email(c) for c in contacts)
    )


def test_a_customer_is_registered_with_addresses_that_are_nobodys_yet(world: World) -> None:
    world.when(register("ada", "ada@example.org", "a@work.example")).then(
        happened(CustomerRegistered, customer_id="ada", provisional=False, language="pl"),
        happened(ContactPointLinked, address="ada@example.org"),
        happened(ContactPointLinked, address="a@work.example"),
        happened(KeyReserved, holder="ada"),
        happened(KeyReserved, holder="ada"),
    )
    world.when(register("ada", "other@example.org")).rejected("exists")
    world.when(register("bob", "ada@example.org")).rejected("already_held")
    world.when(register("bob")).rejected("no_contact")


def test_a_provisional_customer_turns_out_to_be_somebody(world: World) -> None:
    customer = world.when(mail()).result["customer_id"]
    world.when(IdentifyCustomer(customer_id=customer, name="Ada L.")).then(happened(CustomerIdentified, name="Ada L."))
    world.when(IdentifyCustomer(customer_id=customer, name="Ada L.")).changes_nothing()
    assert not world.of("customer", customer).provisional


def test_an_address_has_a_customer_before_anything_of_theirs_is_stored(world: World) -> None:
    command = RecogniseCustomer(contact=phone("+33100000000"), name="", language="fr")
    first = world.when(command)
    first.including(happened(CustomerRegistered, name=None, provisional=True))
    assert world.when(command).changes_nothing().result == first.result


def test_a_further_address_leads_to_the_same_customer(world: World) -> None:
    world.given(register("ada", "ada@example.org"), LinkContactPoint(customer_id="ada", contact=phone("+331")))
    assert world.when(RecogniseCustomer(contact=phone("+331"), name="", language="en")).result["customer_id"] == "ada"
    world.when(LinkContactPoint(customer_id="ada", contact=phone("+331"))).changes_nothing()


def test_facts_and_consents_are_recorded_as_they_were_given(world: World) -> None:
    world.given(register("ada", "ada@example.org"))
    fact = RecordFact(customer_id="ada", name="tariff", value="gold", source="import")
    world.when(fact).then(happened(FactRecorded, name="tariff", value="gold"))
    given, withdrawn = (SetConsent(customer_id="ada", purpose="recording", given=g) for g in (True, False))
    world.when(withdrawn).then(happened(ConsentWithdrawn, purpose="recording"))
    world.when(withdrawn).changes_nothing()
    world.when(given).then(happened(ConsentGiven, purpose="recording"))
    world.when(given).changes_nothing()
    world.when(withdrawn).then(happened(ConsentWithdrawn, purpose="recording"))


def test_merging_shows_one_customer_under_another_and_new_contacts_go_to_the_survivor(world: World) -> None:
    world.given(register("ada", "ada@example.org"), register("twin", "twin@example.org"))
    world.when(MergeCustomers(customer_id="ada", merged_id="twin")).then(
        happened(CustomersMerged, customer_id="ada", merged_id="twin"),
        happened(CustomersMerged, customer_id="ada", merged_id="twin"),
    )
    assert world.when(mail("twin@example.org")).result["customer_id"] == "ada"


def test_unmerging_undoes_it(world: World) -> None:
    world.given(register("ada", "ada@example.org"), register("twin", "twin@example.org"))
    undo = UnmergeCustomers(customer_id="ada", merged_id="twin")
    world.when(undo).rejected("not_merged")
    world.given(MergeCustomers(customer_id="ada", merged_id="twin"))
    world.when(undo).including(happened(CustomersUnmerged))
    assert world.when(mail("twin@example.org")).result["customer_id"] == "twin"


def test_who_has_said_no_under_one_name_has_said_so_under_both_once_they_are_one(world: World) -> None:
    world.given(*(register(name, f"{name}@example.org") for name in ("ada", "bob", "cid")))
    world.given(
        SetConsent(customer_id="bob", purpose="texts", given=False),
        SetConsent(customer_id="bob", purpose="recording", given=True),
        SetConsent(customer_id="cid", purpose="texts", given=False),
    )
    merged = world.when(MergeCustomers(customer_id="ada", merged_id="bob"))
    merged.including(happened(ConsentWithdrawn, customer_id="ada", purpose="texts"))
    assert world.of("customer", "ada").consents == {"texts": False}
    world.when(MergeCustomers(customer_id="ada", merged_id="cid")).then(
        happened(CustomersMerged), happened(CustomersMerged)
    )


def test_customers_are_merged_one_level_deep(world: World) -> None:
    world.given(*(register(name, f"{name}@example.org") for name in ("ada", "bob", "cid")))
    world.when(MergeCustomers(customer_id="ada", merged_id="ada")).rejected("same_customer")
    world.when(MergeCustomers(customer_id="ada", merged_id="nobody")).rejected("not_found")
    world.given(MergeCustomers(customer_id="ada", merged_id="bob"))
    world.when(MergeCustomers(customer_id="cid", merged_id="ada")).rejected("has_merged", saying="other way round")
    world.when(MergeCustomers(customer_id="cid", merged_id="bob")).rejected("already_merged")
    world.when(MergeCustomers(customer_id="bob", merged_id="cid")).rejected("already_merged")
    world.given(MergeCustomers(customer_id="ada", merged_id="cid"))
    assert world.of("customer", "ada").merged == ("bob", "cid")


def test_erasing_forgets_the_customer_and_everybody_merged_into_it_and_frees_their_addresses(world: World) -> None:
    world.given(register("ada", "ada@example.org"), register("twin", "twin@example.org"))
    world.given(MergeCustomers(customer_id="ada", merged_id="twin"))
    erase = EraseCustomer(customer_id="ada")
    then = world.when(erase).including(
        happened(CustomerErased, customer_id="ada", erased_ids=("ada", "twin")),
        happened(CustomerErased, customer_id="twin", erased_ids=("ada", "twin")),
    )
    assert len(then.all(KeyReleased)) == 2
    assert world.of("customer", "ada").name == ""
    world.when(erase).changes_nothing()
    assert world.when(mail("ada@example.org")).result["customer_id"] != "ada"


def test_a_merged_customer_is_erased_with_the_one_it_is_merged_into(world: World) -> None:
    world.given(register("ada", "ada@example.org"), register("twin", "twin@example.org"))
    world.given(MergeCustomers(customer_id="ada", merged_id="twin"))
    world.when(EraseCustomer(customer_id="twin")).rejected("merged", saying="ada")


def test_nothing_more_is_learned_of_an_erased_customer(world: World) -> None:
    world.given(register("ada", "ada@example.org"), EraseCustomer(customer_id="ada"))
    for command in (
        IdentifyCustomer(customer_id="ada", name="Ada"),
        LinkContactPoint(customer_id="ada", contact=phone("+331")),
        RecordFact(customer_id="ada", name="x", value="y", source="z"),
        SetConsent(customer_id="ada", purpose="recording", given=True),
    ):
        world.when(command).rejected("erased")
    world.when(EraseCustomer(customer_id="nobody")).rejected("not_found")
