"""How receivers of bulk mail get out of it by one click of their mail program (RFC 2369, RFC 8058)."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, urlsplit

from channels.email.address import is_address

#: Characters of an address on the web (RFC 3986) save those that would end the brackets around it.
_URL: Final = re.compile(r"https://[!-;=?-~]{3,1500}")


def unsubscribe_ways(url: str, mailbox: str) -> str:
    """The value of List-Unsubscribe, "" where neither is given.

    `url` must be https (RFC 8058 section 3.1) without user or password, `mailbox` a plain address. Raises
    `ValueError` for what is not.
    """
    ways: list[str] = []
    if url:
        ways.append(f"<{_checked(url)}>")
    if mailbox:
        if not is_address(mailbox):
            raise ValueError(f"address to unsubscribe at {mailbox!r} is not of the form name@example.org")
        ways.append(f"<mailto:{quote(mailbox, safe='@+')}?subject=unsubscribe>")
    return ", ".join(ways)


def _checked(url: str) -> str:
    parts = urlsplit(url) if _URL.fullmatch(url) else None
    if parts is None or not parts.hostname or "@" in parts.netloc:
        raise ValueError(
            f"address to unsubscribe at {url[:200]!r} must begin with https:// and hold no space or bracket"
        )
    return url
