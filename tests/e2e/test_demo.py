"""The demo as a script runs it: a short day of a whole centre, judged by what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
#: `trunkline demo`, whatever else the command line imports.
COMMAND = "import typer; from infra.cli.demo import demo; typer.run(demo)"
KINDS = (
    "mails_received",
    "messages_on_pages",
    "interactions",
    "tickets_opened",
    "tickets_handed_over",
    "tickets_resolved",
    "tickets_reopened",
    "tickets_rated",
    "callbacks",
    "offers_accepted",
    "offers_declined",
    "offers_timed_out",
    "transfers",
    "replies",
    "wrap_ups",
    "mails_sent",
    "mails_refused",
    "mails_bounced",
    "auto_replies_filed",
    "duplicates_ignored",
)

pytestmark = [pytest.mark.timeout(240), pytest.mark.xdist_group("demo")]


def run_demo(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def finished() -> subprocess.CompletedProcess[str]:
    ports = ("--port", "0", "--smtp-port", "0")
    return run_demo("--seconds", "8", "--speed", "8", "--seed", "7", "--drain", "120", "--json", *ports)


@pytest.fixture(scope="module")
def told(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert finished.stdout, finished.stderr[-3_000:]
    return json.loads(finished.stdout)


def test_a_short_day_breaks_no_invariant_and_exits_with_0(
    finished: subprocess.CompletedProcess[str], told: dict[str, Any]
) -> None:
    assert told["invariants"]["broken"] == []
    assert len(told["invariants"]["checked"]) >= 10
    assert finished.returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_day_has_seen_every_kind_of_thing(told: dict[str, Any], kind: str) -> None:
    assert told["counts"][kind] > 0


def test_link_scanners_followed_links_and_only_submitted_ratings_count(told: dict[str, Any]) -> None:
    assert told["seen_by_customers"]["links_followed_by_scanners"] > 0
    assert told["counts"]["tickets_rated"] == told["seen_by_customers"]["ratings_thanked_for"]


def test_every_mail_that_was_sent_arrived_at_the_customers_server(told: dict[str, Any]) -> None:
    assert told["seen_by_customers"]["mails_arrived"] >= told["counts"]["mails_sent"]


def test_service_level_is_told_per_queue_with_its_method(told: dict[str, Any]) -> None:
    level = told["service_level"]
    assert "answered in time" in level["method"]
    letters = level["queues"]["parcels/letters"]
    assert letters["answered"] > 0
    assert letters["share"] == pytest.approx(
        letters["in_time"] / (letters["answered"] + letters["abandoned"]), abs=1e-3
    )


def test_a_data_folder_is_kept_and_can_be_run_again(tmp_path: Path) -> None:
    options = ("--seconds", "2", "--speed", "10", "--json", "--port", "0", "--smtp-port", "0", "--data", str(tmp_path))
    first, second = run_demo(*options), run_demo(*options)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr[-1_000:] + second.stderr[-1_000:]
    assert (tmp_path / "log.sqlite").exists()
    assert json.loads(second.stdout)["counts"]["tickets_opened"] > 0


def test_json_without_an_end_is_refused_with_the_way_to_mend_it() -> None:
    refused = run_demo("--json")
    assert refused.returncode == 2
    assert "--seconds" in refused.stderr
