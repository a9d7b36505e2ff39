"""Whether a mail of ours can be signed by its domain and believed elsewhere (DKIM, RFC 6376; DMARC, RFC 7489).

The signing itself is the outgoing server's work, which alone has the key; what it signs is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from channels.email.address import read_addresses
from channels.email.header import Headers, read_headers
from channels.email.ids import ids_in

#: RFC 5322 section 3.6: must be there once; a signature over a header that may be doubled later protects nobody.
_NEEDED: Final = ("From", "Date", "Message-ID", "MIME-Version", "Subject", "To")
_ONCE: Final = (*_NEEDED, "Cc", "Reply-To", "Sender", "In-Reply-To", "References", "Content-Type", "List-Unsubscribe")
#: RFC 5322 section 2.1.1, CR LF not counted: servers cut longer lines, which breaks every signature.
_MAX_LINE: Final = 998
_BARE: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_ONE_CLICK: Final = "List-Unsubscribe=One-Click"


def unready(mail: bytes, domain: str) -> tuple[str, ...]:
    """What would keep a mail from being signed by `domain` and aligned with it; empty where nothing would.

    Alignment is meant relaxed, as receivers check it by default (RFC 7489 section 3.1.1): the author's domain is
    the signing one or a part of it.
    """
    headers, body, _ = read_headers(mail, 0, len(mail), "mail")
    return (*_headers(headers), *_alignment(headers, domain.lower()), *_bytes(mail, body), *_bulk(headers))


def _headers(headers: Headers) -> Iterator[str]:
    for name in _NEEDED:
        if not headers.has(name) or (not headers.first(name) and name != "Subject"):
            yield f"no {name} header"
    for name in _ONCE:
        if len(headers.every(name)) > 1:
            yield f"{len(headers.every(name))} {name} headers, one is allowed (RFC 5322 section 3.6)"


def _alignment(headers: Headers, domain: str) -> Iterator[str]:
    authors = read_addresses(headers.first("From"))
    if len(authors) != 1:
        yield f"{len(authors)} authors in From, receivers want one (RFC 7489 section 6.6.1)"
    for author in authors:
        host = author.key.rpartition("@")[2]
        if not _within(host, domain):
            yield f"From is of {host}, the signature of {domain}: not aligned (RFC 7489 section 3.1.1)"
    for message_id in ids_in(headers.first("Message-ID")):
        host = message_id.strip("<>").lower().rpartition("@")[2]
        if not _within(host, domain):
            yield f"Message-ID is of {host}, not of {domain}: filters find that strange"


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _bytes(mail: bytes, body: int) -> Iterator[str]:
    if _BARE.search(mail):
        yield "lines that do not end in CR LF, which servers mend after signing (RFC 6376 section 5.3)"
    longest = max(map(len, mail.split(b"\r\n")))
    if longest > _MAX_LINE:
        yield f"a line of {longest} bytes, servers cut at {_MAX_LINE} (RFC 5322 section 2.1.1)"
    if not mail[body:].isascii():
        yield "a body with 8-bit bytes, which servers may encode anew after signing (RFC 6376 section 5.3)"


def _bulk(headers: Headers) -> Iterator[str]:
    """RFC 8058 section 3.1: one click needs the header beside it and https."""
    one_click = headers.first("List-Unsubscribe-Post")
    if one_click and one_click != _ONE_CLICK:
        yield f"List-Unsubscribe-Post says {one_click[:60]!r} instead of {_ONE_CLICK}"
    if one_click and "<https://" not in headers.first("List-Unsubscribe").lower():
        yield "List-Unsubscribe-Post without an https address in List-Unsubscribe (RFC 8058 section 3.1)"
