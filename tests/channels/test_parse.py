"""What is read in mails as people and machines really write them; each mail in `mails/` has its golden reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from channels.email.parse import parse

MAILS = sorted((Path(__file__).parent / "mails").glob("*.eml"))


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_a_mail_is_read_as_its_golden_file_says(file: Path) -> None:
    expected = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    assert parse(file.read_bytes()).as_json() == expected


@pytest.mark.parametrize("file", MAILS, ids=lambda file: file.stem)
def test_line_ends_of_either_kind_read_the_same(file: Path) -> None:
    unix = file.read_bytes().replace(b"\r\n", b"\n")
    dos = unix.replace(b"\n", b"\r\n")
    first, second = parse(unix).as_json(), parse(dos).as_json()
    # Attachments keep their bytes, and so their line ends.
    for one in (*first["attachments"], *second["attachments"]):
        del one["size"]
    assert first == second


def test_attachments_keep_their_exact_bytes() -> None:
    raw = (Path(__file__).parent / "mails" / "attachments_hostile.eml").read_bytes()
    contents = {one.filename: one.content for one in parse(raw).attachments}
    assert contents["logo.png"] == b"\x89PNG\r\n\x1a\n"[:8]
    assert contents["Счёт.pdf"] == b"Hello"
    assert contents["passwd.zip"].startswith(b"PK\x03\x04")


def _with_header(line: str) -> bytes:
    return f"From: a@example.org\r\n{line}\r\n\r\nbody\r\n".encode()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?B?w6k=?= and =?iso-8859-1?Q?=E9?=", "é and é"),
        ("=?utf-8?B?4oKs?=", "€"),
        ("=?utf-8?B?4oI=?= =?utf-8?B?rA==?=", "€"),
        ("=?x-unknown?Q?abc?=", "abc"),
        ("=?utf-8?Q?not closed", "=?utf-8?Q?not closed"),
        ("a\r\n folded  subject", "a folded subject"),
        ("=?utf-8*en?Q?Caf=C3=A9?=", "Café"),
    ],
)
def test_a_subject_is_decoded(written: str, read: str) -> None:
    assert parse(_with_header(f"Subject: {written}")).subject == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mon, 3 Mar 2025 10:00:00 +0100", "2025-03-03T09:00:00+00:00"),
        ("3 Mar 2025 10:00:00 -0000", "2025-03-03T10:00:00+00:00"),
        ("Mon, 03 Mar 25 10:00:00 GMT (comment)", "2025-03-03T10:00:00+00:00"),
        ("yesterday", None),
        ("Mon, 3 Mar 1901 10:00:00 +0100", None),
        ("Mon, 99 Mar 2025 99:00:00 +0100", None),
    ],
)
def test_a_date_is_read_in_utc_or_not_at_all(written: str, read: str | None) -> None:
    mail = parse(_with_header(f"Date: {written}"))
    assert (mail.date.isoformat() if mail.date else None) == read
    assert any("date" in fault.what for fault in mail.faults) == (read is None)


def test_flowed_text_is_joined_and_quotations_are_left_alone() -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain; format=flowed; delsp=yes\n\nlong \nline\n> quo \n> ted\n end\n"
    assert parse(raw).text == "longline\n> quo\n> ted\nend".replace("quo\n", "quo \n")


def test_several_texts_of_one_mail_are_all_read() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\n\nfirst\n--x\nContent-Type: text/plain; charset=utf-8\n\nsecond\n--x--\nepilogue\n"
    )
    assert parse(raw).text == "first\n\nsecond"


def test_the_language_is_taken_from_the_header_before_the_words() -> None:
    mail = parse(_with_header("Content-Language: fr-CA, en"))
    assert (mail.language, mail.language_from) == ("fr", "Content-Language")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hello, my phone is not working, can you help me please?", "en"),
        ("Bonjour, je ne reçois pas ma facture, merci de votre aide.", "fr"),
        ("Dzień dobry, nie mogę się zalogować, proszę o pomoc.", "pl"),
        ("Здравствуйте, у меня не работает интернет.", "ru"),
        ("12345", None),
    ],
)
def test_the_language_of_a_text_is_recognised_by_its_words(text: str, language: str | None) -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + text.encode()
    assert parse(raw).language == language
