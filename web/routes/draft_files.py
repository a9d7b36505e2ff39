"""Files that somebody adds to a reply while writing it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel

from domain.enclosing import MOST_BYTES, MOST_FILES, check
from web.access import Caller, Permission
from web.doors import Wired
from web.drafts import DraftFile
from web.going_along import place_of
from web.guard import Requires
from web.letters import File
from web.sending import COMMAND_PROBLEMS

router = APIRouter(
    prefix="/api/projects/{project}/interactions/{interaction_id}/drafts/reply/files",
    tags=["desk"],
    responses=COMMAND_PROBLEMS,
)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
FileId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
FileName = Annotated[str, Query(min_length=1, max_length=500, description="What the file is called.")]
_BYTES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes; `Content-Type` says what they are.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class DraftFileView(BaseModel):
    """`size` in bytes."""

    file_id: str
    name: str
    media_type: str
    size: int


class DraftFilesView(BaseModel):
    """Files in the order they were added; at most `most` go along with a reply, of `most_bytes` together."""

    files: list[DraftFileView]
    most: int
    most_bytes: int


def _view(one: DraftFile) -> DraftFileView:
    file = one.named.file
    return DraftFileView(file_id=one.file_id, name=one.named.name, media_type=file.media_type, size=file.size)


@router.get("")
async def get_draft_files(project: str, interaction_id: str, caller: Working, doors: Wired) -> DraftFilesView:
    """The files of one's own draft of a reply, which goes out with those that it names."""
    place = await place_of(doors, project, interaction_id, "reply", caller)
    files = [_view(one) for one in await doors.draft_files.all(place)]
    return DraftFilesView(files=files, most=MOST_FILES, most_bytes=MOST_BYTES)


@router.put("/{file_id}", openapi_extra=_BYTES)
async def put_draft_file(
    project: str, interaction_id: str, file_id: FileId, name: FileName, request: Request, caller: Working, doors: Wired
) -> DraftFileView:
    """Add a file under an id of your choice, such as a UUID; the same again changes nothing.

    Refused with a sentence where it is too large, one too many, or the scanner finds something in it.
    """
    place = await place_of(doors, project, interaction_id, "reply", caller)
    length = request.headers.get("content-length", "")
    # said before anything is sent, where a browser tells it: what is read is bounded all the same
    if length.isdecimal() and int(length) > MOST_BYTES:
        check([("file", int(length))])
    file = File(name, request.headers.get("content-type", ""), await request.body())
    return _view(await doors.draft_files.add(place, file_id, file, doors.clock()))


@router.delete("/{file_id}", status_code=204)
async def delete_draft_file(project: str, interaction_id: str, file_id: FileId, caller: Working, doors: Wired) -> None:
    """Take a file away again."""
    place = await place_of(doors, project, interaction_id, "reply", caller)
    await doors.draft_files.remove(place, file_id)
