"""A customer's mail as it was written, for the reader who wants to see it: harmless, and silent unless asked.

The HTML is a document of its own with a policy of its own: no script, no form, no style sheet or frame from
anywhere, and remote images only once somebody has asked for them, since fetching them tells the sender.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from domain.enclosing import from_event
from domain.interaction.events import MessageReceived, MessageSent
from domain.stream import stream_of
from web.access import Caller, Permission
from web.doors import Doors, Wired
from web.guard import Requires, of_project
from web.letters import Letter
from web.problem import Problem, not_found
from web.saving import sent_file, to_be_saved
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api/projects/{project}/interactions/{interaction_id}/messages/{position}",
    tags=["interactions"],
    responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 404, 422, 503)},
)
Reading = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]
#: A log position: no greater number is one, in any store.
Position = Annotated[int, Path(ge=1, le=2**62)]
Images = Annotated[Literal["none", "remote"], Query(description="`remote`: with the pictures from elsewhere.")]

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {images}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><base target="_blank">
<style>
:root {{ color-scheme: light; }}
body {{ margin: 0; padding: 12px; background: #fff; color: #17211f; overflow-wrap: anywhere; }}
body {{ font: 14px/1.5 system-ui, sans-serif; }}
img {{ max-width: 100%; height: auto; }}
table {{ max-width: 100%; }}
blockquote {{ margin: 8px 0; padding-left: 10px; border-left: 3px solid #d8dfdd; color: #55635f; }}
</style></head><body>{html}</body></html>"""


class EnclosureView(BaseModel):
    number: int
    name: str
    media_type: str
    size: int


class MeetingView(BaseModel):
    """What a calendar that came along asks or tells (RFC 5546).

    `begins`, `ends`: ISO 8601, a bare date for whole days (`ends` is the last of them), without an offset for the clock
    on the wall of `zone`; empty where the calendar does not tell. `repeats`: the rule as written (RFC 5545).
    """

    method: str
    summary: str
    begins: str
    ends: str
    zone: str
    place: str
    organizer: str
    repeats: str


class LetterView(BaseModel):
    """What there is to a message beside its text. `html`: it was written as HTML, which can be shown."""

    html: bool
    remote_images: int
    attachments: list[EnclosureView]
    meetings: list[MeetingView] = []


async def _message(doors: Doors, project: str, interaction_id: str, position: int) -> MessageReceived | MessageSent:
    await of_project(doors, project, "interaction", interaction_id)
    found = await doors.log.read(position - 1, 1, streams=[stream_of("interaction", interaction_id)])
    if not found or found[0].position != position:
        raise not_found("message", str(position))
    event = doors.opener(found[0].event)
    if not isinstance(event, MessageReceived | MessageSent):
        raise not_found("message", str(position))
    return event


async def _letter(doors: Doors, event: MessageReceived | MessageSent) -> Letter | None:
    """The letter of a message; None for a message that was no mail, or whose bytes are gone."""
    if isinstance(event, MessageSent) or not event.raw:
        return None
    return await doors.letters.read(event.customer_id, event.raw, event.faults)


def _of_reply(event: MessageSent) -> list[EnclosureView]:
    """What went along with a reply; nothing of it once its customer was erased."""
    return [
        EnclosureView(number=number, name=one.name, media_type=one.file.media_type, size=one.file.size)
        for number, one in enumerate(from_event(event.files, event.file_names), 1)
        if one.name
    ]


@router.get("")
async def get_message(
    project: str, interaction_id: str, position: Position, caller: Reading, doors: Wired
) -> LetterView:
    """Whether a message, by its log position, has HTML, remote images, attachments and meetings; a reply its files."""
    event = await _message(doors, project, interaction_id, position)
    if isinstance(event, MessageSent):
        return LetterView(html=False, remote_images=0, attachments=_of_reply(event))
    letter = await _letter(doors, event)
    if letter is None:
        return LetterView(html=False, remote_images=0, attachments=[])
    files = [
        EnclosureView(number=one.number, name=one.name, media_type=one.media_type, size=len(one.content))
        for one in letter.enclosures
    ]
    meetings = [MeetingView(**asdict(one)) for one in letter.meetings]
    return LetterView(html=bool(letter.html), remote_images=letter.remote_images, attachments=files, meetings=meetings)


@router.get("/html", response_class=HTMLResponse)
async def get_message_html(
    project: str, interaction_id: str, position: Position, caller: Reading, doors: Wired, images: Images = "none"
) -> HTMLResponse:
    """The message as HTML made harmless, to be shown in a frame."""
    letter = await _letter(doors, await _message(doors, project, interaction_id, position))
    if letter is None or not letter.html:
        raise Problem(404, "not_found", "this message was not written as HTML, or its bytes are gone")
    remote = images == "remote"
    headers = {
        "Content-Security-Policy": _POLICY.format(images="data: https: http:" if remote else "data:"),
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HTMLResponse(_PAGE.format(html=letter.html_remote if remote else letter.html), headers=headers)


@router.get("/attachments/{number}", response_class=Response)
async def get_attachment(
    project: str, interaction_id: str, position: Position, number: int, caller: Reading, doors: Wired
) -> Response:
    """One attachment, to be saved: never shown by the browser in our own name."""
    event = await _message(doors, project, interaction_id, position)
    if isinstance(event, MessageSent):
        return await sent_file(doors, event, number)
    letter = await _letter(doors, event)
    for one in letter.enclosures if letter else ():
        if one.number == number:
            return to_be_saved(one.name, one.content)
    raise not_found("attachment", str(number))
