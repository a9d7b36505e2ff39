"""At every route's door: who is it, and may they? Routes declare `Requires(permission)`; here it is enforced.

A session cookie is sent by browsers on their own, so a request that writes must also show the session's CSRF
token in a header, which another site's page can neither read nor set. A bearer token needs none.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Request

from web.access import EVERYWHERE, Caller, Permission, check
from web.accounts import Signed
from web.doors import Doors, Wired, doors_of
from web.problem import Problem, not_found

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
#: What browsers may truthfully say of a request that our own pages made (Fetch Metadata).
OWN_SITES = frozenset({"same-origin", "none"})


def cookie_name(secure: bool) -> str:
    """`__Host-` (RFC 6265bis §4.1.3.2) binds the cookie to this host, and needs TLS."""
    return "__Host-trunkline" if secure else "trunkline"


def csrf_of(session: str) -> str:
    """The CSRF token of a session: derived, so nothing more needs storing; tells nothing of the secret."""
    return hmac.new(session.encode(), b"trunkline csrf", hashlib.sha256).hexdigest()[:40]


async def authenticate(request: Request, doors: Doors) -> Caller | None:
    """Whoever proves to be somebody by a token or a session. Raises `Problem` 401 for a bad token."""
    header = request.headers.get("authorization", "")
    if header:
        return await _by_token(header, doors)
    session = request.cookies.get(cookie_name(doors.settings.secure), "")
    signed = await doors.accounts.session(session, doors.clock()) if session else None
    if signed is None:
        return None
    _check_csrf(request, session)
    return caller_of(signed, "session")


async def _by_token(header: str, doors: Doors) -> Caller:
    scheme, _, secret = header.partition(" ")
    signed = await doors.accounts.token(secret.strip(), doors.clock()) if scheme.lower() == "bearer" else None
    if signed is None:
        raise unauthenticated("this token is unknown, expired or revoked; send `Authorization: Bearer TOKEN`")
    return caller_of(signed, "token")


def caller_of(signed: Signed, by: str) -> Caller:
    account = signed.account
    grants = {p: roles if signed.only is None else roles & signed.only for p, roles in account.grants.items()}
    return Caller(account.account_id, account.name, account.pool, account.agent_id, grants, by)


def unauthenticated(detail: str) -> Problem:
    return Problem(401, "not_signed_in", detail, headers={"WWW-Authenticate": 'Bearer realm="trunkline"'})


def _check_csrf(request: Request, session: str) -> None:
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    given = request.headers.get(CSRF_HEADER, "")
    if (site is not None and site not in OWN_SITES) or not hmac.compare_digest(
        given.encode(), csrf_of(session).encode()
    ):
        detail = f"a request that writes needs the session's token in the header {CSRF_HEADER}; GET /api/session has it"
        raise Problem(403, "csrf", detail)


class Requires:
    """A route's declaration of what it lets its caller do, and the check that the caller may.

    Where the path names a project, the caller's roles in that project count, and the project must be of the
    caller's pool. `new`: the project need not exist yet, and then a role for the whole pool is needed.
    """

    def __init__(self, permission: Permission, *, new: bool = False) -> None:
        self.permission, self._new = permission, new

    async def __call__(self, request: Request, doors: Annotated[Doors, Depends(doors_of)]) -> Caller:
        caller = await authenticate(request, doors)
        if caller is None:
            raise unauthenticated("sign in first, or send `Authorization: Bearer TOKEN`")
        project = request.path_params.get("project")
        check(caller, self.permission, project)
        if project is not None:
            await self._own_project(doors, caller, project)
        request.state.caller = caller
        return caller

    async def _own_project(self, doors: Doors, caller: Caller, project: str) -> None:
        home = await doors.homes.of("project", project) if project != EVERYWHERE else None
        if home is None and self._new:
            check(caller, self.permission, None)
        elif home is None or home.pool != caller.pool:
            raise not_found("project", project)


class Public:
    """A route that anybody may call."""

    permission = Permission.PUBLIC

    async def __call__(self) -> None:
        return None


public = Public()


async def member(doors: Wired, caller: Caller, category: str, identity: str) -> None:
    """Raises `Problem` 404 unless the stream exists in the caller's pool."""
    home = await doors.homes.of(category, identity)
    if home is None or home.pool != caller.pool:
        raise not_found(category, identity)


async def of_project(doors: Wired, project: str, category: str, identity: str) -> None:
    """Raises `Problem` 404 unless the stream exists in the project."""
    home = await doors.homes.of(category, identity)
    if home is None or home.project != project:
        raise not_found(category, identity)
