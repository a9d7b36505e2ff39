"""What tests of the customers' pages have in common."""

from __future__ import annotations

import re

from tests.web.running import Client, Running

SCANNERS = (
    {},
    {"User-Agent": "Mozilla/5.0 (compatible; LinkScanner/1.0)", "Sec-Purpose": "prefetch"},
    {"Purpose": "prefetch", "X-Moz": "prefetch"},
)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name} on the page"
    return found[1]


def checked(page: str, name: str) -> str | None:
    found = re.search(rf'name="{name}" value="(\d)" checked', page)
    return found[1] if found else None


def link(web: Running, kind: str, ticket_id: str) -> str:
    now = web.clock()
    url = web.doors.links.ticket_url(ticket_id, now)
    if kind == "rating":
        url = web.doors.links.rating_url(ticket_id, "agent", now)
    return url.removeprefix(web.doors.settings.base_url)


async def scanned(web: Running, client: Client, path: str) -> None:
    """Visit a page as programs do that check or prefetch links."""
    for headers in SCANNERS:
        for method in ("GET", "HEAD"):
            assert (await client.request(method, path, headers=headers)).status_code == 200
