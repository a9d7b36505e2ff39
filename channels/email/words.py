"""Encoded words in headers (RFC 2047), `=?utf-8?B?...?=`, decoded leniently in linear time."""

from __future__ import annotations

import binascii
import re
from typing import Final

from channels.email.charset import clean, decode

_WORD: Final = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,20000})\?=")
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_LINE_ENDS: Final = re.compile(r"[\r\n]+")


def decode_words(value: str) -> str:
    """Header text with its encoded words decoded and on one line; what cannot be decoded stays as written.

    Neighbouring words of one charset are joined before decoding, since mailers split characters between them.
    """
    result: list[str] = []
    position, pending, charset = 0, b"", ""
    for match in _WORD.finditer(value):
        between = value[position : match.start()]
        adjacent = bool(pending or charset) and not between.strip()
        if not (adjacent and charset.lower() == match[1].lower()):
            result.append(decode(pending, charset)[0] if charset else "")
            pending = b""
            if not adjacent:
                result.append(between)
        pending, charset, position = pending + _bytes(match[2], match[3]), match[1], match.end()
    result.append(decode(pending, charset)[0] if charset else "")
    result.append(value[position:])
    return _LINE_ENDS.sub(" ", clean("".join(result))).strip()


def _bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return binascii.a2b_qp(text.encode("ascii", "replace"), header=True)
    return lenient_base64(text.encode("ascii", "replace"))


def lenient_base64(encoded: bytes) -> bytes:
    """Base64 without regard to foreign characters, missing padding or a stray last character."""
    letters = encoded.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
