"""What can go wrong with Twilio: the faults its callers tell apart, and the error codes we understand.

Source of the codes: Twilio's public error and warning dictionary (www.twilio.com/docs/api/errors).
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

_MAX_REASON: Final = 300
#: Five digits in a row or more, with what people put between them: a telephone, an amount, a token.
_DIGITS: Final = re.compile(r"\+?\d(?:[\s().-]?\d){4,}")
_ADDRESS: Final = re.compile(r"\b(?:sips?|client):\S+|\S+@\S+")
_URL: Final = re.compile(r"https?://\S+")


class Code(IntEnum):
    """The codes we act upon or, in the emulator, give."""

    DOCUMENT_NOT_FETCHED = 11200
    DOCUMENT_NOT_PARSED = 12100
    DOCUMENT_UNKNOWN_ELEMENT = 12200
    DOCUMENT_CONTENT_TYPE = 12300
    NOT_AUTHENTICATED = 20003
    METHOD_NOT_ALLOWED = 20004
    INVALID_PARAMETER = 20001
    NOT_FOUND = 20404
    TOO_MANY_REQUESTS = 20429
    SERVER_FAILED = 20500
    UNAVAILABLE = 20503
    CALL_TO_MISSING = 21201
    CALL_URL_INVALID = 21205
    CALLER_NOT_OURS = 21210
    TO_INVALID = 21211
    CALL_FROM_INVALID = 21212
    CALL_FROM_MISSING = 21213
    CALL_NOT_IN_PROGRESS = 21220
    SENDER_NOT_CAPABLE = 21601
    BODY_MISSING = 21602
    FROM_MISSING = 21603
    MESSAGE_TO_MISSING = 21604
    SENDER_NOT_OURS = 21606
    STATUS_CALLBACK_INVALID = 21609
    OPTED_OUT = 21610
    TO_NOT_MOBILE = 21614
    BODY_TOO_LONG = 21617
    TOO_MANY_MEDIA = 21623
    QUEUE_OVERFLOW = 30001
    HANDSET_UNREACHABLE = 30003
    MESSAGE_BLOCKED = 30004
    HANDSET_UNKNOWN = 30005
    LANDLINE = 30006
    CARRIER_FILTERED = 30007
    UNKNOWN_DELIVERY_ERROR = 30008


#: Codes that say: this number will not take our text, now or later.
UNREACHABLE_FOR_GOOD: Final = frozenset({Code.TO_INVALID, Code.TO_NOT_MOBILE, Code.HANDSET_UNKNOWN, Code.LANDLINE})


class TwilioFault(Exception):
    """What Twilio or the way to it did. `reason` bears no personal data: it may be logged and stored."""

    def __init__(self, reason: str, *, code: int | None = None, status: int | None = None) -> None:
        self.reason, self.code, self.status = reason, code, status
        named = "" if code is None else f" ({code})"
        super().__init__(f"{reason}{named}")


class Refused(TwilioFault):
    """A 4xx: nothing was done, and asking the same again is useless until something is mended."""


class NotThere(Refused):
    """404: no such resource, or no longer."""


class Unavailable(TwilioFault):
    """Nothing was done, and it may work later. `retry_after` in seconds, where Twilio or our breaker says."""

    def __init__(
        self, reason: str, *, code: int | None = None, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(reason, code=code, status=status)
        self.retry_after = retry_after


class UnknownOutcome(TwilioFault):
    """The request may or may not have been carried out. It is not repeated: ask what became of it first."""


def without_personal_data(text: str) -> str:
    """`text` with telephones, addresses and links taken out, on one line, at most 300 characters."""
    bare = _ADDRESS.sub("…", _URL.sub("…", text))
    return " ".join(_DIGITS.sub("…", bare).split())[:_MAX_REASON]
