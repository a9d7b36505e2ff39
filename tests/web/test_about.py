"""What interactions are about is learned from the events that pass by, and is the same as the log has it."""

from __future__ import annotations

from domain.interaction.events import CustomerRecognised, InteractionStarted
from web.about import About, Matter, matter_of


def began(interaction_id: str, customer_id: str = "c1") -> InteractionStarted:
    return InteractionStarted(
        interaction_id=interaction_id, channel="voice", direction="inbound", customer_id=customer_id,
        ticket_id=f"t-{interaction_id}", entry="main", language="en",
    )  # fmt: skip


def recognised(interaction_id: str, customer_id: str) -> CustomerRecognised:
    return CustomerRecognised(interaction_id=interaction_id, customer_id=customer_id, how="keyed")


def test_a_contact_that_turns_out_to_be_somebody_elses_is_theirs() -> None:
    events = [began("i1"), recognised("i1", "c2"), recognised("i1", "c3")]
    about = About()
    for one in events:
        about.learn(one)
    assert about.of("i1") == matter_of(events) == Matter("t-i1", "c3")


def test_of_one_whose_beginning_nobody_here_has_seen_nothing_is_claimed() -> None:
    about = About()
    about.learn(recognised("i1", "c2"))
    assert about.of("i1") is None


def test_the_oldest_are_forgotten_where_there_are_too_many() -> None:
    about = About(most=2)
    for name in ("i1", "i2", "i3"):
        about.learn(began(name))
    assert [about.of(name) for name in ("i1", "i2", "i3")] == [None, Matter("t-i2", "c1"), Matter("t-i3", "c1")]
