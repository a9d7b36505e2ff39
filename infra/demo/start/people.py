"""Whom one can be: signed in by one click, as nobody is anywhere but in a demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi.responses import RedirectResponse

from domain.rejection import NotFound
from infra.demo.setting_up import GUEST, LogIn
from web.access import Caller
from web.accounts import Account
from web.guard import cookie_name

if TYPE_CHECKING:
    from infra.demo.running import Run

#: The desk has pages for these; the others work by API and command line.
AT_THE_DESK = (GUEST, "supervisor", "manager")
#: Who may see all that happens; without the first of them, with what customers said and who they are.
WATCHING = ("analyst", "supervisor", "manager", "administrator")
SIGNED_IN = timedelta(hours=12)


@dataclass(slots=True)
class People:
    """The accounts of a demo."""

    run: Run

    def log_in(self, name: str) -> LogIn:
        """Raises `NotFound`."""
        found = next((one for one in self.run.log_ins if one.name == name), None)
        if found is None:
            raise NotFound("account", name)
        return found

    @property
    def simulated(self) -> list[LogIn]:
        """The agents that somebody else lives: to look over their shoulder."""
        return [one for one in self.run.log_ins if one.role == "agent" and one.name != GUEST]

    async def caller(self, name: str) -> Caller:
        """Somebody as the API knows them. Raises `NotFound`."""
        one = await self._account(name)
        return Caller(one.account_id, one.name, one.pool, one.agent_id, one.grants)

    async def sign_in(self, name: str) -> RedirectResponse:
        """Open a session, and on to the desk. Raises `NotFound`."""
        node, account = self.run.node, await self._account(name)
        now = node.stores.clock()
        secret = await node.accounts.open_session(account.account_id, now, now + SIGNED_IN)
        answer = RedirectResponse(f"{node.base_url}/desk/", 303)
        # a cookie knows hosts, not ports (RFC 6265 section 8.5): this one is the centre's
        seconds = int(SIGNED_IN.total_seconds())
        answer.set_cookie(cookie_name(False), secret, max_age=seconds, httponly=True, samesite="lax")
        return answer

    async def _account(self, name: str) -> Account:
        found = await self.run.node.accounts.find(self.log_in(name).name)
        if found is None:
            raise NotFound("account", name)
        return found
