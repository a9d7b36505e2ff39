"""Documents in files, and what checking them says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from domain.execute import Executor
from infra.documents import Checked, check_files
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener

CENTRE = """\
schema_version: 1
centre: demo
title: Demo
pool: main
sites:
  paris: {title: Paris, time_zone: Europe/Paris}
skills:
  french: {title: French}
profiles:
  standard:
    capacity: 3
    channels: {email: {concurrency: 2}, callback: {concurrency: 1}}
    queues: {hotline/billing: {}}
agents:
  anna: {name: Anna, site: paris, profile: standard, skills: {french: 3}}
"""
PROJECT = """\
schema_version: 1
project: hotline
title: Hotline
pool: main
departments:
  billing: {title: Billing, queue: billing}
queues:
  billing: {title: Billing, skills: {french: 2}}
mailboxes:
  help: {address: help@example.com, title: Help, department: billing}
status: {sender: help}
callbacks: {queue: billing}
"""

Check = Callable[..., Checked]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Checks texts or bytes, each as a file of its own: `0.yaml`, `1.yaml`, …"""

    def run(*documents: str | bytes) -> Checked:
        paths: list[Path] = []
        for number, document in enumerate(documents):
            path = tmp_path / f"{number}.yaml"
            path.write_bytes(document.encode() if isinstance(document, str) else document)
            paths.append(path)
        return check_files(paths)

    return run


def clock() -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(MemoryKeyring(), clock)


@pytest.fixture
def executor(log: MemoryLog) -> Executor:
    ids = count(1)
    return Executor(log, opener=KeyOpener(MemoryKeyring()), clock=clock, new_id=lambda: str(UUID(int=next(ids))))
