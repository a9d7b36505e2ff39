"""Header lines (RFC 5322 section 2.2), read leniently and within bounds.

The standard library's parser is not used on mail from outside: it recurses once per container, builds an
object per boundary line without bound, and raises on a number of malformed headers.
"""

from __future__ import annotations

import re
from typing import Final

from channels.email.charset import decode, likeliest
from channels.email.limits import MAX_HEADER_BYTES, MAX_HEADER_VALUE, MAX_HEADERS
from channels.email.model import Fault

_NAME: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_WHITESPACE: Final = re.compile(r"\s+")


class Headers:
    """Headers in their order, found by name without regard to case. Values are unfolded, words still encoded."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        self._by_name: dict[str, list[str]] = {}
        for name, value in lines:
            self._by_name.setdefault(name.lower(), []).append(value)

    def first(self, name: str) -> str:
        """The value of the first header of this name, "" where there is none."""
        return self._by_name.get(name.lower(), [""])[0]

    def every(self, name: str) -> list[str]:
        """The values of all headers of this name, topmost first."""
        return self._by_name.get(name.lower(), [])

    def has(self, name: str) -> bool:
        return name.lower() in self._by_name

    def names(self) -> list[str]:
        """Lower-case names in order of first appearance."""
        return list(self._by_name)


def read_headers(raw: bytes, start: int, end: int, where: str) -> tuple[Headers, int, list[Fault]]:
    """Headers of `raw[start:end]`, the offset where the body begins, and what was cut or broken."""
    faults: list[Fault] = []
    fields: list[list[bytes]] = []
    position, first = start, True
    while position < end:
        line, following = _line(raw, position, end)
        if not line:
            position = following
            break
        if len(fields) >= MAX_HEADERS or position - start > MAX_HEADER_BYTES:
            blank = _BLANK_LINE.search(raw, position, end)
            position = blank.end() if blank else end
            faults.append(Fault(where, f"header lines beyond {MAX_HEADERS} or {MAX_HEADER_BYTES} bytes not read"))
            break
        if line[:1] in b" \t":
            if fields:
                fields[-1].append(line)
        elif _NAME.match(line):
            fields.append([line])
        elif not (first and line.startswith((b"From ", b">From "))):
            faults.append(Fault(where, "no blank line between headers and body"))
            break
        first, position = False, following
    raw_bytes = b"\n".join(line for lines in fields for line in lines if not line.isascii())
    # One guess for all of them: a lone name is too little to tell Polish from Russian bytes by.
    codec = likeliest(raw_bytes) if raw_bytes else ""
    if codec not in ("", "utf-8"):
        faults.append(Fault(where, f"raw 8-bit bytes in headers, read as {codec}"))
    return Headers([_field(lines, codec, where, faults) for lines in fields]), position, faults


def _line(raw: bytes, position: int, end: int) -> tuple[bytes, int]:
    """The line at `position` without its end, and where the next one begins."""
    stop = raw.find(b"\n", position, end)
    if stop < 0:
        return raw[position:end].rstrip(b"\r"), end
    return raw[position:stop].rstrip(b"\r"), stop + 1


def _field(lines: list[bytes], codec: str, where: str, faults: list[Fault]) -> tuple[str, str]:
    name, _, value = b"".join(lines).partition(b":")
    label = name.decode("ascii", "replace").strip()
    if len(value) > MAX_HEADER_VALUE:
        faults.append(Fault(where, f"header {label[:40]} cut from {len(value)} to {MAX_HEADER_VALUE} bytes"))
        value = value[:MAX_HEADER_VALUE]
    return label, _WHITESPACE.sub(" ", decode(value, codec)[0]).strip()
