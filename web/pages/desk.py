"""The browser desk: one page, and the files of its bundle as they were built and compressed beforehand.

Files are named by their content, so a browser keeps them for ever; the page itself is asked for each time and
names those of its own version. `web/desk/build.py` builds both.
"""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response

from web.doors import Doors, Wired
from web.guard import public
from web.middleware import CONTENT_SECURITY_POLICY
from web.problem import Problem, not_found, unavailable

router = APIRouter(prefix="/desk", dependencies=[Depends(public)], include_in_schema=False)

BUNDLE = Path(__file__).parents[1] / "static" / "desk"
#: What customers wrote is framed from this server, recordings are played from it, and the stream runs in a worker of
#: it; nothing else.
POLICY = f"{CONTENT_SECURITY_POLICY}; worker-src 'self'; frame-src 'self'; media-src 'self'"
#: A conversation is heard from the browser itself.
SOUND = " mediastream:"
FOR_EVER = "public, max-age=31536000, immutable"
_ASSET = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
#: Best first: the name in Accept-Encoding (RFC 9110 section 12.5.3) and the ending of the file.
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def accepted(header: str) -> set[str]:
    """The encodings that an Accept-Encoding header takes; `*` is not counted, a weight of 0 refuses."""
    taken = set[str]()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if not re.fullmatch(r"q=0(\.0*)?", weight.strip()):
            taken.add(name.strip())
    return taken


def _file(path: Path, media_type: str, request: Request, headers: dict[str, str]) -> Response:
    """The file, compressed in the best way that the browser takes."""
    taken = accepted(request.headers.get("accept-encoding", ""))
    headers = {**headers, "Vary": "Accept-Encoding"}
    for encoding, ending in ENCODINGS:
        packed = path.with_name(path.name + ending)
        if encoding in taken and packed.is_file():
            return FileResponse(packed, media_type=media_type, headers={**headers, "Content-Encoding": encoding})
    return FileResponse(path, media_type=media_type, headers=headers)


def policy(doors: Doors) -> str:
    """The page's own; where browsers are telephones it may reach their providers too, and nothing else."""
    if not doors.telephone_sources:
        return POLICY
    opened = f"connect-src 'self' {' '.join(doors.telephone_sources)}"
    return POLICY.replace("connect-src 'self'", opened) + SOUND


@router.get("/assets/{name}")
async def desk_asset(name: str, request: Request) -> Response:
    """A file of the bundle."""
    path = BUNDLE / "assets" / name
    kind = name.rpartition(".")[2]
    if not _ASSET.fullmatch(name) or kind not in TYPES or not path.is_file():
        raise not_found("file", name)
    return _file(path, TYPES[kind], request, {"Cache-Control": FOR_EVER})


@router.get("")
@router.get("/{place:path}")
async def desk_page(request: Request, doors: Wired, place: str = "") -> Response:
    """The page, wherever in it somebody wants to be: what it shows there is the browser's business."""
    if place.startswith("assets/"):
        raise Problem(404, "no_such_address", "nothing is served at this address")
    page = BUNDLE / "index.html"
    if not page.is_file():
        raise unavailable("no_desk", "the desk has not been built here; run `make install`, or install a wheel")
    return _file(page, "text/html; charset=utf-8", request, {"Content-Security-Policy": policy(doors)})
