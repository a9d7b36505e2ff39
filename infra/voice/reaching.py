"""Where people are reached: agents by their entry or browser, and which number and account a call goes out by."""

from __future__ import annotations

from dataclasses import dataclass

from channels.twilio.browser_token import browser_identity
from channels.voice.control import CallControl, CallUnavailable
from infra.configured import Configured
from infra.voice.accounts import Accounts
from infra.voice.lookup import Line, Lookup
from infra.voice.seen import Calling


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaching:
    accounts: Accounts
    configured: Configured
    lookup: Lookup

    def control(self, provider: str) -> CallControl:
        """The account's calls. Raises `CallUnavailable` where the settings have no such account (any more)."""
        account = self.accounts.get(provider)
        if account is None:
            raise CallUnavailable(f"the settings have no account {provider!r}, which carries this call")
        return account.control

    def control_of(self, call: Calling) -> CallControl:
        return self.control(call.state.provider)

    def agent(self, agent_id: str) -> str:
        """Where the agent is reached: as the centre's document says, else in the browser."""
        entries = (centre.agents.get(agent_id) for centre in self.configured.centres.values())
        entry = next((one for one in entries if one is not None), None)
        return entry.telephone if entry is not None and entry.telephone else f"client:{browser_identity(agent_id)}"

    def line(self, project: str, number: str) -> Line:
        """Our number, which is shown to who is called. Raises `CallUnavailable` where it is configured no longer."""
        line = self.lookup.line(project, number)
        if line is None:
            raise CallUnavailable("the number of this call is no longer configured")
        return line

    def shown(self, call: Calling) -> str:
        """The number that is shown on legs we dial for a call."""
        return self.line(call.project, call.state.number).number.number

    def line_out(self, project: str, named: str = "") -> Line | None:
        """The number by which a project calls its customers: the one that was named, that of its callbacks, its first.

        None where it has none, or nobody carries its calls.
        """
        document = self.configured.projects.get(project)
        if document is None:
            return None
        usual = document.callbacks.number if document.callbacks is not None else None
        name = named or usual or next(iter(document.numbers), None)
        line = self.lookup.line(project, name) if name is not None else None
        return line if line is not None and line.number.provider in self.accounts else None
