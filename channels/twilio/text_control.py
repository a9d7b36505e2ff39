"""The SMS channel's seam on Twilio: texts are messages of its API, and its codes say what became of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from channels.sms.ports import (
    Status,
    TextFault,
    TextGone,
    TextOutcomeUnknown,
    TextRefused,
    TextState,
    TextUnavailable,
)
from channels.twilio.errors import Code, NotThere, Refused, TwilioFault, Unavailable
from channels.twilio.moments import MessageProgress
from channels.twilio.reconciling import made_by_attempt
from channels.twilio.records import Message
from channels.twilio.rest import TwilioRest

_STATUSES: Final[dict[str, Status]] = {
    "accepted": "under_way", "scheduled": "under_way", "queued": "under_way", "sending": "under_way",
    "sent": "sent", "delivered": "delivered", "read": "delivered", "partially_delivered": "delivered",
    "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip
#: What Twilio or a carrier could not do for now. An unknown fault (30008) is none: the text may have arrived.
_TEMPORARY: Final = frozenset({Code.QUEUE_OVERFLOW, Code.HANDSET_UNREACHABLE})
_WORDS: Final[dict[int, str]] = {
    Code.OPTED_OUT: "the customer has told the provider that they want no texts",
    Code.TO_INVALID: "this is no number that can be texted",
    Code.TO_NOT_MOBILE: "this number takes no texts",
    Code.QUEUE_OVERFLOW: "too much was sent at once",
    Code.HANDSET_UNREACHABLE: "the telephone is off or out of reach",
    Code.MESSAGE_BLOCKED: "the carrier blocks texts to this number",
    Code.HANDSET_UNKNOWN: "the carrier does not know this number",
    Code.LANDLINE: "this is a landline, which takes no texts",
    Code.CARRIER_FILTERED: "the carrier took it for unwanted",
    Code.UNKNOWN_DELIVERY_ERROR: "the carrier did not say why",
}
#: Of a picture's address only the identifiers count: nothing is fetched from anywhere but the API.
_PICTURE: Final = re.compile(
    r"https://[^/?#]+(/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages/[MS]M[0-9a-f]{32}/Media/ME[0-9a-f]{32})"
)


class TwilioTexts:
    """`TextSender` by Twilio's REST API. `told_at`: where Twilio tells what became of the text that bears a mark."""

    def __init__(self, rest: TwilioRest, told_at: Callable[[str], str]) -> None:
        self._rest, self._told_at = rest, told_at

    async def send(self, to: str, sender: str, body: str, *, mark: str) -> TextState:
        with _told():
            sent = await self._rest.send_message(to, body, sender=sender, status_callback=self._told_at(mark))
        return _state(sent)

    async def state(self, reference: str) -> TextState:
        with _told():
            return _state(await self._rest.fetch_message(reference))

    async def sent_since(self, to: str, body: str, since: datetime, known: Collection[str]) -> TextState | None:
        with _told():
            listed = await self._rest.list_messages(to=to, since=since)
        made = made_by_attempt(listed, body, known)
        return _state(made[-1]) if made else None

    async def picture(self, url: str) -> bytes:
        named = _PICTURE.fullmatch(url)
        if named is None or named[2] != self._rest.account_sid:
            raise TextRefused("it is not of this provider's own", "foreign")
        with _told():
            return await self._rest.picture(named[1])

    def away(self) -> float:
        return self._rest.away()


def state_of(progress: MessageProgress) -> TextState:
    """What a status callback says."""
    return _made(progress.message, progress.status, progress.error)


def _state(message: Message) -> TextState:
    return _made(message.sid, message.status, message.error_code, message.segments)


def _made(reference: str, status: str, code: int | None, segments: int = 0) -> TextState:
    known = _STATUSES.get(status, "under_way")
    if known != "failed":
        return TextState(reference, known, segments)
    reason = _WORDS.get(code or 0, "the provider did not say why")
    temporary, unwanted = code in _TEMPORARY, code == Code.OPTED_OUT
    return TextState(reference, "failed", segments, str(code or status), reason, temporary, unwanted)


@contextmanager
def _told() -> Generator[None]:
    """Twilio's faults as the channel's."""
    try:
        yield
    except TwilioFault as fault:
        raise _fault(fault) from fault


def _fault(fault: TwilioFault) -> TextFault:
    code = str(fault.code or fault.status or "")
    if isinstance(fault, NotThere):
        return TextGone(fault.reason, code)
    if isinstance(fault, Refused):
        reason = _WORDS.get(fault.code or 0, fault.reason)
        return TextRefused(reason, code, unwanted=fault.code == Code.OPTED_OUT)
    if isinstance(fault, Unavailable):
        return TextUnavailable(fault.reason, code, retry_after=fault.retry_after)
    return TextOutcomeUnknown(fault.reason, code)
