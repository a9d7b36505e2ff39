"""Numbers that customers call and write to: where each comes from, what is done with its calls and its texts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.centre.routing import Document, Language, Name, Title

E164 = Annotated[
    str,
    Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="a telephone number in full (ITU-T E.164), as in +48221234567"),
]


Word = Annotated[str, Field(min_length=1, max_length=40)]


#: A key that has letters, and those letters.
Digit = Annotated[str, Field(pattern=r"^[0-9]$", description="a key with a digit, as in 1")]
Letters = Annotated[str, Field(min_length=1, max_length=20, description="the letters on it, as in ABC")]


class Texts(Document):
    """What becomes of texts (SMS) to a number, and how it sends its own."""

    department: Name = Field(description="one of `departments`, where new matters go")
    interval: float = Field(
        default=1.0, ge=0.01, le=60, description="seconds between two texts it sends: carriers cut off faster ones"
    )
    help: str | None = Field(
        default=None,
        min_length=1,
        max_length=480,
        description="what HELP is answered with; a standard text in `language` without",
    )
    keywords: dict[Literal["stop", "start", "help", "callback"], tuple[Word, ...]] = Field(
        default={}, description="words of the project's own, beside the usual ones in every language"
    )


class Number(Document):
    """A number of ours. The number may be from one operator and the system behind it from another."""

    number: E164
    title: Title
    flow: Name | None = Field(
        default=None, description="one of `flows`, which its callers go through; without, it takes no calls"
    )
    texts: Texts | None = Field(default=None, description="what becomes of texts; without, it takes and sends none")
    provider: Name = Field(default="twilio", description="the account that carries its calls, as the settings call it")
    lines: int = Field(default=10, ge=1, le=10_000, description="calls at once; further callers hear that it is busy")
    site: Name | None = Field(default=None, description="one of the centre's `sites`, where its work belongs")
    language: Language = Field(default="en", description="in which callers are greeted; one of the flow's `languages`")
    vanity: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="how it is advertised, with letters for digits, as in 800 MALINY",
    )
    keypad: Name = Field(
        default="e161", description="on which `vanity` is dialled: e161, by-threes or one of the centre's `keypads`"
    )
