"""Meetings in the calendars that come with mails (RFC 5545 iCalendar, RFC 5546 iTIP, RFC 6047 iMIP).

`icalendar` reads the values. It is handed one meeting at a time, of the properties that are shown and never more than
a few hundred lines: time zones that a mail defines itself are left out, since their rules may be endless, and are
looked up by name instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, cast, get_args

from icalendar import Event

from channels.email.address import is_address
from channels.email.charset import clean, decode
from channels.email.limits import MAX_ADDRESSES, MAX_CALENDAR, MAX_INVITATIONS, MAX_MEETING_LINES
from channels.email.mime import Part
from channels.email.model import Address, Fault, Invitation, Method

_TYPES: Final = ("text/calendar", "application/ics", "application/calendar")
_SHOWN: Final = frozenset(
    {"SUMMARY", "DTSTART", "DTEND", "DURATION", "ORGANIZER", "ATTENDEE", "LOCATION", "DESCRIPTION"}
    | {"RRULE", "STATUS", "SEQUENCE", "UID"}
)
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r"([A-Za-z0-9-]{1,40})[:;]")
#: Zones of some programs begin with their own name: `/citadel.org/20190914_1/Europe/Warsaw`.
_VENDOR_ZONE: Final = re.compile(r';TZID="?/[^:;"]{1,100}/([A-Za-z_]{1,30}/[A-Za-z_]{1,30})"?(?=[:;])')
_MAILTO: Final = re.compile(r"mailto:", re.IGNORECASE)
_MAX_LINE: Final = 20_000
#: Components within components; a calendar has three.
_MAX_WITHIN: Final = 20
_MAX_TEXT: Final = 5_000
_METHODS: Final[tuple[str, ...]] = get_args(Method)


@dataclass(slots=True)
class _Calendar:
    """A calendar's method and the lines of its meetings."""

    method: str = ""
    meetings: list[list[str]] = field(default_factory=list[list[str]])


def find_invitations(root: Part, faults: list[Fault]) -> tuple[Invitation, ...]:
    """The meetings of a mail, at most `MAX_INVITATIONS`; the same calendar sent twice (as a part and a file) once."""
    found: dict[Invitation, None] = {}
    for part in root.walk():
        if part.children or not _is_calendar(part):
            continue
        text = decode(part.content([]), part.parameters.get("charset", "utf-8"))[0][:MAX_CALENDAR]
        calendar = _split(text)
        calendar.method = calendar.method or part.parameters.get("method", "").upper()
        for lines in calendar.meetings:
            if len(found) >= MAX_INVITATIONS:
                faults.append(Fault(part.path, f"more than {MAX_INVITATIONS} meetings, the rest was left out"))
                return tuple(found)
            invitation = _invitation(lines, calendar.method, part.path, faults)
            if invitation is not None:
                found[invitation] = None
    return tuple(found)


def _is_calendar(part: Part) -> bool:
    return part.content_type in _TYPES or part.filename.lower().endswith((".ics", ".vcs"))


def _split(text: str) -> _Calendar:
    """The lines of each VEVENT, without those of components within it; what is never closed ends with the text."""
    calendar = _Calendar()
    within: list[str] = []
    # Unfolded (RFC 5545 section 3.1).
    for line in _FOLD.sub("", text).split("\n"):
        name, _, value = line.partition(":")
        keyword, component = name.strip().upper(), value.strip().upper()
        if keyword == "BEGIN" and len(within) < _MAX_WITHIN:
            within.append(component)
            if component == "VEVENT" and len(calendar.meetings) <= MAX_INVITATIONS:
                calendar.meetings.append([])
        elif keyword == "END" and component in within:
            del within[len(within) - 1 - within[::-1].index(component) :]
        elif keyword == "METHOD" and not calendar.method:
            calendar.method = component
        elif within[-1:] == ["VEVENT"] and calendar.meetings:
            _keep(calendar.meetings[-1], line.rstrip("\r"))
    return calendar


def _keep(meeting: list[str], line: str) -> None:
    match = _LINE.match(line)
    if match and match[1].upper() in _SHOWN and len(line) <= _MAX_LINE and len(meeting) < MAX_MEETING_LINES:
        meeting.append(_VENDOR_ZONE.sub(r";TZID=\1", line))


def _invitation(lines: list[str], method: str, where: str, faults: list[Fault]) -> Invitation | None:
    try:
        event = cast("Any", Event.from_ical("\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT", ""])))
        start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
        if end is None and start is not None:
            end = _after(start, event)
    except Exception as error:  # noqa: BLE001 - a library over the bytes of strangers; the meeting stays as a file
        faults.append(Fault(where, f"meeting cannot be read: {type(error).__name__}"))
        return None
    return Invitation(
        method=cast("Method", method if method in _METHODS else "UNKNOWN"),
        summary=_text(event, "SUMMARY"),
        start=start,
        end=end,
        zone=_zone(event, start),
        organizer=next(iter(_people(event, "ORGANIZER")), None),
        attendees=_people(event, "ATTENDEE"),
        location=_text(event, "LOCATION"),
        description=_text(event, "DESCRIPTION"),
        repeats=_rule(lines),
        status=_text(event, "STATUS").upper()[:40],
        sequence=_sequence(lines),
        uid=_text(event, "UID")[:500],
    )


def _every(event: Any, name: str) -> list[Any]:
    """A property may be given several times, against the rules as well."""
    value = event.get(name)
    return [] if value is None else cast("list[Any]", value) if isinstance(value, list) else [value]


def _readable(event: Any, name: str) -> Any:
    """The first value of a property that the library could read, None where there is none."""
    return next((one for one in _every(event, name) if type(one).__name__ != "vBroken"), None)


def _moment(event: Any, name: str) -> datetime | date | None:
    value = getattr(_readable(event, name), "dt", None)
    return value if isinstance(value, date) and 1900 <= value.year <= 2200 else None


def _after(start: datetime | date, event: Any) -> datetime | date | None:
    """RFC 5545 section 3.6.1: a duration counts from the start; a whole day without an end is one day."""
    duration = getattr(_readable(event, "DURATION"), "dt", None)
    if isinstance(duration, timedelta):
        return start + duration
    return None if isinstance(start, datetime) else start + timedelta(days=1)


def _zone(event: Any, start: datetime | date | None) -> str:
    """What the sender calls the zone of a time on the wall; "" where the zone is known or none was meant."""
    if not isinstance(start, datetime) or start.tzinfo is not None:
        return ""
    return clean(str(_readable(event, "DTSTART").params.get("TZID", "")))[:100]


def _text(event: Any, name: str) -> str:
    return clean(" ".join(str(one) for one in _every(event, name)[:1]))[:_MAX_TEXT].strip()


def _people(event: Any, name: str) -> tuple[Address, ...]:
    """`mailto:` addresses with their CN; others (tel:, urn:) are not people one can write to."""
    people: list[Address] = []
    for one in _every(event, name)[:MAX_ADDRESSES]:
        address = _MAILTO.sub("", str(one).strip(), count=1)
        if is_address(address):
            given: Any = getattr(one, "params", {}).get("CN", "")
            people.append(Address(address, clean(str(given)).replace("\n", " ").strip('" ')[:200]))
    return tuple(dict.fromkeys(people))


def _rule(lines: list[str]) -> str:
    return next((line.partition(":")[2][:500] for line in lines if line.upper().startswith("RRULE")), "")


def _sequence(lines: list[str]) -> int:
    """How often the meeting was changed; what is no number counts as never."""
    value = next((line.partition(":")[2] for line in lines if line.upper().startswith("SEQUENCE")), "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
