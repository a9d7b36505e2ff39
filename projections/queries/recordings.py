"""Recordings: found by project, customer, agent or interaction, and those whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from projections.reading import MAX_PAGE, Page, Reader, View, read_cursor, reads, write_cursor


class RecordingView(View):
    """A recording. `kind`: conversation or message; `status`: running, ended, stored, removed or given_up.

    `seconds` long, `size` in bytes; `recipient`: whom a message is for. `reference`: where the sound lies.
    """

    recording_id: str
    interaction_id: str
    leg: str
    customer_id: str
    agent_id: str
    kind: str
    status: str
    consent: str
    began: datetime
    stored_at: datetime | None
    seconds: float
    size: int
    media_type: str
    recipient: str
    project: str
    reference: str


@reads("recordings")
def recording(read: Reader, recording_id: str) -> RecordingView | None:
    """One recording."""
    row = read.get("recordings", (recording_id,))
    return None if row is None else RecordingView.of(row)


@reads("recordings")
def recordings(
    read: Reader,
    project: str,
    *,
    customer_id: str = "",
    agent_id: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RecordingView]:
    """A project's recordings, the newest first; of one customer, else of one agent, where they are named.

    Raises `BadCursor`.
    """
    limit = max(1, min(limit, MAX_PAGE))
    where = {"project": project}
    if customer_id:
        where["customer_id"] = customer_id
    elif agent_id:
        where["agent_id"] = agent_id
    after = read_cursor(cursor, int) if cursor else None
    rows = read.scan("recordings", where, ("position",), after=after, limit=limit + 1, descending=True)
    page = rows[:limit]
    following = write_cursor(page[-1]["position"]) if len(rows) > limit else None
    return Page(items=tuple(map(RecordingView.of, page)), next=following)


@reads("recordings")
def recordings_of(read: Reader, interaction_id: str) -> tuple[RecordingView, ...]:
    """What was recorded in one interaction, in order."""
    rows = read.scan("recordings", {"interaction_id": interaction_id}, ("position",), limit=MAX_PAGE)
    return tuple(map(RecordingView.of, rows))


@reads("recordings")
def kept_before(read: Reader, project: str, before: datetime) -> Sequence[RecordingView]:
    """Stored before a time, the oldest first; at most a page."""
    where = {"project": project, "status": "stored"}
    rows = read.scan("recordings", where, ("stored_at", "recording_id"), until=before, limit=MAX_PAGE)
    return tuple(map(RecordingView.of, rows))
