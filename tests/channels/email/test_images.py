"""Pictures of a mail are shown when a reader asks, and not before."""

from __future__ import annotations

import base64

import pytest

from channels.email.images import count_remote, show_inline, show_remote
from channels.email.limits import MAX_INLINE_IMAGES
from channels.email.model import Attachment
from channels.email.parse import parse

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MAIL = (
    b"From: a@b.example\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n"
    b'<p>Look: data-remote-src="<img src="cid:logo%40b.example" alt="Logo" width="10">'
    b'<img alt="t" src="https://spy.example/p.gif?u=1"><img src="cid:gone">\n'
    b"--x\nContent-Type: image/svg+xml\nContent-ID: <logo@b.example>\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(PNG)
    + b"--x--\n"
)


def test_a_mail_says_how_many_pictures_it_would_fetch() -> None:
    mail = parse(MAIL)
    assert mail.remote_images == 1
    assert count_remote(mail.html) == 1
    assert ' src="https' not in mail.html


def test_a_reader_who_asks_gets_the_remote_pictures_and_no_text_is_touched() -> None:
    shown = show_remote(parse(MAIL).html)
    assert '<img alt="t" src="https://spy.example/p.gif?u=1"' in shown
    assert 'Look: data-remote-src="' in shown
    assert count_remote(shown) == 0


def test_the_mails_own_pictures_become_data_by_what_they_are_and_not_by_what_they_claim() -> None:
    mail = parse(MAIL)
    shown = show_inline(mail.html, mail.attachments)
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}" alt="Logo"' in shown
    assert "cid:" not in shown
    assert "spy.example" in shown
    assert ' src="https' not in shown


@pytest.mark.parametrize("content", [b"<svg onload='x'/>", b"<html><script>", b"", b"%PDF-1.7", b" \x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_not_shown(content: bytes) -> None:
    html = '<img src="cid:a" alt="x">'
    assert show_inline(html, [Attachment("a.png", "image/png", content, "a", True)]) == '<img alt="x">'


def test_pictures_are_shown_up_to_a_bound() -> None:
    large = PNG + b"\0" * (MAX_INLINE_IMAGES // 2)
    html = '<img src="cid:a"><img src="cid:b"><img src="cid:c">'
    pictures = {"a": large, "b": large, "c": PNG}
    attachments = [Attachment(f"{name}.png", "image/png", content, name, True) for name, content in pictures.items()]
    shown = show_inline(html, attachments)
    assert shown.count("data:image/png") == 2
    assert "<img><img src=" in shown
