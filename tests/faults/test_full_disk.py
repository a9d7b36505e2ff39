"""A full disk under a whole centre: mail stays with its senders, callers are told, freed space is enough to go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from infra.demo.ledger import Ledger, Posted
from infra.demo.pace import Pace
from tests.conftest import unavailable
from tests.faults.life import Life, end_and_judge, populated
from tests.faults.writing import bring, letter, office, register

pytestmark = pytest.mark.timeout(240)
#: Room for the write-ahead logs at the sizes at which they are emptied (16 MiB for the rows, 4 each for log and
#: accounts), and for the letters: once the ballast is gone, the disk must not fill up by itself.
MEGABYTES = 56
PATIENCE = 60.0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of `MEGABYTES`, which only root can make."""
    folder = Path(tempfile.mkdtemp(prefix="tl-small-"))
    mounted = False
    if os.geteuid() == 0 and shutil.which("mount"):
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", str(folder)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        folder.rmdir()
        unavailable("a small file system can be mounted by root alone")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
async def life(small_disk, forks) -> AsyncIterator[Life]:
    async with populated(small_disk / "data", Pace(speed=10), forks) as one:
        one.centre.said = Path(tempfile.mkdtemp(prefix="tl-said-")) / "said.jsonl"
        yield one
        shutil.rmtree(one.centre.said.parent, ignore_errors=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
    return ballast


async def test_a_centre_on_a_full_disk_refuses_for_now_loses_nothing_and_goes_on_when_there_is_room(life, small_disk):
    ledger: Ledger = life.ledger
    await life.centre.start()
    await life.centre.ready()
    pid = life.centre.pid
    async with office(life) as client:
        for number in range(5):
            assert await bring(life, letter(number)) == 250
            assert (await register(life, client, number)).status_code == 200
        ballast = fill(small_disk)
        codes = [await bring(life, letter(100 + number, size=200_000)) for number in range(5)]
        assert codes[-1] == 451
        assert set(codes) <= {250, 451}
        answers = [await register(life, client, 100 + number) for number in range(60)]
        assert answers[-1].status_code == 503
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert "Retry-After" in answers[-1].headers
        assert {one.status_code for one in answers} <= {200, 503}
        assert (await client.get("/livez")).status_code == 200
        assert life.centre.alive

        ballast.unlink()
        for number in range(5):
            assert await bring(life, letter(100 + number, size=200_000)) == 250
        for number in range(60):
            assert (await register(life, client, 100 + number)).status_code == 200
    for number in (*range(5), *range(100, 105)):
        ledger.posted.append(Posted(str(letter(number)["Message-ID"]), "letter", 1))
    life.clerk.registered += [f"Customer {number}" for number in (*range(5), *range(100, 160))]
    life.begin_work()
    left = await life.drain(PATIENCE, wait_for_attempts=False)
    assert left == []
    assert life.centre.pid == pid
    assert life.centre.alive
    assert await end_and_judge(life) == {}
    assert ledger.refusals == []
