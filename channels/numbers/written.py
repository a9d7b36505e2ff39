"""What a written number can be. None of these is the bare text it came from: whoever has one knows what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "fixed",
    "mobile",
    "fixed_or_mobile",
    "toll_free",
    "premium",
    "shared_cost",
    "voip",
    "personal",
    "pager",
    "company",
    "voicemail",
    "unknown",
]


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number of the public network in E.164 (`+48221234567`).

    `region`: its country (ISO 3166-1 alpha-2), "" for numbers of no country. `valid`: whether the country's numbering
    plan, as far as it is known, has it; a number may be possible and not (yet) valid, and may still call us.
    `extension`: what is to be dialled afterwards, "" where nothing is.
    """

    e164: str
    region: str
    country_code: int
    kind: Kind
    valid: bool
    extension: str = ""


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A number that means something in one country alone: 112, a sender of text messages. Never E.164.

    `known`: whether the country's plan, as far as it is known, has it.
    """

    digits: str
    region: str
    known: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SIP address (RFC 3261 section 19.1) or a provider's browser client (`client:anna`), and its number if any."""

    scheme: Literal["sip", "sips", "client"]
    user: str
    host: str
    telephone: Telephone | None = None

    @property
    def address(self) -> str:
        """The address as it is dialled."""
        return f"{self.scheme}:{self.user}@{self.host}" if self.host else f"{self.scheme}:{self.user}"


@dataclass(frozen=True, slots=True)
class Withheld:
    """The caller's number is not told. `why` is the network's word for it: anonymous, restricted, unavailable…"""

    why: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """No number at all; the sentence says why, without repeating what was written."""

    why: str


Written = Telephone | ShortCode | Endpoint | Withheld | Malformed
