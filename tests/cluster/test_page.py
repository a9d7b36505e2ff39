"""`docs/cluster.md`: its consumer runs as it stands there, and its table names the headers that records have."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

from infra.cli.main import app
from infra.cluster.asyncapi import asyncapi_document
from infra.cluster.broker import Broker
from infra.log.postgres import PostgresLog
from tests.cluster.events import append
from tests.cluster.test_relay import level, relaying

PAGE = (Path(__file__).parents[2] / "docs" / "cluster.md").read_text("utf-8")


async def test_the_ten_lines_of_an_analyst_print_every_event(
    log: PostgresLog, broker: Broker, postgres: str, tmp_path: Path
) -> None:
    await append(log, 9, ["north", "south"])
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    assert len([line for line in block[1].splitlines() if line]) <= 12
    script = block[1].replace("trunkline.events", broker.topic).replace("localhost:9092", broker.servers[0])
    (tmp_path / "report.py").write_text(script)
    command = [sys.executable, str(tmp_path / "report.py")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
    lines = sorted(done.stdout.splitlines(), key=lambda line: int(line.split()[0]))
    assert len(lines) == 9
    for line, row in zip(lines, await log.rows(0, 100), strict=True):
        assert line.split()[:1] + line.split()[2:3] == [str(row.position), row.wire]
        assert line.endswith(str(json.loads(row.state)["data"]))


def test_the_page_names_every_header() -> None:
    message = next(iter(asyncapi_document()["components"]["messages"].values()))
    told = set(re.findall(r"`(ce_[a-z]+|traceparent)`", PAGE)) | {"content-type", "ce_specversion"}
    assert told == set(message["headers"]["properties"])
    assert told - set(message["headers"]["required"]) == {"traceparent"}


def test_the_command_line_prints_the_asyncapi_document() -> None:
    from typer.testing import CliRunner

    done = CliRunner().invoke(app, ["log", "schema", "--asyncapi"])
    assert done.exit_code == 0
    assert json.loads(done.stdout) == asyncapi_document()
