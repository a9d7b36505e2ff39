"""Mails as the wild sends them: sealed, wrapped by Exchange, in mixed charsets, very large, damaged."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.email.model import ParsedMail
from channels.email.parse import parse

HEAD = b"From: Anna <anna@b.example>\nTo: service@hotline.example\nSubject: x\nMessage-ID: <1@b.example>\n"


def _multipart(kind: str, *parts: tuple[str, bytes]) -> bytes:
    """Parts with their header lines, within a container."""
    inner = b"".join(b"--q\n" + head.encode() + b"\n\n" + body + b"\n" for head, body in parts)
    return HEAD + f"Content-Type: multipart/{kind}; boundary=q\n\n".encode() + inner + b"--q--\n"


def _names(mail: ParsedMail) -> list[str]:
    return [one.filename for one in mail.attachments]


def test_what_exchange_wraps_is_kept_under_the_name_people_know() -> None:
    mail = parse(
        _multipart("mixed", ("Content-Type: text/plain", b"see file"), ("Content-Type: application/ms-tnef", b"x"))
    )
    assert (mail.text, _names(mail)) == ("see file", ["winmail.dat"])
    named = "Content-Type: application/ms-tnef; name=winmail.dat\nContent-Disposition: attachment; filename=winmail.dat"
    assert _names(parse(_multipart("mixed", (named, b"x")))) == ["winmail.dat"]


def test_a_mail_signed_by_smime_is_read_and_its_signature_kept() -> None:
    mail = parse(
        _multipart(
            'signed; protocol="application/pkcs7-signature"; micalg=sha-256',
            ("Content-Type: text/plain", b"signed words"),
            ("Content-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64", b"AAEC"),
        )
    )
    assert (mail.text, _names(mail), mail.attachments[0].content) == ("signed words", ["smime.p7s"], b"\0\x01\x02")
    assert mail.faults == ()


def test_a_mail_sealed_by_smime_is_kept_and_said_to_be_sealed() -> None:
    raw = (
        HEAD
        + b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nAAEC"
    )
    mail = parse(raw)
    assert (mail.text, _names(mail)) == ("", ["smime.p7m"])
    assert [fault.what for fault in mail.faults] == ["encrypted by S/MIME: kept as an attachment, not read"]
    signed = parse(raw.replace(b"enveloped-data", b"signed-data"))
    assert (_names(signed), signed.faults) == (["smime.p7m"], ())


def test_a_mail_sealed_by_pgp_is_kept_and_said_to_be_sealed() -> None:
    mail = parse(
        _multipart(
            'encrypted; protocol="application/pgp-encrypted"',
            ("Content-Type: application/pgp-encrypted", b"Version: 1"),
            ("Content-Type: application/octet-stream; name=encrypted.asc", b"-----BEGIN PGP MESSAGE-----"),
        )
    )
    assert _names(mail) == ["version.asc", "encrypted.asc"]
    assert any("encrypted by PGP" in fault.what for fault in mail.faults)


def test_a_pgp_signature_is_kept_beside_the_text() -> None:
    mail = parse(
        _multipart("signed", ("Content-Type: text/plain", b"hi"), ("Content-Type: application/pgp-signature", b"s"))
    )
    assert (mail.text, _names(mail)) == ("hi", ["signature.asc"])


def test_parts_of_different_charsets_are_read_each_in_its_own() -> None:
    texts = {"koi8-r": "Привет", "iso-8859-2": "zażółć", "utf-16": "één", "cp1252": "œuvre", "utf-8": "日本"}
    mail = parse(
        _multipart(
            "mixed", *((f"Content-Type: text/plain; charset={name}", text.encode(name)) for name, text in texts.items())
        )
    )
    assert mail.text.split("\n\n") == list(texts.values())


@pytest.mark.parametrize("codec", ["koi8-r", "cp1251", "utf-8"])
def test_headers_with_bare_8_bit_bytes_are_read(codec: str) -> None:
    mail = parse('From: "Анна Иванова" <a@b.example>\nSubject: Счёт за март\n\nx'.encode(codec))
    assert mail.sender is not None
    assert (mail.subject, mail.sender.name) == ("Счёт за март", "Анна Иванова")


@pytest.mark.parametrize(
    "body",
    [
        b"--q\nContent-Type: text/plain\n\nwords",
        b"--q\nContent-Type: text/plain\n\nwords\n--q",
        b"--q  \nContent-Type: text/plain\n\nwords\n--q--trailing",
        b"preamble\n--q\nContent-Type: text/plain\n\nwords\n--q--\nepilogue",
        b"--q\nContent-Type: multipart/alternative; boundary=q2\n\n--q2\n\nwords\n--q--\n",
        b"--q\nContent-Type: text/plain\n\nwords\n--q--\n--q\nContent-Type: text/plain\n\nghost\n",
    ],
)
def test_a_broken_container_still_gives_its_words(body: bytes) -> None:
    assert parse(HEAD + b"Content-Type: multipart/mixed; boundary=q\n\n" + body).text.startswith("words")


def test_containers_ten_deep_are_read_to_the_bottom() -> None:
    raw = HEAD
    for depth in range(10):
        raw += b'Content-Type: multipart/mixed; boundary="d%d"\n\n--d%d\n' % (depth, depth)
    assert parse(raw + b"Content-Type: text/plain\n\nbottom\n").text == "bottom"


LARGE: dict[str, Callable[[], bytes]] = {
    "text": lambda: HEAD + b"\n" + b"a line of words that somebody pasted\n" * 300_000,
    "one line": lambda: HEAD + b"\n" + b"x" * 10_000_000,
    "quoted-printable": lambda: (
        HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=C5=BC=C5=BC=\n" * 600_000
    ),
    "base64": lambda: HEAD + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(b"words " * 1_300_000),
    "HTML": lambda: HEAD + b"Content-Type: text/html\n\n" + b"<p>words</p>\n" * 800_000,
    "8-bit": lambda: HEAD + b"\n" + bytes(range(128, 256)) * 80_000,
    "attachment": lambda: _multipart(
        "mixed",
        ("Content-Type: text/plain", b"see file"),
        ("Content-Type: application/pdf\nContent-Transfer-Encoding: base64", base64.encodebytes(bytes(7_500_000))),
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_mail_of_10_megabytes_is_read_and_what_was_cut_is_told(name: str) -> None:
    mail = parse(LARGE[name]())
    assert mail.sender is not None
    assert mail.text
    if name == "attachment":
        assert [one.size for one in mail.attachments] == [7_500_000]
        assert mail.faults == ()
    else:
        assert any("cut" in fault.what for fault in mail.faults)


def test_flowed_paragraphs_are_joined_stuffing_is_taken_out_and_the_signature_ends_them() -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed\n\nfirst \nparagraph\n From here \non\n-- \nAnna\n"
    mail = parse(raw)
    assert mail.text == "first paragraph\nFrom here on\n-- \nAnna"
    assert mail.reply == "first paragraph\nFrom here on"


def _real() -> list[bytes]:
    """Mails as the standard library composes them."""
    mails: list[bytes] = []
    for text, charset in (
        ("Dzień dobry, proszę o pomoc", "utf-8"),
        ("Счёт не пришёл", "koi8-r"),
        ("Bonjour", "cp1252"),
    ):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "Żaneta <a@b.example>", "s@h.example", text
        message["References"] = " ".join(f"<{number}@b.example>" for number in range(5))
        message.set_content(text + "\n\n-- \nAnna", charset=charset)
        message.add_alternative(f"<p>{text}</p><img src='https://x.example/p'><img src=cid:a>", subtype="html")
        message.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="zdjęcie.png", cid="<a>")
        message.add_attachment(
            "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nDTSTART:20260301T090000Z\nSUMMARY:x\nEND:VEVENT\n",
            subtype="calendar",
        )
        mails.append(message.as_bytes())
    return mails


REAL = _real()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_to_a_real_mail_leaves_it_readable(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(REAL)).split(b"\n")
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "join", "bytes", "flip"])):
            case "drop" if len(lines) > 1:
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                other = data.draw(st.integers(0, len(lines) - 1))
                lines[at], lines[other] = lines[other], lines[at]
            case "join" if at:
                lines[at - 1 : at + 1] = [lines[at - 1] + lines[at]]
            case "flip":
                lines[at] = bytes(one ^ 0x80 for one in lines[at])
            case _:
                lines[at] = data.draw(st.binary(max_size=30))
    mail = parse(b"\n".join(lines))
    json.dumps(mail.as_json(), allow_nan=False, ensure_ascii=False).encode()
    assert ' src="http' not in mail.html


def test_the_real_mails_are_read_whole_before_they_are_damaged() -> None:
    for raw in REAL:
        mail = parse(raw)
        assert mail.subject in mail.reply
        assert _names(mail) == ["zdjęcie.png", "attachment-2.ics"]
        assert mail.remote_images == 1
        assert [one.summary for one in mail.invitations] == ["x"]
