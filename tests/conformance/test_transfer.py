"""A log exported and imported is the same log, byte for byte, in any backend."""

from __future__ import annotations

import io
import json
from itertools import permutations
from pathlib import Path

import pytest

from domain.ports import Change
from infra.log.lines import BadLine
from infra.log.opening import KeyOpener
from infra.log.rows import OnceRow, StoredRow
from infra.log.transfer import ImportRefused, export_log, import_log
from infra.log.verify import verify
from tests.conformance.conftest import BACKENDS
from tests.conformance.events import rings, wrote


async def filled(log, events: int = 40) -> None:
    for n in range(events // 4):
        change = Change(f"w{n}", 0, [wrote("c", f'Zażółć " \\ \n {n}')])
        await log.append(rings("łódź", n * 3, 3), change, once=f"schlüssel-{n:03d}")


async def exported(log) -> bytes:
    out = io.BytesIO()
    await export_log(log, out)
    return out.getvalue()


@pytest.mark.parametrize(("origin", "target"), [*permutations(BACKENDS, 2), ("sqlite", "sqlite")])
async def test_a_round_trip_gives_the_same_bytes(origin, target, make_log, tmp_path, keyring):
    first = await make_log(origin)
    await filled(first)
    file = tmp_path / "export.jsonl"
    file.write_bytes(await exported(first))

    second = await make_log(target)
    done = await import_log(second, second.mapper, file)

    assert tuple(done) == (40, 10)
    assert await exported(second) == file.read_bytes()
    assert list(await second.read(limit=100)) == list(await first.read(limit=100))
    assert (await verify(second, second.mapper)).sound
    opener = KeyOpener(keyring)
    assert "Zażółć" in opener((await second.read_stream("w0"))[0].event).text


async def test_an_imported_log_goes_on_where_the_original_stood(log, make_log, tmp_path):
    await filled(log)
    file = tmp_path / "export.jsonl"
    file.write_bytes(await exported(log))
    copy = await make_log("memory")
    await import_log(copy, copy.mapper, file)
    assert (await copy.append(rings("new", 0))).position == 41
    assert (await copy.append(rings("łódź", 0), once="schlüssel-003")).replayed


async def test_the_text_of_sealed_fields_is_not_in_an_export(log):
    await filled(log)
    assert "Zażółć".encode() not in await exported(log)


async def test_an_import_needs_an_empty_log(log, make_log, tmp_path):
    await filled(log)
    file = tmp_path / "export.jsonl"
    file.write_bytes(await exported(log))
    other = await make_log("memory")
    await other.append(rings("a", 0))
    with pytest.raises(ImportRefused, match="not empty"):
        await import_log(other, other.mapper, file)


async def test_an_import_that_broke_off_goes_on_and_one_that_is_done_changes_nothing(backend, make_log, tmp_path):
    original = await make_log("memory")
    await filled(original, 4000)
    file = tmp_path / "export.jsonl"
    file.write_bytes(await exported(original))

    class PowerCut(Exception):
        pass

    def cut(done: int, total: int) -> None:
        if total and done > total * 0.6:
            raise PowerCut

    log = await make_log(backend)
    with pytest.raises(PowerCut):
        await import_log(log, log.mapper, file, cut)
    assert 0 < await log.head() < 4000
    await import_log(log, log.mapper, file)
    await import_log(log, log.mapper, file)
    assert await exported(log) == file.read_bytes()


def line(**changed) -> bytes:
    state = {"data": {"number": 1, "queue": "q"}, "meta": META}
    document = {
        "position": 1, "stream": "a", "version": 1, "type": "conformance.rang.v1", "pool": "north",
        "recorded_at": "2026-01-01T12:00:00.000000Z", "state": state,
    }  # fmt: skip
    return json.dumps({**document, **changed}, separators=(",", ":")).encode() + b"\n"


META = {"id": "e", "project": "p", "actor": "x", "at": "2026-01-01T00:00:00Z", "cause": "c", "chain": "d"}
HEAD = b'{"format":"trunkline log","version":1}\n'
END = b'{"end":true,"events":2,"once_keys":0}\n'
SECOND = line(position=2, version=2)

BAD = {
    "another format": (b'{"format":"something else"}\n', 1, "not an export"),
    "an empty file": (b"", 1, "cut"),
    "no last line": (HEAD + line() + SECOND, 4, "cut"),
    "a line cut": (HEAD + line() + SECOND[:-20], 3, "cut"),
    "not JSON": (HEAD + line() + b"{nonsense}\n" + END, 3, "Expecting"),
    "not an object": (HEAD + line() + b"[]\n" + END, 3, "not a JSON object"),
    "nothing known": (HEAD + line() + b"{}\n" + END, 3, "neither"),
    "a position twice": (HEAD + line() + line(version=2) + END, 3, "does not follow"),
    "a version left out": (HEAD + line() + line(position=2, version=3) + END, 3, "version 3"),
    "another pool": (HEAD + line() + line(position=2, version=2, pool="south") + END, 3, "pool south"),
    "a time before": (
        HEAD + line() + line(position=2, version=2, recorded_at="2025-01-01T12:00:00.000000Z") + END,
        3,
        "recorded before",
    ),
    "a time without zone": (HEAD + line(recorded_at="2026-01-01T12:00:00.000000"), 2, "not written as export"),
    "an unknown type": (HEAD + line() + line(position=2, version=2, type="x.y.v1") + END, 3, "upgrade"),
    "a field of a wrong type": (HEAD + line() + line(position="2", version=2) + END, 3, "position is missing or not"),
    "a count that is wrong": (HEAD + line() + END, 3, "read were 1"),
    "something after the end": (HEAD + line() + SECOND + END + line(), 5, "after the end"),
    "other spacing": (HEAD + line().replace(b":1,", b": 1,") + SECOND + END, 2, "not written as export"),
    "bytes that are no text": (HEAD + b"\xff\xfe\n" + END, 2, "codec"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_line_is_named_and_nothing_is_imported(name, backend, make_log, tmp_path: Path):
    content, number, told = BAD[name]
    file = tmp_path / "export.jsonl"
    file.write_bytes(content)
    log = await make_log(backend)
    with pytest.raises(BadLine, match=told) as bad:
        await import_log(log, log.mapper, file)
    assert bad.value.number == number
    assert await log.head() == 0


async def test_a_damaged_event_is_not_exported_but_told(log):
    (good, *_) = [rings("a", 0)]
    await log.append(good)
    (row,) = await log.rows(0, 1)
    damaged = StoredRow(2, "b", 1, row.wire, row.state[:-5], "north", row.recorded_at)
    await log.restore([damaged], [], OnceRow("marker", 0))
    with pytest.raises(ValueError, match="position 2"):
        await exported(log)
