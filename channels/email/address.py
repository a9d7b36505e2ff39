"""Addresses in headers (RFC 5322 section 3.4), read leniently in linear time.

Encoded words are decoded after the commas were found, and an address is what stands in angle brackets or
alone: text beside it can never become part of it (the flaw behind CVE-2023-27043).
"""

from __future__ import annotations

import re
from typing import Final

from channels.email.limits import MAX_ADDRESSES
from channels.email.model import Address
from channels.email.words import decode_words

_ADDRESS: Final = re.compile(r"[^\s@<>(),;:\\\"\[\]]{1,64}@[^\s@<>(),;:\\\"]{1,255}")
_QUOTED_LOCAL: Final = re.compile(r'"[^"\\@<>]{1,62}"@[^\s@<>(),;:\\"]{1,255}')


def read_addresses(header: str) -> tuple[Address, ...]:
    """The addresses of a header, at most `MAX_ADDRESSES`; what is no address is left out."""
    found = (_read(piece) for piece in _pieces(_without_comments(header)))
    return tuple(address for address in found if address is not None)[:MAX_ADDRESSES]


def is_address(text: str) -> bool:
    """Whether `text` is one plain address that can safely stand in a header or an SMTP command."""
    return bool(_ADDRESS.fullmatch(text) or _QUOTED_LOCAL.fullmatch(text)) and text.isprintable()


def _pieces(header: str) -> list[str]:
    """At commas and semicolons outside quotes and brackets; a group's name before its colon is dropped."""
    pieces, start, quoted, escaped, angled = list[str](), 0, False, False, False
    for index, character in enumerate(header):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "<>":
            angled = character == "<"
        elif character in ",;" and not angled:
            pieces.append(header[start:index])
            start = index + 1
        elif character == ":" and not angled:
            start = index + 1
    return [*pieces, header[start:]]


def _without_comments(header: str) -> str:
    """Without `(...)` outside quotes; an open bracket that is never closed is left as it stands."""
    kept, depth, start, quoted = list[str](), 0, 0, False
    for index, character in enumerate(header):
        if character == '"' and not depth:
            quoted = not quoted
        elif character == "(" and not quoted:
            if depth == 0:
                kept.append(header[start:index])
                start = index
            depth += 1
        elif character == ")" and depth:
            depth -= 1
            if depth == 0:
                start = index + 1
    return "".join(kept) + header[start:]


def _read(piece: str) -> Address | None:
    before, bracket, rest = piece.rpartition("<")
    if bracket:
        address, name = rest.partition(">")[0].strip(), before
    else:
        words = piece.split()
        address, name = (words[-1], " ".join(words[:-1])) if words else ("", "")
    if not is_address(address):
        return None
    return Address(address, _name(name))


def _name(phrase: str) -> str:
    bare = phrase.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        bare = re.sub(r"\\(.)", r"\1", bare[1:-1])
    return decode_words(bare)[:200]
