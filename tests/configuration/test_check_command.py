"""`trunkline check` and `trunkline apply` as a person and a script see them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from domain.execute import Executor
from infra.cli.check import Opened, check, make_apply
from infra.log.memory import MemoryLog
from tests.configuration.conftest import CENTRE, PROJECT

Run = Callable[..., Result]


@pytest.fixture
def run(log: MemoryLog, executor: Executor, tmp_path: Path) -> Run:
    @asynccontextmanager
    async def opening() -> AsyncIterator[Opened]:
        yield Opened(executor, log, notice="a key was made")

    app = typer.Typer()
    app.command()(check)
    app.command("apply")(make_apply(opening))

    def invoke(command: str, text: str, *options: str) -> Result:
        path = tmp_path / "centre.yaml"
        path.write_text(text)
        return CliRunner().invoke(app, [command, str(path), *options])

    return invoke


BOTH = f"{CENTRE}---\n{PROJECT}"
FAULTY = BOTH.replace("site: paris", "site: pari")


def test_what_is_in_order_is_said_in_a_line(run: Run) -> None:
    result = run("check", BOTH)
    assert (result.exit_code, result.output.strip()) == (0, "1 centre and 1 project in order")


def test_a_fault_is_shown_with_its_line_and_a_caret_under_it(run: Run) -> None:
    result = run("check", FAULTY)
    assert result.exit_code == 1
    said, line, caret, mend, summary = result.output.splitlines()
    assert said.endswith("centre.yaml:15:28: fault: there is no site 'pari' (agents.anna.site)")
    assert line.index("pari") == caret.index("^")
    assert mend.strip() == "= did you mean 'paris'? known: paris"
    assert summary == "1 fault"


def test_text_that_looks_like_markup_is_shown_as_it_is(run: Run) -> None:
    result = run("check", BOTH.replace("site: paris", "site: '[red]x[/red]'"))
    assert "[red]x[/red]" in result.output


def test_a_very_long_line_is_shown_around_its_fault(run: Run) -> None:
    result = run("check", BOTH.replace("site: paris", f"name2: {'x' * 5000}, site: pari"))
    assert max(map(len, result.output.splitlines())) < 400
    assert "site: pari" in result.output


def test_a_script_gets_one_json_object(run: Run) -> None:
    told = json.loads(run("check", FAULTY, "--json").output)
    assert told["exit_code"] == 1
    (finding,) = told["findings"]
    assert (finding["line"], finding["path"], finding["severity"]) == (15, "agents.anna.site", "fault")


def test_a_file_that_is_not_there_ends_with_2(run: Run, tmp_path: Path) -> None:
    result = run("check", BOTH, str(tmp_path / "none.yaml"))
    assert result.exit_code == 2
    assert "cannot be read: No such file" in result.output


async def test_applying_puts_it_on_record_once(run: Run, log: MemoryLog) -> None:
    first = await asyncio.to_thread(run, "apply", BOTH)
    assert (first.exit_code, first.output) == (
        0,
        "a key was made\nproject-hotline: revision 1\ncentre-demo: revision 1\n",
    )
    head = await log.head()
    again = await asyncio.to_thread(run, "apply", BOTH, "--json")
    assert {one["changed"] for one in json.loads(again.stdout)["applied"]} == {False}
    assert await log.head() == head


def test_faulty_documents_are_not_applied(run: Run) -> None:
    result = run("apply", FAULTY)
    assert result.exit_code == 1
    assert "there is no site" in result.output


def test_documents_made_on_another_revision_are_refused_with_an_exit_code_of_their_own(run: Run) -> None:
    result = run("apply", BOTH, "--expect", "centre-demo=7")
    assert result.exit_code == 4
    assert "revision 0, this change was made on revision 7" in " ".join(result.output.split())


def test_a_revision_that_is_none_is_refused(run: Run) -> None:
    result = run("apply", BOTH, "--expect", "demo")
    assert result.exit_code == 2
    assert "centre-NAME=REVISION" in result.output
