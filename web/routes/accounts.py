"""Accounts of the pool, for its administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.audit import AccountCreated, AccountDisabled, AccountEnabled, PasswordSet, RolesAssigned
from web.access import EVERYWHERE, Caller, Permission, read_grants, write_grants
from web.accounts import Account, AccountExists, WeakPassword
from web.bodies import AccountBody, PasswordBody, RolesBody
from web.doors import Doors, Wired
from web.guard import Requires, member
from web.problem import Problem, not_found
from web.sign_in import audit

router = APIRouter(prefix="/api/accounts", tags=["accounts"])
Administrator = Annotated[Caller, Depends(Requires(Permission.ACCOUNTS))]


class AccountView(BaseModel):
    account_id: str
    name: str
    agent_id: str
    roles: dict[str, tuple[str, ...]]
    disabled: bool
    created_at: str


class Accounts(BaseModel):
    items: list[AccountView]


def view(account: Account) -> AccountView:
    return AccountView(
        account_id=account.account_id,
        name=account.name,
        agent_id=account.agent_id,
        roles={project: tuple(map(str, roles)) for project, roles in write_grants(account.grants).items()},
        disabled=account.disabled,
        created_at=account.created_at,
    )


async def _own(doors: Doors, caller: Caller, account_id: str) -> Account:
    found = await doors.accounts.get(account_id)
    if found is None or found.pool != caller.pool:
        raise not_found("account", account_id)
    return found


async def _check_projects(doors: Doors, caller: Caller, roles: dict[str, tuple[str, ...]]) -> None:
    for project in roles:
        if project != EVERYWHERE:
            await member(doors, caller, "project", project)


@router.get("")
async def list_accounts(caller: Administrator, doors: Wired) -> Accounts:
    """Every account of the pool, by name."""
    return Accounts(items=[view(account) for account in await doors.accounts.list(caller.pool)])


@router.post("", status_code=201)
async def create_account(body: AccountBody, caller: Administrator, doors: Wired) -> AccountView:
    """Create an account. One that is tied to an agent may act as that agent and as no other."""
    await _check_projects(doors, caller, dict(body.roles))
    if body.agent_id:
        await member(doors, caller, "agent", body.agent_id)
    account = Account(doors.new_id(), body.name, caller.pool, body.agent_id, read_grants(body.roles))
    try:
        await doors.accounts.add(account, body.password, doors.clock())
    except AccountExists as fault:
        raise Problem(409, "account_exists", str(fault)) from fault
    except WeakPassword as fault:
        raise Problem(422, "weak_password", str(fault)) from fault
    roles = write_grants(account.grants)
    event = AccountCreated(account_id=account.account_id, agent_id=account.agent_id, roles=roles)
    await audit(doors, event, pool=caller.pool, actor=caller.actor)
    return view(await _own(doors, caller, account.account_id))


@router.put("/{account_id}/roles")
async def assign_roles(account_id: str, body: RolesBody, caller: Administrator, doors: Wired) -> AccountView:
    """Replace the roles of an account; counts from its next request on."""
    await _own(doors, caller, account_id)
    await _check_projects(doors, caller, dict(body.roles))
    grants = read_grants(body.roles)
    if account_id == caller.account_id and not Caller("", "", "", "", grants).may(Permission.ACCOUNTS):
        raise Problem(409, "last_key", "you would lock yourself out: let another administrator do this")
    await doors.accounts.set_grants(account_id, grants)
    event = RolesAssigned(account_id=account_id, roles=write_grants(grants))
    await audit(doors, event, pool=caller.pool, actor=caller.actor)
    return view(await _own(doors, caller, account_id))


@router.put("/{account_id}/password", status_code=204)
async def set_password(account_id: str, body: PasswordBody, caller: Administrator, doors: Wired) -> None:
    """Give an account a new password; its sessions end."""
    await _own(doors, caller, account_id)
    try:
        await doors.accounts.set_password(account_id, body.password)
    except WeakPassword as fault:
        raise Problem(422, "weak_password", str(fault)) from fault
    await audit(doors, PasswordSet(account_id=account_id), pool=caller.pool, actor=caller.actor)


@router.post("/{account_id}/disable")
async def disable_account(account_id: str, caller: Administrator, doors: Wired) -> AccountView:
    """Nobody can sign in to it any more; its sessions and tokens stop at once."""
    await _own(doors, caller, account_id)
    if account_id == caller.account_id:
        raise Problem(409, "last_key", "you would lock yourself out: let another administrator do this")
    await doors.accounts.set_disabled(account_id, True)
    await audit(doors, AccountDisabled(account_id=account_id), pool=caller.pool, actor=caller.actor)
    return view(await _own(doors, caller, account_id))


@router.post("/{account_id}/enable")
async def enable_account(account_id: str, caller: Administrator, doors: Wired) -> AccountView:
    """Let a disabled account sign in again."""
    await _own(doors, caller, account_id)
    await doors.accounts.set_disabled(account_id, False)
    await audit(doors, AccountEnabled(account_id=account_id), pool=caller.pool, actor=caller.actor)
    return view(await _own(doors, caller, account_id))
