"""Recordings: found and listened to. Who listens is on record before a sound is heard."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel

from domain.execute import Origin
from domain.ports import RecordingStoreUnavailable
from domain.voice.recordings import PlayRecording
from projections.queries.recordings import RecordingView, recording, recordings, recordings_of
from projections.reading import Page
from web.access import Caller, Permission
from web.doors import Doors, Wired
from web.guard import Requires, of_project
from web.problem import Problem, not_found, unavailable
from web.queries import Ask, Cursor, Limit
from web.ranges import partial
from web.sending import COMMAND_PROBLEMS

router = APIRouter(prefix="/api/projects/{project}", tags=["recordings"], responses=COMMAND_PROBLEMS)
Listening = Annotated[Caller, Depends(Requires(Permission.LISTEN))]
Hearing = Annotated[Caller, Depends(Requires(Permission.HEAR_MESSAGES))]
Customers = Annotated[Caller, Depends(Requires(Permission.READ_CUSTOMERS))]
Identity = Annotated[str, Query(max_length=64)]
Range = Annotated[str, Header(alias="Range", max_length=200, description="A part, as in bytes=0-65535.")]
IfRange = Annotated[str, Header(alias="If-Range", max_length=200, description="The ETag that the part is wanted of.")]
_SOUND: dict[int | str, dict[str, Any]] = {
    200: {"content": {"audio/wav": {}}, "description": "The sound."},
    206: {"content": {"audio/wav": {}}, "description": "The part of it that was asked for."},
    416: {"description": "It is shorter than that."},
}
#: Seconds within which the parts of a recording that somebody hears are one listening on record.
OCCASION = 900


class RecordingItem(BaseModel):
    """A recording, without where it lies."""

    recording_id: str
    interaction_id: str
    leg: str
    customer_id: str
    agent_id: str
    kind: str
    status: str
    consent: str
    began: str
    stored_at: str | None
    seconds: float
    size: int
    media_type: str
    recipient: str


class RecordingItems(BaseModel):
    items: tuple[RecordingItem, ...]


def _item(view: RecordingView) -> RecordingItem:
    return RecordingItem.model_validate(view.model_dump(mode="json", exclude={"project", "reference"}))


@router.get("/recordings")
async def list_recordings(
    project: str,
    caller: Listening,
    ask: Ask,
    customer_id: Identity = "",
    agent_id: Identity = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[RecordingItem]:
    """Conversations and messages that were recorded, the newest first; of one customer, or of one agent."""
    page = await ask(recordings, project, customer_id=customer_id, agent_id=agent_id, cursor=cursor, limit=limit)
    return Page(items=tuple(map(_item, page.items)), next=page.next)


@router.get("/interactions/{interaction_id}/recordings")
async def recordings_of_interaction(
    project: str, interaction_id: str, caller: Customers, doors: Wired, ask: Ask
) -> RecordingItems:
    """What was recorded in one interaction: its conversations, and the messages that were left."""
    await of_project(doors, project, "interaction", interaction_id)
    return RecordingItems(items=tuple(map(_item, await ask(recordings_of, interaction_id))))


@router.get("/recordings/{recording_id}/sound", response_class=Response, responses=_SOUND)
async def play_recording(
    project: str, recording_id: str, caller: Listening, doors: Wired, ask: Ask, part: Range = "", of: IfRange = ""
) -> Response:
    """Listen to a conversation or a message, or to a part of it."""
    return await _play(await _stored(ask, project, recording_id), caller, doors, part, of)


@router.get("/messages/{recording_id}/sound", response_class=Response, responses=_SOUND)
async def play_message(
    project: str, recording_id: str, caller: Hearing, doors: Wired, ask: Ask, part: Range = "", of: IfRange = ""
) -> Response:
    """Listen to a message that a caller left, or to a part of it; conversations are for supervisors."""
    found = await _stored(ask, project, recording_id)
    if found.kind != "message":
        raise not_found("message", recording_id)
    return await _play(found, caller, doors, part, of)


async def _stored(ask: Ask, project: str, recording_id: str) -> RecordingView:
    """Raises `Problem` 404, or 409 where there is no sound (yet, or any more)."""
    found = await ask(recording, recording_id)
    if found is None or found.project != project:
        raise not_found("recording", recording_id)
    if found.status != "stored":
        reasons = {"removed": "it was removed", "given_up": "the provider never handed it over"}
        raise Problem(409, "no_sound", f"there is no sound: {reasons.get(found.status, 'it is not stored yet')}")
    return found


async def _play(found: RecordingView, caller: Caller, doors: Doors, wanted: str, unless: str) -> Response:
    """On record first, then heard. A player that seeks asks for one part after the other: that is listening once."""
    command = PlayRecording(
        recording_id=found.recording_id,
        interaction_id=found.interaction_id,
        customer_id=found.customer_id,
        account_id=caller.account_id,
    )
    origin = Origin(project=found.project, pool=caller.pool, actor=caller.actor)
    once = f"played:{found.recording_id}:{caller.account_id}:{_occasion(doors)}" if wanted else None
    await doors.executor.execute(command, origin, once=once)
    try:
        sound = await doors.recordings.get(found.customer_id, found.reference)
    except (RecordingStoreUnavailable, OSError) as fault:
        raise unavailable("recordings_unavailable", "the store of recordings does not answer; try again") from fault
    except ValueError as fault:
        raise Problem(409, "no_sound", "there is no sound: what is stored was altered or cut; restore it") from fault
    if sound is None:
        raise not_found("sound of recording", found.recording_id)
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'inline; filename="{found.recording_id}.wav"'}
    return partial(sound, found.media_type, headers, etag=found.recording_id, wanted=wanted, unless=unless)


def _occasion(doors: Doors) -> int:
    """The time in which parts of one recording are one listening."""
    return int(doors.clock().timestamp()) // OCCASION
