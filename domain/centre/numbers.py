"""Numbers that customers call: where each comes from and what is done with its calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.centre.routing import Document, Language, Name, Title

E164 = Annotated[
    str,
    Field(pattern=r"^\+[1-9][0-9]{6,14}$", description="a telephone number in full (ITU-T E.164), as in +48221234567"),
]


class Number(Document):
    """A number of ours. The number may be from one operator and the system behind it from another."""

    number: E164
    title: Title
    flow: Name = Field(description="one of `flows`, which its callers go through")
    provider: Name = Field(default="twilio", description="the account that carries its calls, as the settings call it")
    lines: int = Field(default=10, ge=1, le=10_000, description="calls at once; further callers hear that it is busy")
    site: Name | None = Field(default=None, description="one of the centre's `sites`, where its work belongs")
    language: Language = Field(default="en", description="in which callers are greeted; one of the flow's `languages`")
