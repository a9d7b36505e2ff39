"""Parts of a thing over HTTP, so that a player can seek (RFC 9110 section 14).

One range of bytes is served; what asks for several, or is not understood, gets the whole, as the RFC allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi.responses import Response

from web.problem import Problem

#: `bytes=0-499`, `bytes=500-`, `bytes=-500`; longer numbers than these lie behind any end.
_ONE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


def partial(
    content: bytes, media_type: str, headers: Mapping[str, str], *, etag: str, wanted: str = "", unless: str = ""
) -> Response:
    """The response to a GET: 206 with the `wanted` range (the field Range), else the whole.

    `etag`: the opaque part of a strong validator; a range that is wanted of another version (`unless`, the field
    If-Range) is the whole of this one. Raises `Problem` 416 for a range that begins behind the end.
    """
    told = {**headers, "Accept-Ranges": "bytes", "ETag": f'"{etag}"'}
    span = _span(wanted, len(content)) if unless in ("", f'"{etag}"') else None
    if span is None:
        return Response(content, media_type=media_type, headers=told)
    first, last = span
    told["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], status_code=206, media_type=media_type, headers=told)


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte, None for the whole. Raises `Problem` 416."""
    found = _ONE.fullmatch(wanted.strip())
    if found is None or found.groups() == ("", ""):
        return None
    begins, ends = found.groups()
    if not begins:
        first, last = max(0, size - int(ends)), size - 1
        satisfiable = int(ends) > 0 and size > 0
    else:
        first, last = int(begins), min(int(ends), size - 1) if ends else size - 1
        if ends and int(ends) < first:
            return None  # no valid range at all (section 14.1.1)
        satisfiable = first < size
    if not satisfiable:
        headers = {"Content-Range": f"bytes */{size}"}
        raise Problem(416, "no_such_range", f"there are {size} bytes; ask for some of them", headers=headers)
    return first, last
