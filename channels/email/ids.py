"""Message-IDs in headers (RFC 5322 section 3.6.4)."""

from __future__ import annotations

import re
from typing import Final

_IN_BRACKETS: Final = re.compile(r"<([^<>\s]{1,900})>")


def ids_in(value: str) -> tuple[str, ...]:
    """All Message-IDs of a header with their angle brackets, in order, each once.

    Some programs leave the brackets away; a bare word with an @ then stands for the id.
    """
    found = [f"<{one}>" for one in _IN_BRACKETS.findall(value)]
    if not found:
        bare = (word for word in value.split() if "@" in word and len(word) <= 900)
        found = [f"<{word}>" for word in bare if "<" not in word and ">" not in word]
    return tuple(dict.fromkeys(found))


def first_id(value: str) -> str:
    """The first Message-ID of a header, "" where there is none."""
    return next(iter(ids_in(value)), "")
