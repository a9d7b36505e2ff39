"""Calendars that come with mails are shown: who invites to what, and when."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.limits import MAX_INVITATIONS
from channels.email.model import Address, Invitation
from channels.email.parse import parse

MEETING = """BEGIN:VCALENDAR
PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN
VERSION:2.0
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Central European Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=SECONDLY
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:1@x
SUMMARY;LANGUAGE=pl:Spotkanie\\, złożone i dłu
 gie
ORGANIZER;CN="Kowalska, Anna":MAILTO:anna@b.example
ATTENDEE;CN=Bob;RSVP=TRUE:mailto:bob@c.example
ATTENDEE:tel:+48221234567
DTSTART;TZID=Central European Standard Time:20260301T100000
DURATION:PT1H30M
LOCATION:Room 1
DESCRIPTION:one\\ntwo
SEQUENCE:2
STATUS:CONFIRMED
RRULE:FREQ=WEEKLY;COUNT=3
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Reminder
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def _mail(calendar: str, content_type: str = "text/calendar; method=REQUEST; charset=utf-8") -> bytes:
    body = base64.encodebytes(calendar.replace("\n", "\r\n").encode()).decode()
    return (
        "From: anna@b.example\nContent-Type: multipart/alternative; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nCome!\n"
        f"--x\nContent-Type: {content_type}\nContent-Transfer-Encoding: base64\n\n{body}\n--x--\n"
    ).encode()


def _event(*lines: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


def test_an_invitation_of_outlook_is_shown_whole() -> None:
    mail = parse(_mail(MEETING))
    warsaw = ZoneInfo("Europe/Warsaw")
    assert mail.invitations == (
        Invitation(
            method="REQUEST",
            summary="Spotkanie, złożone i długie",
            start=datetime(2026, 3, 1, 10, tzinfo=warsaw),
            end=datetime(2026, 3, 1, 11, 30, tzinfo=warsaw),
            organizer=Address("anna@b.example", "Kowalska, Anna"),
            attendees=(Address("bob@c.example", "Bob"),),
            location="Room 1",
            description="one\ntwo",
            repeats="FREQ=WEEKLY;COUNT=3",
            status="CONFIRMED",
            sequence=2,
            uid="1@x",
        ),
    )
    assert mail.text == "Come!"
    assert [one.filename for one in mail.attachments] == ["attachment-1.ics"]


def test_it_is_told_in_json() -> None:
    (told,) = parse(_mail(MEETING)).as_json()["invitations"]
    assert (told["method"], told["start"]) == ("REQUEST", "2026-03-01T10:00:00+01:00")
    assert told["organizer"] == {"address": "anna@b.example", "name": "Kowalska, Anna"}
    json.dumps(told)


@pytest.mark.parametrize(
    ("lines", "start", "end", "zone"),
    [
        (["DTSTART:20260301T09Z", "DTSTART:20260301T090000Z"], "2026-03-01T09:00:00+00:00", None, ""),
        (["DTEND:20260301T100000Z"], None, "2026-03-01T10:00:00+00:00", ""),
        (["DTSTART;VALUE=DATE:20260301"], "2026-03-01", "2026-03-02", ""),
        (["DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260304"], "2026-03-01", "2026-03-04", ""),
        (["DTSTART:20260301T090000"], "2026-03-01T09:00:00", None, ""),
        (["DTSTART;TZID=Customized Time Zone:20260301T090000"], "2026-03-01T09:00:00", None, "Customized Time Zone"),
        (["DTSTART;TZID=/c.org/2019_1/Europe/Paris:20260301T090000"], "2026-03-01T09:00:00+01:00", None, ""),
        (["DTSTART;TZID=Russian Standard Time:20260301T090000"], "2026-03-01T09:00:00+03:00", None, ""),
        (["DTSTART:tomorrow"], None, None, ""),
        (["DTSTART:20260301T090000Z", "DURATION:P99999999999W"], "2026-03-01T09:00:00+00:00", None, ""),
        ([], None, None, ""),
    ],
)  # fmt: skip
def test_times_are_read_with_their_zone_without_one_and_as_whole_days(
    lines: list[str], start: str | None, end: str | None, zone: str
) -> None:
    (one,) = parse(_mail(_event("SUMMARY:x", *lines))).invitations
    told = (one.start.isoformat() if one.start else None, one.end.isoformat() if one.end else None, one.zone)
    assert told == (start, end, zone)


def test_a_whole_day_is_a_date_and_not_midnight() -> None:
    (one,) = parse(_mail(_event("DTSTART;VALUE=DATE:20260301"))).invitations
    assert type(one.start) is date


@pytest.mark.parametrize(
    ("first", "content_type", "method"),
    [
        ("METHOD:CANCEL", "text/calendar; method=REQUEST", "CANCEL"),
        ("X:y", "text/calendar; method=reply", "REPLY"),
        ("X:y", "application/octet-stream; name=invite.ics", ""),
        ("METHOD:DANCE", "text/calendar", "UNKNOWN"),
    ],
)
def test_the_method_is_the_calendars_else_the_parts(first: str, content_type: str, method: str) -> None:
    calendar = _event("SUMMARY:x").replace("BEGIN:VCALENDAR\n", f"BEGIN:VCALENDAR\n{first}\n")
    (one,) = parse(_mail(calendar, content_type)).invitations
    assert one.method == method


def test_the_same_calendar_as_part_and_as_file_is_one_invitation() -> None:
    part = _mail(MEETING).decode().partition("--x\nContent-Type: text/cal")[2].removesuffix("--x--\n")
    twice = _mail(MEETING).decode().replace("\n--x--\n", f"\n--x\nContent-Type: text/cal{part}\n--x--\n")
    mail = parse(twice.encode())
    assert len(mail.attachments) == 2
    assert len(mail.invitations) == 1


def test_what_is_broken_is_told_and_the_rest_is_shown() -> None:
    mail = parse(_mail(_event("SUMMARY:a", "DTSTART;TZID=Europe:20260301T090000") + _event("SUMMARY:b")))
    assert [one.summary for one in mail.invitations] == ["b"]
    assert any("meeting cannot be read" in fault.what for fault in mail.faults)


def test_a_calendar_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    (one,) = parse(_mail(MEETING.partition("SEQUENCE")[0])).invitations
    assert one.location == "Room 1"


BOMBS = {
    "components within components": "BEGIN:VEVENT\n" * 60_000,
    "ends": "BEGIN:A\n" * 10_000 + "END:B\n" * 100_000,
    "meetings": "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n" * 20_000,
    "lines": "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "ATTENDEE:mailto:a@b.example\n" * 30_000,
    "folds": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + "x\n " * 300_000,
    "parameters": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY" + ";A=b" * 200_000 + ":x\n",
    "quotes": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;X=" + '"' * 19_000 + ":x\n",
    "dates": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:" + "20260101T000000Z," * 1_000 + "\n",
    "numbers": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSEQUENCE:" + "9" * 19_000 + "\nDURATION:P" + "9" * 19_000 + "W\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_calendar_made_to_be_slow_is_read_within_bounds(name: str) -> None:
    assert len(parse(_mail(BOMBS[name])).invitations) <= MAX_INVITATIONS


LINE = st.one_of(
    st.sampled_from(
        [
            *MEETING.split("\n"),
            "BEGIN:VEVENT",
            "END:VEVENT",
            "DTSTART;TZID=../../x:20260101T000000",
            "RRULE:",
            "DTEND;X",
        ]
    ),
    st.text(max_size=40),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=40))
def test_any_heap_of_calendar_lines_is_read(lines: list[str]) -> None:
    calendar = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines]).encode("utf-8", "replace")
    raw = b"From: a@b.example\nContent-Type: text/calendar; charset=utf-8\n\n" + calendar
    json.dumps(parse(raw).as_json()).encode()
