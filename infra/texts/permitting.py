"""Whether a text may go now: somebody is there to get it, wants it, is not asleep, and we have a number for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from channels.numbers.reading import read
from channels.numbers.written import Telephone
from channels.sms.called_party import allowed_in_all, zones_of
from channels.sms.retry import held_back
from channels.sms.sending_hours import SendingHours
from domain.customer.contact import within
from domain.delivery.events import NotificationRequested
from domain.event import Recorded
from domain.personal import plain
from domain.ports import Fingerprints, Log
from infra.texts.accounts import TextAccounts
from infra.texts.consent import has_said_stop
from infra.texts.lines import Line, Lines
from infra.texts.wording import AWAITED, BY_PERSONS, DESPITE_STOP

#: How long a text is held back that would be one too many: a person still gets it, a loop idles.
HELD: Final = timedelta(hours=1)

#: When texts that no person wrote went to a customer in the day before a time.
Lately = Callable[[str, datetime], Awaitable[Sequence[datetime]]]


class Withheld(NamedTuple):
    """Why a text does not go now: until a time, or never."""

    code: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitting:
    """Says what a text waits for. `zone`: where people live whose number does not tell."""

    log: Log
    lines: Lines
    accounts: TextAccounts
    fingerprints: Fingerprints
    lately: Lately
    zone: ZoneInfo

    async def withheld(self, recorded: Recorded, request: NotificationRequested, now: datetime) -> Withheld | None:
        """Why a text that is due does not go now; None when it may."""
        never = self._never(recorded, request)
        if never is not None:
            return never
        if request.kind not in DESPITE_STOP and await has_said_stop(self.log, request.customer_id):
            return Withheld("no_consent", "the customer has asked for no more texts")
        if request.kind not in BY_PERSONS:
            held = held_back(await self.lately(request.customer_id, now), now)
            if held is not None:
                return Withheld("held", held, now + HELD)
        return self._quiet(recorded, request, now)

    def line(self, recorded: Recorded, request: NotificationRequested) -> Line | None:
        """The number of ours that it leaves from."""
        to = plain(request.to, otherwise="")
        customer = within(self.fingerprints, recorded.project, "phone", to)
        return self.lines.writing_to(recorded.project, request.mailbox, customer, to)

    def _never(self, recorded: Recorded, request: NotificationRequested) -> Withheld | None:
        to = plain(request.to, otherwise="")
        if not to:
            return Withheld("erased", "the customer has been erased")
        if not isinstance(read(to), Telephone):
            return Withheld("no_number", "this is no telephone number that could be texted")
        line = self.line(recorded, request)
        if line is None:
            return Withheld("no_sender", "no number of the project sends texts; add `texts` to one of its `numbers`")
        if line.number.provider not in self.accounts:
            return Withheld("no_account", f"the settings have no account {line.number.provider!r} that sends texts")
        return None

    def _quiet(self, recorded: Recorded, request: NotificationRequested, now: datetime) -> Withheld | None:
        status = self.lines.configured.projects[recorded.project].status
        if status is None or status.text_hours is None:
            return None
        hours = SendingHours(time.fromisoformat(status.text_hours.opens), time.fromisoformat(status.text_hours.closes))
        zones = zones_of(plain(request.to, otherwise=""), self.zone)
        allowed = allowed_in_all(now, zones, hours, urgent=request.kind in AWAITED)
        return Withheld("quiet_hours", "it is night where they live", allowed.at) if allowed.at > now else None
