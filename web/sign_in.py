"""Signing in: throttled by name and by address, and on record when somebody tries too often."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request

from domain.audit import AccountEvent, RecordAccount, SignInsBlocked
from domain.execute import Origin
from web.accounts import Account
from web.doors import Doors
from web.problem import Problem


async def sign_in(doors: Doors, name: str, password: str, request: Request) -> Account:
    """The account. Raises `Problem` 401 without saying which of name and password was wrong, 429 after too many."""
    name = name.strip().lower()
    await doors.throttle.check("sign_in_name", name)
    await doors.throttle.hit_by(request, "sign_in_address")
    account = await doors.accounts.sign_in(name, password)
    if account is not None and not account.disabled:
        return account
    if not await doors.throttle.count("sign_in_name", name):
        await _blocked(doors, name)
    raise Problem(401, "wrong_credentials", "name or password is wrong")


async def _blocked(doors: Doors, name: str) -> None:
    known = await doors.accounts.find(name)
    if known is not None:
        until = doors.clock() + timedelta(seconds=await doors.throttle.wait("sign_in_name", name))
        event = SignInsBlocked(account_id=known.account_id, until=until)
        await audit(doors, event, pool=known.pool, actor="system:sign-in")


async def audit(doors: Doors, event: AccountEvent, *, pool: str, actor: str) -> int:
    """Put an account's event into the log; the position it got."""
    done = await doors.executor.execute(RecordAccount(event=event), Origin(project="", pool=pool, actor=actor))
    return done.position
