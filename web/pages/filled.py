"""A form with files, as browsers send it (RFC 7578), or without any."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from web.doors import Settings
from web.letters import File

#: Files taken at once; more than `MOST_READ` are not even looked at.
MOST_FILES, MOST_READ, MOST_FIELDS = 5, 20, 20


@dataclass(frozen=True, slots=True)
class Filled:
    """`fault`: what was wrong with the files, none of which is kept then; empty where nothing was."""

    text: str
    form: str
    files: tuple[File, ...] = ()
    fault: str = ""


async def read_form(request: Request, settings: Settings) -> Filled:
    """What somebody filled in. Raises `HTTPException` for what is no form, or larger than anybody may send."""
    limits = {"max_files": MOST_READ, "max_fields": MOST_FIELDS, "max_part_size": settings.max_body}
    async with request.form(**limits) as form:
        given = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
        text, signed = _field(form, "text"), _field(form, "form")[:400]
        if len(given) > MOST_FILES:
            return Filled(text, signed, fault="too_many_files")
        if sum(one.size or 0 for one in given) > settings.max_files:
            return Filled(text, signed, fault="too_large_files")
        files = [File(one.filename or "", one.content_type or "", await one.read()) for one in given]
        return Filled(text, signed, tuple(one for one in files if one.content))


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""
