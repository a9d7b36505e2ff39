"""Small parts of requests to Twilio and of what it lists. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from channels.twilio.records import Call, Message

_Made = TypeVar("_Made", Message, Call)
#: The status callbacks of a call that we ask for: all, so that what is late or lost can be told.
CALL_EVENTS: Final[list[str]] = ["initiated", "ringing", "answered", "completed"]
RECORDING_EVENTS: Final[list[str]] = ["in-progress", "completed", "absent"]
#: Clocks differ: what was made up to this long before an attempt, by Twilio's clock, may be the attempt's.
CLOCKS_APART: Final = timedelta(seconds=30)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that are not None: to the library, None and absent are not the same."""
    return {name: value for name, value in fields.items() if value is not None}


def call_callback(url: str | None) -> dict[str, Any]:
    """Ask for a call's status callbacks at `url`, if there is one."""
    return {"status_callback": url, "status_callback_event": CALL_EVENTS} if url else {}


def made_since(records: list[_Made], since: datetime | None) -> list[_Made]:
    """The records made since then, by their maker's clock; all when no time is given."""
    if since is None:
        return records
    earliest = since - CLOCKS_APART
    return [one for one in records if one.created_at is None or one.created_at >= earliest]
