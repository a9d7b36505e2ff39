"""`trunkline measures`, as a person and a script use it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from domain.event import Event, Proposed
from domain.ports import Change
from infra.cli.main import app
from infra.keys.sqlite import SqliteKeyring
from infra.log.sqlite import SqliteLog
from infra.rows.applying import Applier
from infra.rows.port import EVERY_POOL
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from tests.projections.given import as_it_is, happened
from tests.projections.killed import MASTER
from tests.projections.measured import agent_on_duty, answered, configured, left, level, queued

#: Two calls, one of which was left, and a mail nobody replied to yet; a promise of 20 seconds.
HAPPENED: list[Event | tuple[float, Event]] = [
    configured(levels={"promise": level(within=20)}),
    *agent_on_duty(),
    queued("i1", 60),
    *answered("i1", 75),
    queued("i2", 3700),
    left("i2", 3730),
    queued("i3", 3800, channel="email"),
]
MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


async def _write(folder: Path) -> None:
    log, versions = SqliteLog(folder / "log.sqlite", SqliteKeyring(folder / "keys.sqlite", MASTER)), Counter[str]()
    for r in happened(*HAPPENED):
        proposed = Proposed(
            r.event, r.event_id, r.project, r.pool, r.actor, r.occurred_at, r.causation_id, r.correlation_id
        )
        await log.append(Change(r.stream, versions[r.stream], [proposed]))
        versions[r.stream] += 1
    await log.close()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A centre's data folder whose log has a history, and that has no read models yet."""
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_MASTER_KEY", base64.b64encode(MASTER).decode())
    monkeypatch.chdir(tmp_path)
    asyncio.run(_write(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["measures", *arguments])


def as_json(*arguments: str) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["measures"]


def keep_rows(folder: Path, *, upto: int = 1_000) -> None:
    """What a running centre would have written."""
    rows = SqliteRows(folder / "rows.sqlite", tuple(PROJECTIONS.values()))
    for projection in PROJECTIONS.values():
        applier = Applier(rows.live(projection, EVERY_POOL), as_it_is)
        applier.apply(happened(*HAPPENED)[:upto])
        applier.close()
    rows.close()


def test_a_person_gets_a_table_with_every_definition(folder: Path) -> None:
    done = run(*MARCH)
    assert done.exit_code == 0, done.output
    assert "shop: 2026-03-01 00:00+00:00 to 2026-04-01 00:00+00:00 (UTC)" in done.stdout
    words = done.stdout.split()
    assert {"promise", "contacts", "occupancy", "handling"} < set(words)
    assert "50.0% (1/2) !" in done.stdout
    assert "15.0 s" in done.stdout


def test_a_script_gets_one_json_object_with_totals_and_groups(folder: Path) -> None:
    (told,) = as_json(*MARCH, "--by", "channel")
    assert (told["project"], told["zone"], told["definitions"]) == ("shop", "UTC", ["promise"])
    total = told["total"]
    assert (total["contacts"], total["answered"], total["abandoned"], total["waiting"]) == (3, 1, 1, 1)
    assert total["levels"]["promise"] == {
        "met": 1, "missed": 1, "excluded": 0, "level": 0.5, "goal": 0.8, "reached": False,
    }  # fmt: skip
    assert {group["key"]: group["contacts"] for group in told["groups"]} == {"email": 1, "voice": 2}


def test_local_days_and_hours_are_those_of_the_zone_that_is_asked_for(folder: Path) -> None:
    (told,) = as_json(*MARCH, "--by", "hour", "--zone", "Asia/Kolkata")
    assert [group["key"] for group in told["groups"] if group["contacts"]] == [
        "2026-03-02T14:00+05:30",
        "2026-03-02T15:00+05:30",
    ]
    (hour,) = as_json("--from", "2026-03-02T15:30", "--to", "2026-03-02T11:01:00+01:00", "--zone", "Asia/Kolkata")
    assert hour["total"]["contacts"] == 0
    (hour,) = as_json("--from", "2026-03-02T15:30", "--to", "2026-03-02T11:05:00+01:00", "--zone", "Asia/Kolkata")
    assert hour["total"]["contacts"] == 2


@pytest.mark.parametrize("upto", [0, 8, 1_000])
def test_rows_that_are_missing_or_behind_make_no_difference(folder: Path, upto: int) -> None:
    wanted = as_json(*MARCH)
    keep_rows(folder, upto=upto)
    told = as_json(*MARCH)
    for one in (*wanted, *told):
        one.pop("now")
        for name in ("signed_in", "idle"):  # time goes on until the end of the span or now
            one["total"].pop(name)
    assert told == wanted


TRIED = """service_levels:
  patient: {title: Patient, within: 60, abandoned: met_if_early, clock: all_hours}
  promise: {title: Without leavers, within: 20, abandoned: excluded}
"""


def test_definitions_from_a_file_are_tried_beside_the_documents_and_change_nothing(folder: Path) -> None:
    (folder / "tried.yaml").write_text(TRIED)
    (told,) = as_json(*MARCH, "--definitions", "tried.yaml")
    assert {name: one["level"] for name, one in told["total"]["levels"].items()} == {"patient": 1.0, "promise": 1.0}
    (told,) = as_json(*MARCH, "--definitions", "tried.yaml", "--definition", "patient")
    assert told["definitions"] == ["patient"]
    (told,) = as_json(*MARCH)
    assert {name: one["level"] for name, one in told["total"]["levels"].items()} == {"promise": 0.5}


def test_a_fault_in_a_file_of_definitions_is_shown_with_its_line_and_how_to_mend_it(folder: Path) -> None:
    (folder / "tried.yaml").write_text("service_levels:\n  quick: {title: Quick, within: soon}\n")
    done = run(*MARCH, "--definitions", "tried.yaml")
    assert done.exit_code == 1
    assert "tried.yaml:2:33" in done.stderr
    assert "service_levels.quick.within" in done.stderr
    (finding,) = json.loads(run(*MARCH, "--definitions", "tried.yaml", "--json").stdout)["findings"]
    assert (finding["line"], finding["path"]) == (2, "service_levels.quick.within")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "service_levels:\n  a: {title: A, within: 9, queues: [halp]}\n",
            "there is no queue 'halp' in the project 'shop'",
        ),
        ("service_levels:\n  a: {title: A, within: 9, channels: [fax]}\n", "there is no channel 'fax'"),
        ("service_levels: {}\n", "service_levels"),
        ("levels: {}\n", "service_levels"),
        ("", "the file is empty"),
        ("service_levels: [", "tried.yaml:1"),
    ],
)
def test_what_cannot_be_meant_in_a_file_of_definitions_is_named(folder: Path, written: str, said: str) -> None:
    (folder / "tried.yaml").write_text(written)
    done = run(*MARCH, "--definitions", "tried.yaml")
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_file_that_cannot_be_read_is_named(folder: Path) -> None:
    done = run("--definitions", "nowhere.yaml")
    assert done.exit_code == 2
    assert "nowhere.yaml: cannot be read: No such file or directory" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--project", "shap"), "there is no project 'shap' in this log: did you mean 'shop'?"),
        (("--definition", "promis"), "there is no definition 'promis' for the project 'shop': did you mean 'promise'?"),
        (("--by", "colour"), "--by 'colour' is none of queue, channel, site, agent, hour, day"),
        (("--from", "yesterday"), "--from 'yesterday' is no moment; write it as in 2026-03-01"),
        (("--to", "2026-02-30"), "--to '2026-02-30' is no moment"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "before it begins"),
        (("--from", "2020-01-01", "--to", "2026-03-01"), "longer than 400 days"),
        (("--zone", "Mars/Olympus"), "'Mars/Olympus' is no time zone; give an IANA name"),
    ],
)
def test_a_request_that_makes_no_sense_is_answered_with_what_would(
    folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_a_log_without_a_project_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_MASTER_KEY", base64.b64encode(MASTER).decode())
    monkeypatch.chdir(tmp_path)
    log = SqliteLog(tmp_path / "log.sqlite", SqliteKeyring(tmp_path / "keys.sqlite", MASTER))
    asyncio.run(log.close())
    done = run()
    assert done.exit_code == 1
    assert "no project was ever configured in this log" in done.stderr
