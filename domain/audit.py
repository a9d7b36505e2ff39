"""What accounts did, for the record: accounts, passwords, sessions and tokens themselves live outside the log.

The stream of an account has no state machine: its events are facts about another store, recorded after
they were made so there. None of them holds a name, an address or a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.states import States, concept


class AccountCreated(Event, wire="account.created.v1"):
    """`roles` by project, `*` for every project of the pool; `agent_id` empty for accounts that take no work."""

    account_id: str
    agent_id: str
    roles: Mapping[str, tuple[str, ...]]


class RolesAssigned(Event, wire="account.roles_assigned.v1"):
    """These roles replace the earlier ones."""

    account_id: str
    roles: Mapping[str, tuple[str, ...]]


class AccountDisabled(Event, wire="account.disabled.v1"):
    account_id: str


class AccountEnabled(Event, wire="account.enabled.v1"):
    account_id: str


class PasswordSet(Event, wire="account.password_set.v1"):
    """A new password; every session of the account ended with it."""

    account_id: str


class TokenIssued(Event, wire="account.token_issued.v1"):
    """An API token, limited to `roles` where they are given."""

    account_id: str
    token_id: str
    roles: tuple[str, ...]
    expires_at: datetime | None


class TokenRevoked(Event, wire="account.token_revoked.v1"):
    account_id: str
    token_id: str


class CalendarOpened(Event, wire="account.calendar_opened.v1"):
    """The account's follow-ups can be read at a secret address from now on; an earlier address opens no more."""

    account_id: str


class CalendarClosed(Event, wire="account.calendar_closed.v1"):
    account_id: str


class SignInsBlocked(Event, wire="account.sign_ins_blocked.v1"):
    """Signing in failed too often; further attempts are refused until `until`."""

    account_id: str
    until: datetime


AccountEvent = (
    AccountCreated
    | RolesAssigned
    | AccountDisabled
    | AccountEnabled
    | PasswordSet
    | TokenIssued
    | TokenRevoked
    | SignInsBlocked
    | CalendarOpened
    | CalendarClosed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAccount(Command):
    """Put on record what was done with an account."""

    event: AccountEvent


@dataclass(frozen=True, slots=True)
class Audited:
    """How many things were recorded of an account; decisions ask no more of it."""

    events: int = 0


def evolve(state: Audited, event: Event) -> Audited:
    return Audited(state.events + 1)


concept("account", Audited(), evolve)


@decides(RecordAccount)
def record_account(states: States, c: RecordAccount, at: Moment) -> Outcome:
    states.of(Audited, "account", c.event.account_id)
    return Outcome().add("account", c.event.account_id, c.event)
