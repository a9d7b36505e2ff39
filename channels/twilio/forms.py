"""The fields of a webhook, taken apart within bounds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import parse_qsl

#: Twilio's largest webhooks (a text of 1,600 characters with ten media) stay far below these.
MAX_BODY: Final = 64 * 1024
MAX_FIELDS: Final = 200
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


class BadWebhook(Exception):
    """A webhook that is not one of Twilio's: says which field is wrong and how, never what stood in it."""


def fields_of(body: bytes, query: str = "") -> dict[str, list[str]]:
    """Names and values of a form, or of a GET's query. Empty values are kept: they are part of what is signed.

    Raises `BadWebhook` when it is too large or no form.
    """
    if len(body) > MAX_BODY or len(query) > MAX_BODY:
        raise BadWebhook(f"the request is larger than {MAX_BODY} bytes")
    try:
        text = body.decode("ascii") if body else query
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise BadWebhook("the request is no URL-encoded form in UTF-8, or has too many fields") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


class Fields:
    """A webhook's fields, read one by one; each reading says what it expects and raises `BadWebhook` otherwise."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def text(self, name: str, *, longest: int = 256, default: str | None = None) -> str:
        """A field's value. Without a `default` it must be there and not be empty."""
        value = self._one(name)
        if not value:
            if default is None:
                raise BadWebhook(f"{name} is missing")
            return default
        if len(value) > longest:
            raise BadWebhook(f"{name} is longer than {longest} characters")
        if "\x00" in value:
            raise BadWebhook(f"{name} has a character that no text has")
        return value

    def optional(self, name: str, *, longest: int = 256) -> str | None:
        return self.text(name, longest=longest, default="") or None

    def sid(self, name: str, *prefixes: str) -> str:
        """An identifier of Twilio's: two letters, of which kind it is, and 32 hexadecimal digits."""
        value = self.text(name, longest=34)
        if not _SID.fullmatch(value) or value[:2] not in prefixes:
            raise BadWebhook(f"{name} is no identifier {' or '.join(prefixes)}…")
        return value

    def optional_sid(self, name: str, *prefixes: str) -> str | None:
        return self.sid(name, *prefixes) if self._one(name) else None

    def word(self, name: str, known: frozenset[str]) -> str:
        """One of the words that Twilio uses here."""
        value = self.text(name, longest=64)
        if value not in known:
            raise BadWebhook(f"{name} is none of {', '.join(sorted(known))}")
        return value

    def number(self, name: str, *, most: int, default: int | None = None) -> int:
        """A whole number from 0 to `most`."""
        value = self._one(name)
        if not value and default is not None:
            return default
        if not value.isascii() or not value.isdigit() or len(value) > 10 or int(value) > most:
            raise BadWebhook(f"{name} is no whole number from 0 to {most}")
        return int(value)

    def optional_number(self, name: str, *, most: int) -> int | None:
        return self.number(name, most=most) if self._one(name) else None

    def flag(self, name: str) -> bool:
        return self._one(name).lower() == "true"

    def time(self, name: str) -> datetime | None:
        """A time as RFC 2822 writes it; None where there is none."""
        value = self._one(name)
        if not value:
            return None
        try:
            return parsedate_to_datetime(value[:64])
        except ValueError as error:
            raise BadWebhook(f"{name} is no time in the form of RFC 2822") from error

    def _one(self, name: str) -> str:
        values = self._fields.get(name, ())
        if len(values) > 1:
            raise BadWebhook(f"{name} was given {len(values)} times")
        return values[0] if values else ""
