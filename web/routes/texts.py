"""Texts as they are written: what one will cost before it is sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from web.access import Caller, Permission
from web.bodies import Body
from web.doors import Wired
from web.guard import Requires
from web.problem import Problem
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api/sms", tags=["texts"], responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 422)}
)
Writing = Annotated[Caller, Depends(Requires(Permission.READ_PRESENCE))]


class TextBody(Body):
    text: str = Field(max_length=10_000, examples=["It’s ready – come any time"])


class Part(BaseModel):
    """One short message; `units` are septets for GSM-7 and 16-bit units for UCS-2."""

    text: str
    units: int


class Culprit(BaseModel):
    """A character that forces UCS-2. `substitute`: null, nothing says the same; empty, it can be left out."""

    character: str
    code_point: str
    name: str
    count: int
    first: int
    substitute: str | None


class Suggestion(BaseModel):
    """The same in the cheaper encoding. Only to be shown: an accent can change what a word says."""

    text: str
    encoding: str
    segments: int


class TextPreview(BaseModel):
    """`segments`: how many messages will be paid for. `units_left`: room in the last one."""

    encoding: str
    segments: int
    characters: int
    units_used: int
    units_left: int
    units_per_segment: int
    parts: tuple[Part, ...]
    forcing: tuple[Culprit, ...]
    suggestion: Suggestion | None


@router.post("/segments")
async def text_segments(body: TextBody, caller: Writing, doors: Wired) -> TextPreview:
    """What a text will be sent as (3GPP TS 23.038, 23.040); nothing is sent."""
    try:
        return TextPreview.model_validate(doors.preview_text(body.text))
    except ValueError as fault:
        raise Problem(422, "unsendable", str(fault)) from fault
