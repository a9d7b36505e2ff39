"""`trunkline rebuild`, as a person and a script use it."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from infra.cli.main import app
from infra.keys.sqlite import SqliteKeyring
from infra.log.opening import KeyOpener
from infra.log.sqlite import SqliteLog
from infra.rows.sqlite import SqliteRows
from projections.catalogue import PROJECTIONS
from tests.projections.given import project
from tests.projections.happenings import happen
from tests.projections.histories import Centre
from tests.projections.killed import MASTER

EVERY = tuple(PROJECTIONS.values())


async def _live(folder: Path) -> int:
    keyring = SqliteKeyring(folder / "keys.sqlite", MASTER)
    centre = Centre(51, log=SqliteLog(folder / "log.sqlite", keyring), keyring=keyring)
    await happen(await centre.configure(), 60)
    store = SqliteRows(folder / "rows.sqlite", EVERY)
    history = await centre.log.read(0, 100_000)
    project(store, history, KeyOpener(keyring))
    store.close()
    await centre.log.close()
    return len(history)


@pytest.fixture
def head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A centre's data folder with a history and read models; how many events there are."""
    monkeypatch.setenv("TRUNKLINE_DATA", str(tmp_path))
    monkeypatch.setenv("TRUNKLINE_MASTER_KEY", base64.b64encode(MASTER).decode())
    monkeypatch.chdir(tmp_path)
    return asyncio.run(_live(tmp_path))


def test_every_read_model_is_rebuilt_and_each_is_told_on_a_line(head: int) -> None:
    done = CliRunner().invoke(app, ["rebuild"])
    assert done.exit_code == 0, done.output
    for name in PROJECTIONS:
        assert f"{name}: rebuilt from {head} events up to position {head}" in done.stdout


def test_a_script_gets_json_for_the_one_it_names(head: int) -> None:
    done = CliRunner().invoke(app, ["rebuild", "ticket_board", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "projection": "ticket_board",
        "position": head,
        "events": head,
        "resumed_at": 0,
        "differences": [],
    }


def test_verifying_says_that_rows_are_what_the_log_says_and_changes_nothing(head: int, tmp_path: Path) -> None:
    before = _tables(tmp_path)
    done = CliRunner().invoke(app, ["rebuild", "--verify"])
    assert done.exit_code == 0, done.output
    assert f"customer_history: live rows equal the log up to position {head}" in done.stdout
    assert _tables(tmp_path) == before


def test_a_row_changed_by_hand_is_found_named_by_its_table_and_mended_by_a_rebuild(head: int, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "rows.sqlite") as rows:
        rows.execute("UPDATE agents SET used = used + 1 WHERE agent_id = 'anna'")
    rows.close()
    found = CliRunner().invoke(app, ["rebuild", "agent_board", "--verify"])
    assert found.exit_code == 1
    assert "agents: 1 only live, 1 only rebuilt. Run `trunkline rebuild agent_board`" in found.stdout
    assert CliRunner().invoke(app, ["rebuild", "agent_board"]).exit_code == 0
    assert CliRunner().invoke(app, ["rebuild", "agent_board", "--verify"]).exit_code == 0


def test_a_read_model_that_does_not_exist_is_refused_with_those_that_do(head: int) -> None:
    done = CliRunner().invoke(app, ["rebuild", "tickets"])
    assert done.exit_code == 2
    assert "there is no read model tickets" in done.stderr
    assert "ticket_board" in done.stderr


def test_a_damaged_file_of_rows_says_what_to_do_and_can_be_made_anew(head: int, tmp_path: Path) -> None:
    for file in tmp_path.glob("rows.sqlite*"):
        file.write_bytes(b"this is not a database, not in the least" * 200)
    done = CliRunner().invoke(app, ["rebuild"])
    assert done.exit_code == 3
    assert "delete the file and run `trunkline rebuild`" in " ".join(done.stderr.split())
    for file in tmp_path.glob("rows.sqlite*"):
        file.unlink()
    assert CliRunner().invoke(app, ["rebuild"]).exit_code == 0
    assert CliRunner().invoke(app, ["rebuild", "--verify"]).exit_code == 0


def _tables(folder: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(folder / "rows.sqlite")
    try:
        return sorted(connection.execute("SELECT type, name FROM sqlite_master").fetchall())
    finally:
        connection.close()
