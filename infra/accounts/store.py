"""`web.accounts.Accounts` on SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from infra.accounts.database import Database, Duplicate, Row
from infra.accounts.passwords import Passwords
from infra.accounts.schema import NEVER, stamp
from web.access import Grants, Role, read_grants, write_grants
from web.accounts import Account, AccountExists, AccountMissing, Signed, Token, check_password

#: Begins every API token, so that one found in a log or a repository is recognised for what it is.
TOKEN_PREFIX = "tl_"
#: What a browser or a script may show us; anything longer was never given out.
MAX_SECRET = 200


def digest(secret: str) -> str:
    """Secrets are 256 random bits, so a plain SHA-256 of them cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


class AccountStore:
    """Accounts, their sessions and tokens."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database, self._passwords = database, passwords or Passwords()

    async def add(self, account: Account, password: str, now: datetime) -> None:
        check_password(password, account.name)
        hashed = await self._passwords.hash(password)
        try:
            await self._database.run(
                "INSERT INTO accounts (account_id, name, pool, agent_id, grants, password, disabled, created_at) "
                "VALUES (:account_id, :name, :pool, :agent_id, :grants, :password, :disabled, :created_at)",
                {
                    "account_id": account.account_id,
                    "name": account.name.lower(),
                    "pool": account.pool,
                    "agent_id": account.agent_id or None,
                    "grants": _write(account.grants),
                    "password": hashed,
                    "disabled": int(account.disabled),
                    "created_at": stamp(now),
                },
            )
        except Duplicate as fault:
            raise AccountExists("another account has this name, or is tied to this agent already") from fault

    async def get(self, account_id: str) -> Account | None:
        rows = await self._database.run(
            "SELECT account_id, name, pool, agent_id, grants, disabled, created_at FROM accounts "
            "WHERE account_id = :account_id",
            {"account_id": account_id},
        )
        return _account(rows[0]) if rows else None

    async def find(self, name: str) -> Account | None:
        rows = await self._database.run(
            "SELECT account_id, name, pool, agent_id, grants, disabled, created_at FROM accounts WHERE name = :name",
            {"name": name.lower()},
        )
        return _account(rows[0]) if rows else None

    async def list(self, pool: str) -> Sequence[Account]:
        rows = await self._database.run(
            "SELECT account_id, name, pool, agent_id, grants, disabled, created_at FROM accounts "
            "WHERE pool = :pool ORDER BY name",
            {"pool": pool},
        )
        return [_account(row) for row in rows]

    async def set_grants(self, account_id: str, grants: Grants) -> None:
        found = await self._database.run(
            "UPDATE accounts SET grants = :grants WHERE account_id = :account_id RETURNING account_id",
            {"grants": _write(grants), "account_id": account_id},
        )
        _must(found, account_id)

    async def set_disabled(self, account_id: str, disabled: bool) -> None:
        found = await self._database.run(
            "UPDATE accounts SET disabled = :disabled WHERE account_id = :account_id RETURNING account_id",
            {"disabled": int(disabled), "account_id": account_id},
        )
        _must(found, account_id)
        await self._end_sessions(account_id)

    async def set_password(self, account_id: str, password: str) -> None:
        known = await self.get(account_id)
        check_password(password, known.name if known else "")
        found = await self._database.run(
            "UPDATE accounts SET password = :password WHERE account_id = :account_id RETURNING account_id",
            {"password": await self._passwords.hash(password), "account_id": account_id},
        )
        _must(found, account_id)
        await self._end_sessions(account_id)

    async def sign_in(self, name: str, password: str) -> Account | None:
        rows = await self._database.run(
            "SELECT account_id, name, pool, agent_id, grants, disabled, created_at, password FROM accounts "
            "WHERE name = :name",
            {"name": name.lower()},
        )
        right = await self._passwords.verify(password, rows[0][7] if rows else None)
        return _account(rows[0][:7]) if right else None

    async def open_session(self, account_id: str, now: datetime, expires_at: datetime) -> str:
        await self._database.run("DELETE FROM account_sessions WHERE expires_at <= :now", {"now": stamp(now)})
        secret = secrets.token_urlsafe(32)
        await self._database.run(
            "INSERT INTO account_sessions (secret, account_id, created_at, expires_at) "
            "VALUES (:secret, :account_id, :created_at, :expires_at)",
            {
                "secret": digest(secret),
                "account_id": account_id,
                "created_at": stamp(now),
                "expires_at": stamp(expires_at),
            },
        )
        return secret

    async def session(self, secret: str, now: datetime) -> Signed | None:
        if len(secret) > MAX_SECRET:
            return None
        rows = await self._database.run(
            "SELECT a.account_id, a.name, a.pool, a.agent_id, a.grants, a.disabled, a.created_at "
            "FROM account_sessions s JOIN accounts a ON a.account_id = s.account_id "
            "WHERE s.secret = :secret AND s.expires_at > :now AND a.disabled = 0",
            {"secret": digest(secret), "now": stamp(now)},
        )
        return Signed(_account(rows[0])) if rows else None

    async def end_session(self, secret: str) -> None:
        await self._database.run("DELETE FROM account_sessions WHERE secret = :secret", {"secret": digest(secret)})

    async def issue_token(
        self, account_id: str, label: str, roles: Sequence[str], now: datetime, expires_at: datetime | None
    ) -> tuple[str, str]:
        token_id, secret = secrets.token_hex(8), TOKEN_PREFIX + secrets.token_urlsafe(32)
        await self._database.run(
            "INSERT INTO account_tokens (secret, token_id, account_id, label, roles, created_at, expires_at) "
            "VALUES (:secret, :token_id, :account_id, :label, :roles, :created_at, :expires_at)",
            {
                "secret": digest(secret),
                "token_id": token_id,
                "account_id": account_id,
                "label": label,
                "roles": " ".join(roles),
                "created_at": stamp(now),
                "expires_at": NEVER if expires_at is None else stamp(expires_at),
            },
        )
        return token_id, secret

    async def token(self, secret: str, now: datetime) -> Signed | None:
        if len(secret) > MAX_SECRET or not secret.startswith(TOKEN_PREFIX):
            return None
        rows = await self._database.run(
            "SELECT a.account_id, a.name, a.pool, a.agent_id, a.grants, a.disabled, a.created_at, t.roles "
            "FROM account_tokens t JOIN accounts a ON a.account_id = t.account_id "
            "WHERE t.secret = :secret AND t.expires_at > :now AND a.disabled = 0",
            {"secret": digest(secret), "now": stamp(now)},
        )
        if not rows:
            return None
        only = frozenset(Role(role) for role in rows[0][7].split())
        return Signed(_account(rows[0][:7]), only or None)

    async def tokens(self, account_id: str) -> Sequence[Token]:
        rows = await self._database.run(
            "SELECT token_id, label, roles, created_at, expires_at FROM account_tokens "
            "WHERE account_id = :account_id ORDER BY created_at, token_id",
            {"account_id": account_id},
        )
        return [Token(row[0], row[1], tuple(row[2].split()), row[3], "" if row[4] == NEVER else row[4]) for row in rows]

    async def revoke_token(self, account_id: str, token_id: str) -> bool:
        gone = await self._database.run(
            "DELETE FROM account_tokens WHERE account_id = :account_id AND token_id = :token_id RETURNING token_id",
            {"account_id": account_id, "token_id": token_id},
        )
        return bool(gone)

    async def open_calendar(self, account_id: str, now: datetime) -> str:
        feed = secrets.token_urlsafe(16)
        await self._database.run(
            "INSERT INTO account_calendars (account_id, feed, opened_at) VALUES (:account_id, :feed, :opened_at) "
            "ON CONFLICT (account_id) DO UPDATE SET feed = :feed, opened_at = :opened_at",
            {"account_id": account_id, "feed": digest(feed), "opened_at": stamp(now)},
        )
        return feed

    async def close_calendar(self, account_id: str) -> bool:
        gone = await self._database.run(
            "DELETE FROM account_calendars WHERE account_id = :account_id RETURNING account_id",
            {"account_id": account_id},
        )
        return bool(gone)

    async def calendar(self, account_id: str, feed: str) -> Account | None:
        rows = await self._database.run(
            "SELECT a.account_id, a.name, a.pool, a.agent_id, a.grants, a.disabled, a.created_at "
            "FROM account_calendars c JOIN accounts a ON a.account_id = c.account_id "
            "WHERE c.account_id = :account_id AND c.feed = :feed AND a.disabled = 0",
            {"account_id": account_id, "feed": digest(feed)},
        )
        return _account(rows[0]) if rows else None

    async def _end_sessions(self, account_id: str) -> None:
        await self._database.run(
            "DELETE FROM account_sessions WHERE account_id = :account_id", {"account_id": account_id}
        )


def _write(grants: Grants) -> str:
    return json.dumps(write_grants(grants), sort_keys=True)


def _account(row: Row) -> Account:
    account_id, name, pool, agent_id, grants, disabled, created_at = row
    return Account(account_id, name, pool, agent_id or "", read_grants(json.loads(grants)), bool(disabled), created_at)


def _must(found: Sequence[Row], account_id: str) -> None:
    if not found:
        raise AccountMissing(f"there is no account {account_id!r}")
