"""One writing process on one SQLite log: an operating system's lock, gone when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from domain.ports import LogUnavailable


class LogInUse(LogUnavailable):
    """Another process writes to this SQLite log."""


class WriterLock:
    """Held from construction to `release`, by an exclusive `flock` on a file beside the log."""

    def __init__(self, log: Path) -> None:
        """Raises `LogInUse`, naming the holder."""
        path = log.with_name(log.name + ".writer")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            holder = _holder(self._file)
            os.close(self._file)
            raise LogInUse(
                f"the log {log} is being written by {holder}. One process at a time can write to a SQLite log: stop"
                " that one, talk to it through its API, or move to PostgreSQL"
            ) from fault
        self._write_holder()

    def release(self) -> None:
        os.close(self._file)

    def _write_holder(self) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        command = Path(sys.argv[0]).name
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps({"pid": os.getpid(), "command": command, "since": since}).encode(), 0)


def _holder(file: int) -> str:
    try:
        known = json.loads(os.pread(file, 4096, 0))
        return f"process {known['pid']} ({known['command']}, since {known['since']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
