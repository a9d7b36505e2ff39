"""Long work that is killed is finished by doing it again: imports, erasures, sealing. Rebuilds: `tests/projections`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from random import Random

import pytest
from pydantic import SecretStr

from bench.hotline import Hotline
from infra.log.opened import NoKeyring, open_log
from infra.log.segments import Sealer
from infra.log.transfer import export_log
from infra.log.verify import verify
from infra.settings import Settings
from tests.faults.life import Life
from tests.faults.serving import ROOT, environment, is_running, run
from tests.faults.test_erasing import Writer, found_in, ids_of

pytestmark = pytest.mark.timeout(280)
EVENTS, KILLS = 6_000, 6
#: Seconds within which a killed command dies: what it does takes about so long.
MOMENTS = 0.8


async def killed(settings: Settings, forks, seconds: float, *arguments: str, folder: Path) -> bool:
    """Begin `trunkline ARGUMENTS` and kill it after so many seconds; whether it was still at it."""
    out = folder / "killed.txt"
    pid = await asyncio.to_thread(forks.start, arguments, environment(settings), out, out)
    await asyncio.sleep(seconds)
    running = is_running(pid)
    if running:
        os.kill(pid, signal.SIGKILL)
    while is_running(pid):  # noqa: ASYNC110 - another process's child tells nobody
        await asyncio.sleep(0.01)
    await asyncio.to_thread(forks.collect, pid)
    return running


@pytest.fixture(scope="module")
def history(tmp_path_factory) -> Path:
    """An export of a log that was made by real decisions."""
    file = tmp_path_factory.mktemp("history") / "export.jsonl"

    async def make() -> None:
        hotline = Hotline()
        await hotline.live(EVENTS)
        with file.open("wb") as out:
            await export_log(hotline.log, out)

    asyncio.run(make())
    return file


async def test_an_import_that_is_killed_again_and_again_ends_with_every_event_once(forks, folder, history):
    log = SecretStr(f"sqlite://{folder}/log.sqlite")
    settings = Settings(data=folder / "data", database_url=log, keys_url=SecretStr("memory:"))
    dice = Random("imports")
    cut = [
        await killed(settings, forks, dice.uniform(0, MOMENTS), "log", "import", str(history), folder=folder)
        for _ in range(KILLS)
    ]
    assert any(cut), "no import was still running when it was to be killed"
    done = await run(settings, forks, "log", "import", str(history))
    assert done.code == 0, done
    assert (await run(settings, forks, "log", "verify")).code == 0
    assert (await run(settings, forks, "log", "export", str(folder / "again.jsonl"))).code == 0
    assert content(folder / "again.jsonl") == content(history)


def content(file: Path) -> bytes:
    return file.read_bytes()


async def test_an_erasure_that_is_killed_again_and_again_is_finished_by_doing_it_again(life: Life, forks, folder):
    writer, settings = Writer(), life.centre.settings
    await life.centre.start()
    await life.centre.ready()
    await writer.write(life)
    customer_id, _ = await ids_of(life, writer)
    await life.centre.stop()
    assert found_in(settings.data, writer)
    dice = Random("erasures")
    cut = [
        await killed(settings, forks, dice.uniform(0, MOMENTS), "erase", customer_id, "--yes", folder=folder)
        for _ in range(KILLS)
    ]
    assert any(cut), "no erasure was still running when it was to be killed"
    erased = await run(settings, forks, "erase", customer_id, "--yes")
    assert erased.code == 0, erased
    assert found_in(settings.data, writer) == []
    assert (await run(settings, forks, "log", "verify")).code == 0


_SEALING = """
import asyncio, sys
from infra.log.opened import NoKeyring, open_log
from infra.log.segments import Sealer

async def seal():
    log = await open_log(sys.argv[1], NoKeyring())
    print("begun", flush=True)
    await Sealer(log, size=5).seal()

asyncio.run(seal())
"""


async def test_sealing_that_is_killed_goes_on_where_it_stood_and_the_seals_hold(forks, folder, history):
    url = f"sqlite://{folder}/log.sqlite"
    settings = Settings(data=folder / "data", database_url=SecretStr(url), keys_url=SecretStr("memory:"))
    assert (await run(settings, forks, "log", "import", str(history))).code == 0
    dice, counts = Random("seals"), [0]
    for _ in range(3):
        await killed_while_sealing(url, dice.uniform(0.02, 0.3))
        counts.append(await sealed(url))
    assert counts == sorted(counts)
    assert 0 < counts[-1] < EVENTS // 5, "nothing was killed in the middle of sealing"
    log = await open_log(url, NoKeyring())
    await Sealer(log, size=5).seal()
    report = await verify(log, log.mapper)
    assert report.sound
    assert report.segments == report.events // 5
    await log.close()


async def killed_while_sealing(url: str, seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SEALING, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun\n"
    await asyncio.sleep(seconds)
    if process.returncode is None:
        process.kill()
    await process.wait()


async def sealed(url: str) -> int:
    log = await open_log(url, NoKeyring(), write=False)
    last = await log.last_segment()
    await log.close()
    return 0 if last is None else last.number
