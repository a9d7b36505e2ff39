"""What an answer of Twilio's, or its absence, means for the request that led to it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from channels.twilio.errors import (
    NotThere,
    Refused,
    TwilioFault,
    Unavailable,
    UnknownOutcome,
    without_personal_data,
)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how patiently. Seconds; `attempts` includes the first; `longest` bounds Retry-After, too."""

    attempts: int = 4
    first: float = 0.5
    longest: float = 20.0

    def pause(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds to wait after `attempt` (from 1) failed, None when it was the last or Twilio wants us away longer."""
        if attempt >= self.attempts:
            return None
        if retry_after is not None:
            return retry_after if retry_after <= self.longest else None
        return min(self.first * 2 ** (attempt - 1), self.longest)


def fault_of(method: str, status: int, text: str, headers: Mapping[str, str]) -> TwilioFault | None:
    """The fault that an answer tells of, None for a 2xx.

    A 5xx to a POST leaves open what was done, unless it is a 503 that names when to come back. A 429 says that nothing
    was done.
    """
    if 200 <= status < 300:
        return None
    code, message = _told(text)
    reason = without_personal_data(message or f"Twilio answered HTTP {status}")
    later = _retry_after(headers)
    if status == 404:
        return NotThere(reason, code=code, status=status)
    if status >= 500 and method == "POST" and not (status == 503 and later is not None):
        return UnknownOutcome(reason, code=code, status=status)
    if status == 429 or status >= 500:
        return Unavailable(reason, code=code, status=status, retry_after=later)
    return Refused(reason, code=code, status=status)


def broken(method: str, what: str, *, sent: bool) -> TwilioFault:
    """The fault of a request that got no answer. `sent`: whether any of it can have reached Twilio."""
    if sent and method == "POST":
        return UnknownOutcome(what)
    return Unavailable(what)


def _told(text: str) -> tuple[int | None, str]:
    """Code and message of Twilio's error body; of an RFC 9457 one, too. Anything else says nothing."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        return None, ""
    if not isinstance(body, dict):
        return None, ""
    fields = cast("dict[str, Any]", body)
    code, message = fields.get("code"), fields.get("message") or fields.get("title")
    return (code if isinstance(code, int) else None), (message if isinstance(message, str) else "")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Retry-After in seconds (RFC 9110 section 10.2.3); the form with a date is not one that Twilio uses."""
    value = headers.get("retry-after", "")
    return float(value) if value.isdigit() and len(value) < 7 else None
