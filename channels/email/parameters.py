"""Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2231), in linear time."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from channels.email.charset import decode
from channels.email.limits import MAX_PARAMETERS
from channels.email.words import decode_words

_CONTINUED: Final = re.compile(r"([^*]+)\*(?:(\d{1,4})(\*)?)?")
_ESCAPED: Final = re.compile(r"\\(.)")


class Valued(NamedTuple):
    """A header value such as `text/plain; charset=utf-8`: what stands first, in lower case, and the parameters."""

    value: str
    parameters: dict[str, str]


def read_parameters(header: str) -> Valued:
    """Value and decoded parameters; of a parameter given twice the first counts."""
    pieces = _split(header)
    plain: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1 : MAX_PARAMETERS + 1]:
        name, _, value = piece.partition("=")
        name, value = name.strip().lower(), _unquote(value.strip())
        match = _CONTINUED.fullmatch(name)
        if match is None:
            plain.setdefault(name, decode_words(value))
        else:
            number = int(match[2] or 0)
            encoded = match[2] is None or match[3] is not None
            continued.setdefault(match[1], {}).setdefault(number, (value, encoded))
    # RFC 2231 spells the same thing better than the plain form beside it.
    return Valued(pieces[0].strip().lower(), plain | {name: _joined(parts) for name, parts in continued.items()})


def _split(header: str) -> list[str]:
    """At semicolons outside quotes."""
    pieces, start, quoted, escaped = list[str](), 0, False, False
    for index, character in enumerate(header):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            pieces.append(header[start:index])
            start = index + 1
    return [*pieces, header[start:]]


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip('"')


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Continuations put together; the first encoded one names the charset: `utf-8'en'...`."""
    charset, content = "", b""
    for number in sorted(parts):
        value, encoded = parts[number]
        if number == 0 and encoded and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        content += unquote_to_bytes(value) if encoded else value.encode("utf-8", "replace")
    return decode(content, charset)[0]
