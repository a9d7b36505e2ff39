"""Signing in and out, and what belongs to one's own account: its password and its API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from domain.audit import PasswordSet, TokenIssued, TokenRevoked
from web.access import EVERYWHERE, TABLE, Caller, Permission, write_grants
from web.accounts import WeakPassword
from web.bodies import NewPasswordBody, SignInBody, TokenBody
from web.doors import Doors, Wired
from web.guard import Requires, cookie_name, csrf_of, public
from web.problem import Problem, not_found
from web.sign_in import audit, sign_in

router = APIRouter(prefix="/api", tags=["session"])
Oneself = Annotated[Caller, Depends(Requires(Permission.OWN_ACCOUNT))]


class Me(BaseModel):
    """Who is signed in. `csrf` goes into the header X-CSRF-Token of every request that writes.

    `may`: what the roles open, by project; under `*` what belongs to the whole pool or to oneself.
    """

    account_id: str
    name: str
    pool: str
    agent_id: str
    roles: dict[str, tuple[str, ...]]
    may: dict[str, tuple[Permission, ...]]
    csrf: str | None = None


def me(caller: Caller, csrf: str | None) -> Me:
    roles = {project: tuple(map(str, held)) for project, held in write_grants(caller.grants).items()}
    return Me(
        account_id=caller.account_id,
        name=caller.name,
        pool=caller.pool,
        agent_id=caller.agent_id,
        roles=roles,
        may={project: _open(caller, project) for project in dict.fromkeys((EVERYWHERE, *roles))},
        csrf=csrf,
    )


def _open(caller: Caller, project: str) -> tuple[Permission, ...]:
    where = None if project == EVERYWHERE else project
    return tuple(permission for permission in TABLE if caller.may(permission, where))


@router.post("/session", dependencies=[Depends(public)])
async def start_session(body: SignInBody, request: Request, response: Response, doors: Wired) -> Me:
    """Sign in: sets the session's cookie and tells its CSRF token."""
    account = await sign_in(doors, body.name, body.password, request)
    now, seconds = doors.clock(), doors.settings.session_seconds
    secret = await doors.accounts.open_session(account.account_id, now, now + timedelta(seconds=seconds))
    _set_cookie(response, doors, secret, seconds)
    caller = Caller(account.account_id, account.name, account.pool, account.agent_id, account.grants)
    return me(caller, csrf_of(secret))


def _set_cookie(response: Response, doors: Doors, value: str, seconds: int) -> None:
    secure = doors.settings.secure
    response.set_cookie(
        cookie_name(secure), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )


@router.get("/session")
async def who_am_i(caller: Oneself, request: Request, doors: Wired) -> Me:
    """Who is signed in, with which roles."""
    secret = request.cookies.get(cookie_name(doors.settings.secure), "")
    return me(caller, csrf_of(secret) if caller.by == "session" else None)


@router.delete("/session", status_code=204)
async def end_session(caller: Oneself, request: Request, response: Response, doors: Wired) -> None:
    """Sign out of this browser; an agent's presence is set apart from it."""
    await doors.accounts.end_session(request.cookies.get(cookie_name(doors.settings.secure), ""))
    _set_cookie(response, doors, "", 0)


@router.put("/session/password", status_code=204)
async def set_own_password(body: NewPasswordBody, caller: Oneself, request: Request, doors: Wired) -> None:
    """Set one's own password; ends every session, this one too."""
    _only_in_person(caller)
    account = await sign_in(doors, caller.name, body.current, request)
    try:
        await doors.accounts.set_password(account.account_id, body.password)
    except WeakPassword as fault:
        raise Problem(422, "weak_password", str(fault)) from fault
    await audit(doors, PasswordSet(account_id=account.account_id), pool=account.pool, actor=caller.actor)


@router.get("/tokens")
async def list_tokens(caller: Oneself, doors: Wired) -> dict[str, list[dict[str, Any]]]:
    """One's own API tokens, without their secrets."""
    found = await doors.accounts.tokens(caller.account_id)
    return {
        "items": [
            {"token_id": t.token_id, "label": t.label, "roles": t.roles, "expires_at": t.expires_at or None}
            for t in found
        ]
    }


@router.post("/tokens", status_code=201)
async def issue_token(body: TokenBody, caller: Oneself, doors: Wired) -> dict[str, str]:
    """A new API token; its `token` is shown this once."""
    _only_in_person(caller)
    now = doors.clock()
    if body.expires_at is not None and (body.expires_at.tzinfo is None or body.expires_at <= now):
        raise Problem(422, "bad_expiry", "`expires_at` must lie ahead and bear its zone")
    held = frozenset[str]().union(*(map(str, roles) for roles in caller.grants.values()))
    roles = tuple(dict.fromkeys(map(str, body.roles)))
    if missing := [role for role in roles if role not in held]:
        raise Problem(422, "role_not_held", f"you do not have the role {missing[0]} yourself")
    token_id, secret = await doors.accounts.issue_token(caller.account_id, body.label, roles, now, body.expires_at)
    event = TokenIssued(account_id=caller.account_id, token_id=token_id, roles=roles, expires_at=body.expires_at)
    await audit(doors, event, pool=caller.pool, actor=caller.actor)
    return {"token_id": token_id, "token": secret}


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: str, caller: Oneself, doors: Wired) -> None:
    """Revoke one's own API token; it stops working at once."""
    if not await doors.accounts.revoke_token(caller.account_id, token_id):
        raise not_found("token", token_id)
    event = TokenRevoked(account_id=caller.account_id, token_id=token_id)
    await audit(doors, event, pool=caller.pool, actor=caller.actor)


def _only_in_person(caller: Caller) -> None:
    """A leaked token must not be able to make itself more of them, or lock its owner out."""
    if caller.by == "token":
        raise Problem(403, "sign_in_needed", "this is done in person: sign in with name and password, not with a token")
