"""`parse` returns for any bytes, within its bounds, and says what it cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.email import limits
from channels.email.model import ParsedMail
from channels.email.parse import parse

MAILS = [file.read_bytes() for file in sorted((Path(__file__).parent / "mails").glob("*.eml"))]
HTML = b"From: a@b.example\nContent-Type: text/html\n\n"
LINE = st.sampled_from(
    [
        b"From: =?utf-8?b?=?= <a@b>",
        b'Content-Type: multipart/mixed; boundary="b"',
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        b"Content-Type: message/delivery-status",
        b"Content-Type: text/html; charset=utf-7",
        b"Content-Type: text/plain; charset=utf-16; format=flowed; delsp=yes",
        b"Content-Disposition: attachment; filename*1*=%ff; filename*0*=utf-8''%",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Auto-Submitted: (",
        b"Return-Path: <>",
        b"Subject: Undelivered",
        b"Date: Mon, 31 Feb 99999 25:61:61 +9999",
        b"References: <<<>>> <a@b> <",
        b"Final-Recipient: ;;; <",
        b"Action: failed",
        b"Status: 5",
        b"--b",
        b"--b--",
        b"",
        b"> On 1 wrote:",
        b"-- ",
        b"<div><img src=http://x><a href='",
        b"+ADw-script+AD4-",
        b"\xff\xfe\x00",
        b" folded",
    ]
)


def _check(mail: ParsedMail) -> None:
    json.dumps(mail.as_json(), allow_nan=False).encode("utf-8")
    texts = (mail.subject, mail.text, mail.reply, mail.html, mail.message_id)
    for text in texts:
        assert "\0" not in text
        text.encode("utf-8")
    for one in (mail.subject, mail.message_id, *mail.references, *mail.in_reply_to):
        assert "\n" not in one
        assert "\r" not in one
    assert "<script" not in mail.html.lower()
    assert ' src="http' not in mail.html.lower()
    for attachment in mail.attachments:
        assert attachment.filename not in ("", ".", "..")
        assert not set(attachment.filename) & set('/\\\n\r<>:"|?*')
        assert len(attachment.filename.encode()) <= 150


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw: bytes) -> None:
    _check(parse(raw))


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(LINE, st.binary(max_size=40)), max_size=40), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_any_heap_of_mail_like_lines_is_read(lines: list[bytes], end: bytes) -> None:
    _check(parse(end.join(lines)))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damaged_mail_is_read(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(MAILS)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        length = data.draw(st.integers(0, 60))
        raw[at : at + length] = data.draw(st.binary(max_size=20))
        if not raw:
            break
    _check(parse(bytes(raw)))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mail_cut_off_anywhere_is_read(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from(MAILS))
    _check(parse(raw[: data.draw(st.integers(0, len(raw)))]))


# Each of these takes seconds to minutes, or the process's stack, in a parser without bounds; the run's own
# time-out is the guard here.
BOMBS = {
    "too large": (b"Subject: x\n\n" + b"A" * (limits.MAX_MAIL_BYTES + 10), "cut from"),
    "a 20 MB header": (b"Subject: " + b"x" * 20_000_000, "header Subject cut"),
    "header lines": (b"a: b\r\n" * 1_000_000, "header lines beyond"),
    "a header folded for ever": (b"To: x\n" + b" x\n" * 3_000_000 + b"\nHi", "header lines beyond"),
    "parts": (b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 1_000_000, "more than 500 parts"),
    "containers in containers": (
        b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(3000)),
        "nested deeper",
    ),
    "attachments": (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: a/b\n\nx\n" * 200 + b"--b--",
        "more than 100 attachments",
    ),
    "text": (b"x: y\n\n" + b"> x\n" * 2_000_000, "text cut"),
    "elements in elements": (HTML + b"<div>" * 100_000, "nested deeper"),
    "formatting elements": (HTML + b"<b><i><u></b>" * 70_000, "nested deeper"),
    "attributes": (HTML + b"<p " + b" ".join(b"a%d" % i for i in range(80_000)), "attributes"),
    "attributes behind brackets": (
        HTML + b"<p " + b" ".join(b'a%d=">"' % i for i in range(60_000)),
        "attributes",
    ),
    "ampersands": (HTML + b"&" * 500_000, "character references"),
    "a long HTML": (HTML + b"<p>word</p>" * 100_000, "HTML cut"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_cut_and_said_to_be_cut(name: str) -> None:
    raw, said = BOMBS[name]
    mail = parse(raw)
    _check(mail)
    assert any(said in fault.what for fault in mail.faults), mail.faults
    assert len(mail.text) <= limits.MAX_TEXT
    assert len(mail.attachments) <= limits.MAX_ATTACHMENTS


@pytest.mark.parametrize(
    "raw",
    [
        b"To: " + b"(" * 30_000 + b"\n\n",
        b"To: " + b'"a' * 15_000 + b"\n\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 2_300 + b"\n\n",
        b"Content-Type: text/plain" + b"; a*0=b" * 4_000 + b"\n\n",
        b"Content-Type: text/plain; charset=punycode\n\n" + b"a-\xff" * 100_000,
        b"Content-Type: text/plain; charset=unicode_escape\n\n\\u0000\\ud800\xff",
        b"\n\n" + b"On 1 " * 1_000_000,
        b"\n\n" + b"From: x\n" * 500_000,
        b"\n" * 2_000_000,
    ],
    ids=["comments", "quotes", "words", "parameters", "punycode", "escapes", "on", "from", "blank"],
)
def test_what_makes_other_parsers_slow_is_read(raw: bytes) -> None:
    _check(parse(raw))


def test_an_archive_is_never_unpacked() -> None:
    bomb = (
        b"From: a@b.example\nContent-Type: application/zip\nContent-Encoding: gzip\n\n" + b"PK\x03\x04" + b"\x00" * 1000
    )
    (attachment,) = parse(bomb).attachments
    assert attachment.size == 1004


def test_nothing_of_the_library_fails_silently_on_the_corpus() -> None:
    faults = [fault for raw in MAILS for fault in parse(raw).faults if "heuristics failed" in fault.what]
    assert faults == []
