"""Reading problems (RFC 9457)."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.web.running import PROJECT

TICKETS = f"/api/projects/{PROJECT}/tickets"
CUSTOMERS = f"/api/projects/{PROJECT}/customers"


def problem_of(answer: httpx2.Response) -> dict[str, Any]:
    """The problem that an answer tells; fails for an answer that is none."""
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body.keys() >= {"type", "title", "status", "code", "detail"}
    assert body["status"] == answer.status_code
    return body
