"""What can be wrong with the file itself, told before and after SQLite finds out."""

from __future__ import annotations

import struct
from pathlib import Path

from domain.ports import LogUnavailable

_MAGIC = b"SQLite format 3\x00"
_RESTORE = "restore it from a backup, or import an export into a new log"


def check_file(path: Path, *, must_exist: bool) -> None:
    """Raises `LogUnavailable` for a file that is not, or is no longer, a whole SQLite database.

    The header says how many pages there should be (SQLite file format, §1.3.6-1.3.8); a shorter file was cut, unless
    its write-ahead log is there: a checkpoint that did not finish (the disk filled up) has written the header before
    the pages, which SQLite then still reads from the write-ahead log (§4.5).
    """
    if path.is_dir():
        raise LogUnavailable(f"the log {path} is a folder, not a file: name the file inside it")
    if not path.exists():
        if must_exist:
            raise LogUnavailable(f"there is no log at {path}: check the address, or start a centre on it first")
        if not path.parent.is_dir():
            raise LogUnavailable(f"the log {path} cannot be made: the folder {path.parent} does not exist")
        return
    with path.open("rb") as file:
        header = file.read(100)
    if not header:
        return
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise LogUnavailable(f"the log {path} is not a SQLite database (its first bytes are not SQLite's): {_RESTORE}")
    (page_size,) = struct.unpack_from(">H", header, 16)
    changes, pages = struct.unpack_from(">II", header, 24)
    (valid_for,) = struct.unpack_from(">I", header, 92)
    wanted = pages * (65536 if page_size == 1 else page_size)
    size = path.stat().st_size
    if changes == valid_for and size < wanted and not _has_wal(path):
        raise LogUnavailable(f"the log {path} was cut short: it has {size} bytes, its header says {wanted}: {_RESTORE}")


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def explain(path: Path, fault: BaseException) -> str:
    """What a SQLite error means for the log and what to do."""
    text = str(fault)
    if "full" in text:
        return f"the log {path} cannot be written: the disk is full; nothing was stored. Free space and try again"
    if "malformed" in text or "not a database" in text or "corrupt" in text:
        return f"the log {path} is damaged ({text}): {_RESTORE}"
    if "no such table" in text:
        return f"{path} holds no log ({text}): check the address, or start a centre on it first"
    if "readonly" in text or "unable to open" in text:
        return f"the log {path} cannot be opened ({text}): check the folder's permissions"
    if "locked" in text:
        return f"the log {path} is locked by another program ({text}): close whatever has it open"
    return f"the log {path} cannot be used: {text}"
