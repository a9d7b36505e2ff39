"""Files of messages, to be saved: a browser never shows one in our own name."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from domain.enclosing import from_event
from domain.interaction.events import MessageSent
from web.doors import Doors
from web.problem import not_found


def to_be_saved(name: str, content: bytes) -> Response:
    """The name as RFC 6266 section 4.3 and RFC 8187 have it."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


async def sent_file(doors: Doors, event: MessageSent, number: int) -> Response:
    """A file of a reply, which is opened, by its number from 1. Raises `Problem` 404 where it is gone or never was."""
    files = from_event(event.files, event.file_names)
    wanted = files[number - 1] if 0 < number <= len(files) else None
    if wanted is not None and wanted.name:
        content = await doors.letters.file(wanted.file.owner, wanted.file.reference)
        if content is not None:
            return to_be_saved(wanted.name, content)
    raise not_found("attachment", str(number))
