"""`trunkline staffing` without numbers takes them from the centre's log."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from domain.event import Proposed, Recorded
from domain.ports import Change
from infra.cli.staffing import staffing
from infra.keys.sqlite import SqliteKeyring
from infra.log.sqlite import SqliteLog
from infra.simulate.engine import Simulation
from router import Router
from tests.simulate.building import callers, scenario

MASTER = bytes(range(32))
app = typer.Typer()
app.command()(staffing)
app.command()(lambda: None)


class Taped(Router):
    """The router, and everything it folded."""

    def __init__(self) -> None:
        super().__init__("simulated")
        self.tape: list[Recorded] = []

    def fold(self, recorded: Recorded) -> None:
        super().fold(recorded)
        self.tape.append(recorded)


def changes(tape: list[Recorded]) -> list[Change]:
    """The interactions of a run, as their streams would be appended."""
    streams: dict[str, list[Proposed]] = {}
    for one in tape:
        interaction_id = getattr(one.event, "interaction_id", "")
        if interaction_id and one.stream == interaction_id:
            event = type(one.event).model_validate(one.event.model_dump())  # as the log demands them
            meta = {"event_id": f"00000000-0000-7000-8000-{one.position:012d}", "actor": "test", "causation_id": ""}
            proposed = Proposed(event=event, project="shop", pool="simulated", occurred_at=one.occurred_at,
                                correlation_id=interaction_id, **meta)  # fmt: skip
            streams.setdefault(f"interaction-{interaction_id}", []).append(proposed)
    return [Change(stream, 0, events) for stream, events in streams.items()]


async def _filled(folder: Path, tape: list[Recorded]) -> None:
    keyring = SqliteKeyring(folder / "keys.sqlite", MASTER)
    log = SqliteLog(folder / "log.sqlite", keyring)
    await log.append(*changes(tape))
    await log.close()


@pytest.fixture
def busy_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log with a day of 60 calls an hour, two minutes each, patience three minutes, on three agents."""
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_MASTER_KEY", base64.b64encode(MASTER).decode())
    monkeypatch.chdir(tmp_path)
    router = Taped()
    document = scenario(run={"length": 86_400}, classes={"c": callers(patience={"exponential": 180})})
    Simulation(document, {}, 3, router=router).run()
    asyncio.run(_filled(tmp_path, router.tape))


def rows(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["staffing", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)["rows"]


@pytest.mark.usefixtures("busy_day")
def test_each_interval_of_the_average_day_gets_its_own_agents() -> None:
    day = [row for row in rows("--interval", "3600") if row["start"] < "23:00"]
    assert [row["start"] for row in day[:3]] == ["00:00", "01:00", "02:00"]
    assert sum(row["per_hour"] for row in day) / len(day) == pytest.approx(60, rel=0.1)
    assert day[0]["patience"] == pytest.approx(180, rel=0.25)
    assert all(row["queue"] == "shop/calls" and row["channel"] == "voice" for row in day)
    assert all(row["answered_within"] >= 0.8 and row["agents"] >= 2 for row in day)


@pytest.mark.usefixtures("busy_day")
def test_moments_and_queues_narrow_what_is_looked_at() -> None:
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    times = [f"{at:%Y-%m-%dT%H:%M:%S}" for at in (start, start + timedelta(hours=2))]
    found = rows("--since", times[0], "--until", times[1], "--queue", "shop/calls")
    assert [row["start"] for row in found] == ["06:00", "06:30", "07:00", "07:30"]
    done = CliRunner().invoke(app, ["staffing", "--queue", "shop/mails"])
    assert done.exit_code == 1
    assert "the log tells of no finished work here" in done.stderr


def test_an_interval_that_does_not_divide_the_day_is_refused() -> None:
    done = CliRunner().invoke(app, ["staffing", "--interval", "1700"])
    assert done.exit_code == 1
    assert "--interval must divide a day, 1700 s do not" in done.stderr
