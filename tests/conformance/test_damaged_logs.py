"""What happens to a log whose file was damaged, or that is not there at all: a sentence, never a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.ports import LogUnavailable
from infra.keys.memory import MemoryKeyring
from infra.log.opened import open_log
from infra.log.sqlite import SqliteLog
from tests.conformance.events import rings


async def written(path: Path, keyring: MemoryKeyring) -> bytes:
    log = SqliteLog(path, keyring)
    for n in range(50):
        await log.append(rings("a", n * 10, 10))
    await log.close()
    return content_of(path)


def content_of(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
async def test_a_sqlite_log_that_was_cut_is_refused_with_what_to_do(tmp_path, keyring, part):
    path = tmp_path / "log.db"
    content = await written(path, keyring)
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(LogUnavailable, match=r"cut short.*restore it from a backup"):
        SqliteLog(path, keyring)


@pytest.mark.parametrize("content", [b"hello, this is no database" * 50, b"SQLite format 3\x00", b"\x00" * 4096])
async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path, keyring, content):
    path = tmp_path / "log.db"
    path.write_bytes(content)
    with pytest.raises(LogUnavailable, match="not a SQLite database"):
        SqliteLog(path, keyring)
    assert path.read_bytes() == content


async def test_pages_overwritten_with_nonsense_are_told_as_damage(tmp_path, keyring):
    path = tmp_path / "log.db"
    content = await written(path, keyring)
    path.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))
    with pytest.raises(LogUnavailable, match=r"damaged.*restore"):
        await read_all(path, keyring)


async def read_all(path: Path, keyring: MemoryKeyring) -> None:
    log = SqliteLog(path, keyring)
    try:
        await log.read(limit=1000)
    finally:
        await log.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///no/such/folder/log.db", "does not exist"),
        ("sqlite://", "names no file"),
        ("sqlite:///tmp/", "names no file"),
        ("mysql://root:secret@host/x", "is none of memory:"),
        ("", "is none of"),
    ],
)
async def test_an_address_that_leads_nowhere_is_told(url, told, keyring):
    with pytest.raises(LogUnavailable, match=told) as fault:
        await open_log(url, keyring)
    assert "secret" not in str(fault.value)


async def test_reading_a_log_that_is_not_there_makes_none(tmp_path, keyring):
    with pytest.raises(LogUnavailable, match="there is no log"):
        await open_log(f"sqlite://{tmp_path}/log.db", keyring, write=False)
    assert list(tmp_path.iterdir()) == []


async def test_a_log_whose_checkpoint_was_interrupted_is_whole_while_its_write_ahead_log_is_there(tmp_path, keyring):
    """As a full disk leaves it: the first page has moved into the file, the others are in the write-ahead log only."""
    path, left = tmp_path / "log.db", tmp_path / "left.db"
    log = SqliteLog(path, keyring)
    for n in range(50):
        await log.append(rings("a", n * 10, 10))
    before, wal = content_of(path), content_of(tmp_path / "log.db-wal")
    await log.close()
    first_page = content_of(path)[:4096]
    left.write_bytes(first_page + before[4096:])
    with pytest.raises(LogUnavailable, match="cut short"):
        SqliteLog(left, keyring)
    (tmp_path / "left.db-wal").write_bytes(wal)
    log = SqliteLog(left, keyring)
    try:
        assert len(await log.read(limit=1000)) == 500
    finally:
        await log.close()
