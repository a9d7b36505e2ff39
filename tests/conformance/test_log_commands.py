"""`trunkline log` through its own front door."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.ports import Change
from infra.cli.log import FAULTY, UNUSABLE, log_app
from infra.keys.sqlite import SqliteKeyring
from infra.log.registry import event_schemas, stored_schema
from infra.log.rows import OnceRow
from infra.log.segments import Sealer
from infra.log.sqlite import SqliteLog
from tests.conformance.events import MOMENT, Rang, Wrote, proposed, rings, wrote

MASTER = bytes(range(32))


class Centre:
    """A log and a keyring in a folder, and commands on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite://{folder}/log.db"
        (folder / "master.key").write_bytes(MASTER)

    def fill(self, *changes: Change) -> None:
        asyncio.run(self._fill(changes))

    async def _fill(self, changes: tuple[Change, ...]) -> None:
        keyring = SqliteKeyring(self.folder / "keys.db", MASTER)
        log = SqliteLog(self.folder / "log.db", keyring)
        await log.append(*changes, once="filled")
        await Sealer(log, size=2).seal()
        await log.close()
        keyring.close()

    def run(self, *arguments: str, url: str = "") -> Result:
        options = ["--log", url or self.url, "--keyring", f"sqlite://{self.folder}/keys.db"]
        options += ["--master-key-file", str(self.folder / "master.key")]
        return CliRunner().invoke(log_app, [*options, *arguments])


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    hostile = proposed(Rang(number=9, queue="\x1b[31mred\x07"))
    made.fill(rings("interaction-1", 0, 2), Change("ticket-1", 0, [wrote("c", "my secret", words=2), hostile]))
    return made


def test_tail_shows_each_step_on_a_line_and_no_personal_text(centre):
    shown = centre.run("tail", "--no-follow")
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2", "3", "4"]
    assert "interaction-1@2" in lines[1]
    assert "conformance.rang.v1" in lines[1]
    assert "number=2 queue=billing" in lines[1]
    assert "text=[sealed] words=2" in lines[2]
    assert "secret" not in shown.output


def test_what_a_customer_sent_does_not_steer_the_terminal(centre):
    output = centre.run("tail", "--no-follow").output
    assert "\x1b" not in output
    assert "\\x1b[31mred\\x07" in output


def test_tail_reveals_personal_text_to_who_has_the_keys(centre):
    assert "text=my secret" in centre.run("tail", "--no-follow", "--reveal").output


def test_tail_starts_at_a_position_and_writes_json_lines(centre):
    shown = centre.run("tail", "--no-follow", "--from", "3", "--json")
    documents = [json.loads(line) for line in shown.output.splitlines()]
    assert [document["position"] for document in documents] == [3, 4]
    assert documents[0]["type"] == "conformance.wrote.v1"
    assert set(documents[0]["data"]["text"]) == {"sealed"}
    assert documents[0]["occurred_at"] == MOMENT.isoformat()


def test_tail_of_a_log_that_is_empty_or_read_to_its_end_shows_nothing(tmp_path, centre):
    assert centre.run("tail", "--no-follow", "--from", "5").output == ""
    other = Centre(tmp_path)
    other.url = f"sqlite://{tmp_path}/empty.db"
    asyncio.run(make_empty(tmp_path / "empty.db"))
    shown = other.run("tail", "--no-follow")
    assert (shown.exit_code, shown.output) == (0, "")


async def make_empty(path: Path) -> None:
    from infra.keys.memory import MemoryKeyring

    await SqliteLog(path, MemoryKeyring()).close()


def test_show_gives_one_event_in_full_or_a_whole_stream(centre):
    one = centre.run("show", "3", "--reveal")
    assert "ticket-1" in one.output
    assert "my secret" in one.output
    stream = centre.run("show", "interaction-1", "--json")
    assert [json.loads(line)["version"] for line in stream.output.splitlines()] == [1, 2]


def test_show_of_what_is_not_there_says_so(centre):
    for what in ("99", "no-such-stream"):
        shown = centre.run("show", what)
        assert shown.exit_code == FAULTY
        assert f"nothing at {what}" in shown.output


def test_export_and_import_round_trip_through_files(centre, tmp_path):
    first, second = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert centre.run("export", str(first)).exit_code == 0
    copy = f"sqlite://{tmp_path}/copy.db"
    done = centre.run("import", str(first), url=copy)
    assert (done.exit_code, done.output.strip()) == (0, "4 events and 1 once keys imported")
    assert centre.run("export", str(second), url=copy).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_export_writes_to_standard_output(centre, tmp_path):
    centre.run("export", str(tmp_path / "file.jsonl"))
    shown = centre.run("export", "-")
    assert shown.stdout_bytes == (tmp_path / "file.jsonl").read_bytes()


def test_import_of_a_bad_file_names_the_line(centre, tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_bytes(b'{"format":"trunkline log","version":1}\nnonsense\n')
    done = centre.run("import", str(bad), url=f"sqlite://{tmp_path}/new.db")
    assert done.exit_code == FAULTY
    assert "line 2" in done.output


def test_import_into_a_log_that_is_not_empty_is_refused(centre, tmp_path):
    centre.run("export", str(tmp_path / "file.jsonl"))
    asyncio.run(add_one(tmp_path / "other.db"))
    done = centre.run("import", str(tmp_path / "file.jsonl"), url=f"sqlite://{tmp_path}/other.db")
    assert done.exit_code == FAULTY
    assert "not empty" in done.output


async def add_one(path: Path) -> None:
    from infra.keys.memory import MemoryKeyring

    log = SqliteLog(path, MemoryKeyring())
    await log.append(rings("mine", 0))
    await log.close()


def test_verify_counts_a_sound_log(centre):
    assert "4 events in 2 streams, 2 sealed segments read: the log is sound" in centre.run("verify").output
    report = json.loads(centre.run("verify", "--json").output)
    assert report["sound"]
    assert report["faults"] == 0


def test_verify_tells_faults_and_exits_accordingly(centre):
    asyncio.run(damage(centre.folder / "log.db"))
    shown = centre.run("verify")
    assert shown.exit_code == FAULTY
    assert "position 9  strange  " in shown.output
    report = json.loads(centre.run("verify", "--json").output)
    assert (report["sound"], report["first_faults"][0]["position"]) == (False, 9)


async def damage(path: Path) -> None:
    from infra.keys.memory import MemoryKeyring

    log = SqliteLog(path, MemoryKeyring())
    (row,) = await log.rows(0, 1)
    strange = row._replace(position=9, stream="strange", wire="nobody.knows.v1", recorded_at=MOMENT.replace(year=2100))
    await log.restore([strange], [], OnceRow("damage", 0))
    await log.close()


def test_a_log_that_cannot_be_opened_is_told_without_a_traceback(centre):
    shown = centre.run("tail", url="sqlite:///no/such/folder/log.db")
    assert shown.exit_code == UNUSABLE
    assert "there is no log" in shown.output
    assert "Traceback" not in shown.output


def test_no_log_named_at_all_says_how_to_name_one():
    shown = CliRunner().invoke(log_app, ["verify"])
    assert shown.exit_code == UNUSABLE
    assert "--log sqlite:///" in shown.output


def test_the_schema_of_every_event_forbids_unknown_fields_and_has_personal_ones_only_sealed():
    schemas = event_schemas()
    assert {Rang.wire, Wrote.wire} <= set(schemas)
    for wire, schema in schemas.items():
        assert schema["additionalProperties"] is False, wire
        assert schema["$id"].endswith(wire)
    text = stored_schema(Wrote)["properties"]
    assert text["text"]["anyOf"] == [{"$ref": "#/$defs/Sealed"}, {"$ref": "#/$defs/Erased"}]
    assert {"type": "null"} in text["signature"]["anyOf"]


def test_schema_prints_all_events_in_order_of_name():
    document = json.loads(CliRunner().invoke(log_app, ["schema", "--json"]).output)
    assert list(document) == sorted(document)
    assert "conformance.rang.v1" in CliRunner().invoke(log_app, ["schema"]).output
