"""Accounts, as the web needs them: a port, filled by `infra.accounts`, outside the log.

Secrets (session and token values) are given out once and stored hashed; passwords are stored by argon2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from web.access import Grants, Role

PASSWORD_MINIMUM = 10
PASSWORD_MAXIMUM = 200


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in. `agent_id` ties the account to the one agent it may act as."""

    account_id: str
    name: str
    pool: str
    agent_id: str
    grants: Grants
    disabled: bool = False
    created_at: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """An account proven by a session or a token; a token may be limited to some of its roles."""

    account: Account
    only: frozenset[Role] | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as it is listed: never its secret."""

    token_id: str
    label: str
    roles: tuple[str, ...]
    created_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an Idempotency-Key was used for before; `answer` is None while the first request is under way."""

    request: str
    answer: dict[str, Any] | None = field(default=None)


class AccountExists(Exception):
    """Another account has this name or agent."""


class AccountMissing(Exception):
    """There is no such account (any more)."""


class WeakPassword(ValueError):
    """Says what a password needs."""


def check_password(password: str, name: str = "") -> None:
    """Length is what counts (NIST SP 800-63B §3.1.1): no rules about kinds of characters. Raises `WeakPassword`."""
    if len(password) < PASSWORD_MINIMUM:
        raise WeakPassword(f"a password needs at least {PASSWORD_MINIMUM} characters; a few words make a good one")
    if len(password) > PASSWORD_MAXIMUM:
        raise WeakPassword(f"a password has at most {PASSWORD_MAXIMUM} characters")
    if len(set(password)) < 4 or (name and password.casefold() in (name.casefold(), name.casefold() * 2)):
        raise WeakPassword("this password is too easy to guess: use a few words that have nothing to do with the name")


class Accounts(Protocol):
    """Where accounts, sessions and tokens are kept. All times are given by the caller, in UTC."""

    async def add(self, account: Account, password: str, now: datetime) -> None:
        """Raises `AccountExists`, `WeakPassword`."""
        ...

    async def get(self, account_id: str) -> Account | None: ...

    async def find(self, name: str) -> Account | None: ...

    async def list(self, pool: str) -> Sequence[Account]: ...

    async def set_grants(self, account_id: str, grants: Grants) -> None:
        """Raises `AccountMissing`."""
        ...

    async def set_disabled(self, account_id: str, disabled: bool) -> None:
        """Disabling ends every session at once. Raises `AccountMissing`."""
        ...

    async def set_password(self, account_id: str, password: str) -> None:
        """Ends every session of the account. Raises `AccountMissing`, `WeakPassword`."""
        ...

    async def sign_in(self, name: str, password: str) -> Account | None:
        """The account, or None; takes as long for an unknown name as for a wrong password."""
        ...

    async def open_session(self, account_id: str, now: datetime, expires_at: datetime) -> str: ...

    async def session(self, secret: str, now: datetime) -> Signed | None: ...

    async def end_session(self, secret: str) -> None: ...

    async def issue_token(
        self, account_id: str, label: str, roles: Sequence[str], now: datetime, expires_at: datetime | None
    ) -> tuple[str, str]:
        """The token's id and its secret, which is never shown again."""
        ...

    async def token(self, secret: str, now: datetime) -> Signed | None: ...

    async def tokens(self, account_id: str) -> Sequence[Token]: ...

    async def revoke_token(self, account_id: str, token_id: str) -> bool: ...

    async def open_calendar(self, account_id: str, now: datetime) -> str:
        """The name of the account's calendar from now on; an earlier one is forgotten."""
        ...

    async def close_calendar(self, account_id: str) -> bool: ...

    async def calendar(self, account_id: str, feed: str) -> Account | None:
        """The account, not disabled, whose calendar has this name now."""
        ...


class Replies(Protocol):
    """What repeated requests are answered with, by Idempotency-Key."""

    async def claim(self, key: str, request: str, now: datetime) -> Earlier | None:
        """Remember a key's first request; None if this is it. Forgets those older than 30 days."""
        ...

    async def answer(self, key: str, answer: dict[str, Any]) -> None: ...


class Leases(Protocol):
    """Presence leases: an agent's desk renews one while it is connected, in whichever process."""

    async def renew(self, agent_id: str, pool: str, expires_at: datetime) -> None: ...

    async def drop(self, agent_id: str) -> None: ...

    async def expired(self, now: datetime) -> Sequence[tuple[str, str]]:
        """Agent and pool of each lease that ran out, until `settle` says that its agent's absence is on record."""
        ...

    async def settle(self, agent_id: str, now: datetime) -> None:
        """Forget a lease that ran out by `now`; one that was renewed since stays."""
        ...
