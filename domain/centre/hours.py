"""Opening hours: when a queue is open, when it opens next, and how many open seconds lie between two instants.

Local times are read by the zone's rules (IANA time zone database). A span ends after it begins on the same day;
`24:00` is the day's end. A local time that a change of the clock skips begins at the change; one that comes twice
means the first.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.centre.routing import Document

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Span = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
        description="local time, as in 08:00-12:30",
    ),
]
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="a date, as in 2026-12-24")]


class Hours(Document):
    """When it is open. A day that stands in `days` (a holiday, a half-day) has those spans alone."""

    time_zone: str = Field(default="UTC", description="IANA name")
    weekly: dict[Weekday, tuple[Span, ...]] = Field(description="spans by weekday; a day not named is closed")
    days: dict[Day, tuple[Span, ...]] = Field(default={}, description="spans by date; none: closed all day")
    holidays: str | None = Field(
        default=None,
        pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$",
        description="closed on the public holidays of PL, FR-BL, …",
    )
