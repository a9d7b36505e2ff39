"""Accounts on record, keys reserved, and the shape of what the core declares."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.audit import AccountCreated, RecordAccount, SignInsBlocked
from domain.decide import DECIDERS
from domain.event import Event
from domain.rejection import Rejection
from domain.reservation import KeyReleased, KeyReserved, Reservation, holder_of, release, reserve
from domain.states import States, fold
from tests.domain.world import World, happened
from tests.golden.store import known_events


def test_what_was_done_with_an_account_is_recorded_in_the_accounts_own_stream(world: World) -> None:
    created = AccountCreated(account_id="a1", agent_id="anna", roles={"hotline": ("agent",)})
    world.when(RecordAccount(event=created)).then(happened(AccountCreated, account_id="a1"))
    blocked = SignInsBlocked(account_id="a1", until=world.now + timedelta(minutes=15))
    world.when(RecordAccount(event=blocked)).then(happened(SignInsBlocked))
    assert world.history["account-a1"] == [created, blocked]


def states(*events: Event) -> States:
    return States({"reservation-key": fold("reservation-key", list(events))})


HELD = KeyReserved(kind="email", fingerprint="key", holder="ada")
FREED = KeyReleased(kind="email", fingerprint="key", holder="ada")


def test_a_free_key_is_taken_and_a_held_one_stays_with_its_holder() -> None:
    assert reserve(states(), "email", "key", "ada").events == {"reservation-key": [HELD]}
    assert reserve(states(HELD), "email", "key", "ada").events == {}
    with pytest.raises(Rejection, match="already_held"):
        reserve(states(HELD), "email", "key", "bob")


def test_only_the_holder_frees_a_key_and_then_anybody_may_have_it() -> None:
    assert release(states(HELD), "email", "key", "bob").events == {}
    assert release(states(), "email", "key", "ada").events == {}
    assert release(states(HELD), "email", "key", "ada").events == {"reservation-key": [FREED]}
    assert holder_of(states(HELD, FREED), "key") is None
    assert reserve(states(HELD, FREED), "email", "key", "bob").events
    assert fold("reservation-key", [HELD, FREED]) == Reservation(kind="email")


def test_no_event_says_that_something_merely_changed() -> None:
    vague = [name for name, event in known_events().items() if event.__name__.endswith(("Updated", "Changed"))]
    assert vague == []


def test_every_command_is_a_frozen_value_with_a_decider() -> None:
    for command in DECIDERS:
        assert command.__dataclass_params__.frozen, command.__name__  # type: ignore[attr-defined]
