"""A change of the configuration in words: which queue, what from, what to."""

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
from infra.document_changes import changes
from infra.documents import check_files
from infra.log.memory import MemoryLog
from tests.configuration.routing_mistakes import BOTH

#: What is replaced by what, and what is said of it.
CHANGES = [
    ("waiting: 20", "waiting: 9", "queue letters: overflow waiting 20 → 9"),
    ("overflow: {waiting: 20, queue: night}", "", "queue letters: overflow {waiting: 20, queue: night} → none"),
    ("{title: Night}", "{title: Night, target: 60}", "queue night: target 14400 s → 60 s"),
    ("{title: Night}", "{title: Night, offer: {ring_width: 3}}", "queue night: offer ring width 1 → 3"),
    ("{title: Night}", "{title: Night, strategy: most_spare}", "queue night: strategy longest_idle → most_spare"),
    ("{title: Night}", "{title: Night, hours: office}", "queue night: hours none → office"),
    ("skills: {french: 5, metal: 1}", "skills: {french: 5, metal: 2}", "queue letters, skill metal: 1 → 2"),
    (
        "drop: [metal], open",
        "open",
        "queue letters: step after 120 s: metal no longer asked for, rings up to 2 → rings",
    ),
    (
        "{title: Night}",
        "{title: Night, steps: [{after: 30, voicemail: true}]}",
        "queue night: new step after 30 s: on to voicemail",
    ),
    (
        "      - {after: 60, lower: {french: 4}, priority: 4}\n",
        "",
        "queue letters: no step after 60 s any more (it was: level 4 of french is enough, priority 4)",
    ),
    ("after: 90, open", "after: 95, open", "queue calls: step after 90 s: now after 95 s"),
    ("aged_priority}", "gcmu}", "routing: policy aged_priority → gcmu"),
    ("aged_priority}", "aged_priority, head_starts: {1: 90}}", "routing: head starts none → "),
    ("hotline/letters: {ring: 2}", "hotline/letters: {}", "profile back, queue hotline/letters: ring 2 → 1"),
    ("interrupts: [email]", "interrupts: []", "profile front, channel voice: interrupts [email] → none"),
    ("      hotline/night: {}\n", "", "profile front, queue hotline/night: removed"),
    ("profile: back, skills: {french: 4}", "profile: back", "agent clara, skill french: removed"),
    ("agents:\n", "agents:\n  dina: {name: Dina, site: riga, profile: back}\n", "agent dina: new: {name: Dina,"),
    ("tue: [08:00-24:00]", "tue: [08:00-20:00]", "hours office: weekly tue"),
    (
        "2026-12-25: []",
        "2026-12-25: [], 2027-01-01: []",
        "hours office: days 2027-01-01 as every week → closed all day",
    ),
    ("within: 20", "within: 30", "service level quick: within 20 s → 30 s"),
]


@pytest.mark.parametrize(("old", "new", "words"), CHANGES, ids=[row[2] for row in CHANGES])
def test_a_change_is_said_in_words(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in BOTH
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(BOTH)
    after.write_text(BOTH.replace(old, new, 1))
    earlier, later = check_files([before]), check_files([after])
    said = [
        change.words
        for old_document, new_document in zip(
            (*earlier.centres, *earlier.projects), (*later.centres, *later.projects), strict=True
        )
        for change in changes(old_document, new_document)
    ]
    assert any(one.startswith(words) for one in said), said


def test_public_holidays_are_counted_rather_than_listed(tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(BOTH)
    after.write_text(BOTH.replace("    weekly:", "    holidays: PL\n    weekly:", 1))
    (one, two) = check_files([before]).projects + check_files([after]).projects
    said = [change.words for change in changes(one, two)]
    assert any(" days from 20" in words and words.startswith("hours office: days") for words in said), said
    assert "hours office: holidays none → PL" in said
    assert len(said) == 2


def test_a_first_document_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    path = tmp_path / "both.yaml"
    path.write_text(BOTH)
    checked = check_files([path])
    assert changes(None, checked.centres[0]) == []
    assert changes(checked.projects[0], checked.projects[0]) == []


Run = Callable[..., Result]


@pytest.fixture
def run(log: MemoryLog, executor: Executor, tmp_path: Path) -> Run:
    @asynccontextmanager
    async def opening() -> AsyncIterator[Opened]:
        yield Opened(executor, log)

    app = typer.Typer()
    app.command()(check)
    app.command("apply")(make_apply(opening))

    def invoke(command: str, text: str, *options: str) -> Result:
        path = tmp_path / "now.yaml"
        path.write_text(text)
        return CliRunner().invoke(app, [command, str(path), *options])

    return invoke


EVENING = BOTH.replace("aged_priority}", "fifo}").replace("waiting: 20", "waiting: 9").replace(", priority: 4}", "}")
EVENING = EVENING.replace("priority: 2, ", "")


async def test_applying_says_what_changes_and_a_dry_run_says_it_first_and_changes_nothing(
    run: Run, log: MemoryLog
) -> None:
    first = await asyncio.to_thread(run, "apply", BOTH)
    assert first.exit_code == 0, first.output
    head = await log.head()
    dry = await asyncio.to_thread(run, "apply", EVENING, "--dry-run")
    assert dry.output.splitlines() == [
        "centre-demo: would be revision 2",
        "  routing: policy aged_priority → fifo",
        "project-hotline: would be revision 2",
        "  queue letters: step after 60 s: level 4 of french is enough, priority 4 → level 4 of french is enough",
        (
            "  queue letters: step after 300 s: level 2 of french is enough, priority 2, a callback is offered → "
            "level 2 of french is enough, a callback is offered"
        ),
        "  queue letters: overflow waiting 20 → 9",
    ]
    assert await log.head() == head
    told = json.loads((await asyncio.to_thread(run, "apply", EVENING, "--json")).stdout)
    by_stream = {one["stream"]: one for one in told["applied"]}
    assert by_stream["centre-demo"]["changes"] == [
        {"path": "routing.policy", "words": "routing: policy aged_priority → fifo"}
    ]
    assert {one["revision"] for one in told["applied"]} == {2}
    assert await log.head() > head


def test_checking_compares_with_an_earlier_version(run: Run, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.yaml"
    earlier.write_text(BOTH)
    shown = run("check", EVENING, "--compared-with", str(earlier))
    assert shown.exit_code == 0
    assert "  routing: policy aged_priority → fifo" in shown.output.splitlines()
    told = json.loads(run("check", EVENING, "--compared-with", str(earlier), "--json").output)
    assert [one["path"] for one in told["changes"]["centre-demo"]] == ["routing.policy"]
    assert run("check", EVENING, "--compared-with", str(tmp_path / "none.yaml")).exit_code == 2
