"""How much there is, how fast it grows, and what that comes to: counted from the log's own times.

`recorded_at` never decreases along the positions, so a moment is found by halving; a day's events are the positions
between two moments. Bytes are measured on a sample, evenly spread, and on the stores themselves.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from domain.ports import LogUnavailable
from infra.log.opened import sqlite_path
from infra.log.rows import RowStore
from infra.settings import Settings

DAY = timedelta(days=1)
#: Events looked at for their size, and at once.
SAMPLE, PORTION = 2_000, 100


@dataclass(frozen=True, slots=True)
class Day:
    """Events recorded in the 24 hours up to `until`."""

    until: str
    events: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes by store, events by day (newest first), and what a month and a year at the present pace add."""

    events: int
    stores: dict[str, int]
    days: list[Day]
    bytes_per_event: float
    events_per_day: float
    bytes_per_day: float
    bytes_in_30_days: float
    bytes_in_365_days: float
    kinds: dict[str, float]


async def growth(settings: Settings, log: RowStore, now: datetime, days: int = 30) -> Growth:
    """Raises `LogUnavailable`, `OSError`."""
    head = await log.head()
    found = await _days(log, head, now, days)
    sizes = await asyncio.to_thread(_sizes, settings)
    kinds, state = await _sample(log, head)
    pace = sum(day.events for day in found) / max(1, sum(1 for day in found if day.events))
    each = sum(sizes.values()) / head if head else 0.0
    return Growth(
        events=head,
        stores=sizes,
        days=found,
        bytes_per_event=state,
        events_per_day=pace,
        bytes_per_day=pace * each,
        bytes_in_30_days=30 * pace * each,
        bytes_in_365_days=365 * pace * each,
        kinds=kinds,
    )


async def _days(log: RowStore, head: int, now: datetime, days: int) -> list[Day]:
    found: list[Day] = []
    upper = head
    for number in range(days):
        until = now - number * DAY
        lower = await position_at(log, head, until - DAY)
        found.append(Day(until.isoformat(timespec="minutes"), upper - lower))
        upper = lower
        if not lower:
            break
    return found


async def position_at(log: RowStore, head: int, moment: datetime) -> int:
    """The last position recorded before a moment, 0 where there is none."""
    low, high = 0, head
    while low < high:
        middle = (low + high + 1) // 2
        # positions may skip: the first event from here on tells the time of the place
        row = (await log.rows(middle - 1, 1))[0]
        if row.recorded_at < moment:
            low = min(row.position, high)
        else:
            high = middle - 1
    return low


async def _sample(log: RowStore, head: int) -> tuple[dict[str, float], float]:
    """Each kind's share of the bytes, largest first, and the mean bytes of an event."""
    sizes: Counter[str] = Counter()
    count = 0
    for after in range(0, head, max(PORTION, head * PORTION // SAMPLE)):
        for row in await log.rows(after, PORTION):
            sizes[row.wire] += len(row.state)
            count += 1
    total = sum(sizes.values())
    return {wire: size / total for wire, size in sizes.most_common(20)}, total / count if count else 0.0


def _sizes(settings: Settings) -> dict[str, int]:
    urls = {
        "log": settings.log_url,
        "rows": settings.rows_location,
        "keys": settings.keyring_url,
        "accounts": settings.accounts_location,
    }
    found: dict[str, int] = {}
    for name, url in urls.items():
        if url not in list(urls.values())[: list(urls).index(name)]:  # one database may hold several
            found[name] = _size(url)
    found["attachments"] = _folder(settings.blobs_folder)
    return found


def _size(url: str) -> int:
    if url == "memory:":
        return 0
    if url.startswith("sqlite:"):
        path = sqlite_path(url)
        files = (path, path.with_name(path.name + "-wal"))
        return sum(one.stat().st_size for one in files if one.exists())
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
            return int(row[0]) if row else 0
    except psycopg.Error as fault:
        raise LogUnavailable(f"a database cannot be measured: {fault}") from fault


def _folder(folder: Path) -> int:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) if folder.is_dir() else 0
