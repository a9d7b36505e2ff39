"""Pictures in the HTML of a mail, once a reader asks for them.

Sanitised HTML shows none: those from elsewhere would tell the sender that, when and where the mail was read, and
those of the mail itself (`cid:`, RFC 2392) have no address that a browser knows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote

from channels.email.limits import MAX_INLINE_IMAGES
from channels.email.model import Attachment

#: In an element as nh3 writes it, so that the same words in the text of a mail are left alone.
_BEFORE: Final = r'(<img\b(?: [a-z-]+="[^"]*")*?)'
_REMOTE: Final = re.compile(_BEFORE + r' data-remote-src="')
_INLINE: Final = re.compile(_BEFORE + r' src="cid:([^"]*)"', re.IGNORECASE)
#: How pictures begin (WHATWG MIME Sniffing, section 6.1). What a part claims to be is not believed; SVG can hold
#: scripts and is none of these.
_SIGNATURES: Final = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBPVP", re.DOTALL), "image/webp"),
    (re.compile(rb"BM"), "image/bmp"),
)


def count_remote(html: str) -> int:
    """How many pictures of sanitised HTML would be fetched from elsewhere."""
    return sum(1 for _ in _REMOTE.finditer(html))


def show_remote(html: str) -> str:
    """Sanitised HTML with its pictures from elsewhere. Only for a reader who asked: fetching them tells the sender."""
    return _REMOTE.sub(r'\1 src="', html)


def show_inline(html: str, attachments: Sequence[Attachment]) -> str:
    """Sanitised HTML with the mail's own pictures as `data:` addresses (RFC 2397).

    Only PNG, JPEG, GIF, WebP and BMP, by their first bytes, together at most `MAX_INLINE_IMAGES`; a picture that is
    none of these, is missing or finds no room any more keeps its alternative text.
    """
    pictures = _pictures(attachments)
    room = MAX_INLINE_IMAGES

    def shown(match: re.Match[str]) -> str:
        nonlocal room
        kind, content = pictures.get(_key(match[2]), ("", b""))
        if not kind or len(content) > room:
            return match[1]
        room -= len(content)
        return f'{match[1]} src="data:{kind};base64,{base64.b64encode(content).decode("ascii")}"'

    return _INLINE.sub(shown, html)


def _pictures(attachments: Sequence[Attachment]) -> Mapping[str, tuple[str, bytes]]:
    found: dict[str, tuple[str, bytes]] = {}
    for one in attachments:
        if one.content_id:
            found.setdefault(_key(one.content_id), (_kind(one.content), one.content))
    return found


def _kind(content: bytes) -> str:
    return next((kind for signature, kind in _SIGNATURES if signature.match(content)), "")


def _key(content_id: str) -> str:
    """Percent-encoded in an address, plain in the header (RFC 2392 section 2); nh3 writes & as an entity."""
    return unquote(content_id.replace("&amp;", "&")).strip("<> ").lower()
