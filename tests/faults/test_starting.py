"""What a centre says that cannot start, and that nobody else suffers from it."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing

import httpx2
import pytest

from tests.faults.life import Life
from tests.faults.serving import Done, run

pytestmark = pytest.mark.timeout(240)
#: The exit code of `infra.cli.main`: the settings, the log or a store cannot be used.
UNUSABLE = 3


def refused(ended: Done) -> str:
    """What was said, in a sentence and without a stack trace."""
    assert ended.code == UNUSABLE, ended
    assert "Traceback" not in ended.err
    return ended.err


async def test_a_second_centre_on_the_same_data_is_refused_and_told_who_has_it(life):
    await life.centre.start()
    await life.centre.ready()
    said = refused(await run(life.centre.settings, life.centre.nursery, "serve"))
    assert f"process {life.centre.pid} " in said
    assert "One process at a time" in said
    async with httpx2.AsyncClient(base_url=life.centre.url, trust_env=False, timeout=60) as client:
        assert (await client.get("/readyz")).status_code == 200
    desk = life.desk("supervisor")
    contact = {"kind": "email", "address": "after@refusal.example"}
    path = f"/api/projects/{life.clerk.project}/customers"
    assert await desk.post(path, {"name": "After", "language": "en", "contacts": [contact]})
    await desk.close()
    assert await life.centre.stop() == 0


@pytest.mark.parametrize("part", [0.3, 0.9])
async def test_a_log_that_was_cut_is_refused_with_what_to_do(life, part):
    log = life.centre.settings.data / "log.sqlite"
    with closing(sqlite3.connect(log)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(log, int(log.stat().st_size * part))
    said = refused(await run(life.centre.settings, life.centre.nursery, "serve"))
    assert "was cut short" in said
    assert "restore it from a backup" in said


async def test_damaged_read_models_are_refused_with_what_to_do(life):
    rows = life.centre.settings.data / "rows.sqlite"
    rows.write_bytes(b"this is no database, " * 1000)
    for beside in ("-wal", "-shm"):
        rows.with_name(rows.name + beside).unlink(missing_ok=True)
    said = refused(await run(life.centre.settings, life.centre.nursery, "serve"))
    assert "read models" in said
    assert "trunkline rebuild" in said


async def test_damaged_accounts_are_refused_in_a_sentence(life):
    accounts = life.centre.settings.data / "accounts.sqlite"
    accounts.write_bytes(b"this is no database, " * 1000)
    for beside in ("-wal", "-shm"):
        accounts.with_name(accounts.name + beside).unlink(missing_ok=True)
    assert "accounts" in refused(await run(life.centre.settings, life.centre.nursery, "serve"))


async def test_a_wrong_master_key_is_refused_in_a_sentence(life):
    from base64 import b64encode

    key = life.centre.settings.data / "master.key"
    key.write_bytes(b64encode(bytes(range(32))) + b"\n")
    assert "another master key" in refused(await run(life.centre.settings, life.centre.nursery, "serve"))


def put_event_of_the_future(life: Life, wire: str) -> int:
    """Append an event that this version does not know, as a newer version would have; its position."""
    with closing(sqlite3.connect(life.centre.settings.data / "log.sqlite")) as connection:
        cursor = connection.execute(
            "SELECT * FROM stored_events WHERE originator_id LIKE 'agent-%' ORDER BY rowid DESC LIMIT 1"
        )
        columns = [column[0] for column in cursor.description]
        row = dict(zip(columns, cursor.fetchone(), strict=True))
        (head,) = connection.execute("SELECT max(rowid) FROM stored_events").fetchone()
        row["rowid"] = head + 1
        row["originator_id"], row["originator_version"], row["topic"] = "agent-of-the-future", 1, wire
        names = ", ".join(columns)
        marks = ", ".join("?" * len(columns))
        with connection:
            done = connection.execute(
                f"INSERT INTO stored_events ({names}) VALUES ({marks})", [row[c] for c in columns]
            )
        assert done.lastrowid is not None
        return done.lastrowid


@pytest.mark.parametrize("wire", ["agent.levitated.v1", "agent.registered.v99"])
async def test_a_log_with_an_event_of_a_newer_version_is_told_of_and_not_routed_on_but_can_be_exported(life, wire):
    position = put_event_of_the_future(life, wire)
    settings = life.centre.settings
    said = refused(await run(settings, life.centre.nursery, "serve"))
    assert wire in said
    assert "newer Trunkline: upgrade" in said
    exported = await run(settings, life.centre.nursery, "log", "export", str(settings.data / "export.jsonl"))
    assert exported.code == 0, exported
    lines = (settings.data / "export.jsonl").read_text().splitlines()
    assert any(wire in line for line in lines)
    verified = await run(settings, life.centre.nursery, "log", "verify", "--json")
    assert verified.code == 1
    faults = json.loads(verified.out)["first_faults"]
    assert {fault["position"] for fault in faults} == {position}
    shown = await run(settings, life.centre.nursery, "log", "show", "centre-three_sites")
    assert shown.code == 0, shown
    there = await run(settings, life.centre.nursery, "log", "show", str(position))
    assert wire in there.out + there.err
    assert "Traceback" not in there.err
