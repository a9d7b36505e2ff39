"""Whatever is thrown at them together, the backends decide alike: memory, the simplest, is the model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ports import Appended, VersionConflict
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.verify import verify
from tests.conformance.events import rings


class Attempt(NamedTuple):
    """One append: for each stream the version it expects and how many events follow."""

    touches: dict[str, tuple[int, int]]
    once: str | None


touch = st.tuples(st.integers(0, 4), st.integers(0, 2))
attempt = st.builds(
    Attempt,
    st.dictionaries(st.sampled_from(["x", "y", "z"]), touch, min_size=1, max_size=2),
    st.sampled_from([None, None, None, "k", "l"]),
)
#: Groups that are appended at the same time, one group after another.
storms = st.lists(st.lists(attempt, min_size=1, max_size=8), min_size=1, max_size=4)


def outcome(result: object) -> object:
    if isinstance(result, Appended):
        return dict(result.versions), result.replayed
    assert isinstance(result, VersionConflict), result
    return "conflict"


async def weather(log, storm: list[list[Attempt]], prefix: str) -> tuple[list[object], list[tuple[str, int]]]:
    """What became of each append, and the streams in the end."""
    outcomes: list[object] = []
    for group in storm:
        results = await asyncio.gather(
            *(
                log.append(
                    *(rings(f"{prefix}{name}", *touch) for name, touch in each.touches.items()),
                    once=each.once and f"{prefix}{each.once}",
                )
                for each in group
            ),
            return_exceptions=True,
        )
        outcomes.extend(map(outcome, results))
    streams = [await log.read_stream(f"{prefix}{name}") for name in "xyz"]
    return outcomes, [(r.stream, r.version) for stream in streams for r in stream]


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_a_storm_of_appends_ends_alike_in_every_backend(backend, request, tmp_path: Path):
    dsn = request.getfixturevalue("postgres") if backend == "postgres" else ""
    loop = asyncio.Runner()

    async def sqlite() -> SqliteLog:
        return SqliteLog(tmp_path / "log.db", keyring)

    keyring = MemoryKeyring()
    opened = {"sqlite": sqlite, "postgres": lambda: PostgresLog.open(dsn, keyring)}
    log = loop.run(opened[backend]())
    storm_number = iter(range(10_000))

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(storms)
    def agree(storm: list[list[Attempt]]) -> None:
        prefix = f"{next(storm_number)}-"
        assert loop.run(weather(log, storm, prefix)) == loop.run(weather(MemoryLog(keyring), storm, prefix))

    agree()
    assert loop.run(verify(log, log.mapper)).faults == []
    loop.run(log.close())
    loop.close()
