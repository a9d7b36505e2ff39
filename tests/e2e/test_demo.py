"""The demo as a script runs it: a short day of a whole centre, judged by what it prints."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from infra.demo.cluster import ENDS, STARTS

ROOT = Path(__file__).parents[2]
#: `trunkline demo`, whatever else the command line imports.
COMMAND = "import typer; from infra.cli.demo import demo; typer.run(demo)"
#: Calls that are given up are not among them: an agent may be quicker than a caller who thinks better of it.
KINDS = (
    "mails_received",
    "messages_on_pages",
    "chat_messages",
    "calls_in",
    "calls_answered",
    "calls_back",
    "voicemails",
    "recordings",
    "texts_in",
    "texts_out",
    "texts_stopped",
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

pytestmark = pytest.mark.timeout(240)


def run_demo(*options: str, seconds: float = 200, beside: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`beside`: the module that the demo is run by, with what it takes."""
    return subprocess.run(
        [sys.executable, *beside, "-c", COMMAND, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@pytest.fixture(scope="module")
def finished() -> subprocess.CompletedProcess[str]:
    ports, quick = ("--port", "0", "--smtp-port", "0"), ("--speed", "8", "--seed", "7")
    return run_demo("--seconds", "18", "--customers", "24", *quick, "--drain", "120", "--json", *ports)


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


def test_what_callers_heard_is_told_and_every_call_was_answered_somehow(told: dict[str, Any]) -> None:
    seen, counts = told["seen_by_customers"], told["counts"]
    assert seen["calls_made"] == counts["calls_in"]
    assert seen["calls_talked"] <= counts["calls_answered"]
    assert seen["calls_left_word"] == counts["voicemails"]
    assert seen["texts_written"] == counts["texts_in"]


def test_calls_and_texts_are_held_against_what_the_network_knows(told: dict[str, Any]) -> None:
    held = [name for name in told["invariants"]["checked"] if "call" in name or "telephone" in name or "text" in name]
    assert len(held) == 4
    assert sum("recorded" in name for name in told["invariants"]["checked"]) == 2


def test_service_level_is_told_per_queue_with_its_method(told: dict[str, Any]) -> None:
    level = told["service_level"]
    assert "answered in time" in level["method"]
    letters = level["queues"]["parcels/letters"]
    assert letters["answered"] > 0
    assert letters["share"] == pytest.approx(
        letters["in_time"] / (letters["answered"] + letters["abandoned"]), abs=1e-3
    )


def test_json_without_an_end_is_refused_with_the_way_to_mend_it() -> None:
    refused = run_demo("--json")
    assert refused.returncode == 2
    assert "--seconds" in refused.stderr


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A demo as a person starts it, and what it had printed when its first line of figures came."""
    options = ("--speed", "4", "--port", "0", "--smtp-port", "0", "--data", str(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process, _until(process, "invariants broken", 90)
    finally:
        process.kill()
        process.wait()


def _until(process: subprocess.Popen[str], words: str, seconds: float) -> str:
    """What the process prints until these words have come, which they must within so many seconds."""
    assert process.stdout is not None
    printed, ends = "", time.monotonic() + seconds
    while words not in printed:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, ends - time.monotonic()))
        assert ready, f"not printed within {seconds} s: {words!r}, but {printed[-2_000:]!r}"
        more = os.read(process.stdout.fileno(), 65_536).decode()
        assert more, f"the demo ended without printing {words!r}: {printed[-2_000:]!r}"
        printed += more
    return printed


def test_a_person_can_sign_in_as_printed_write_as_printed_and_stop_it(
    shown: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, printed = shown
    begin = re.search(r"Begin here: (http://127\.0\.0\.1:\d+)", printed)
    url = re.search(r"(http://127\.0\.0\.1:\d+)/docs", printed)
    password = re.search(r"^ *guest +(\S+)", printed, re.MULTILINE)
    smtp = re.search(r"--server 127\.0\.0\.1:(\d+) .* --to (\S+)", printed)
    assert begin
    assert url
    assert password
    assert "/sign-in" in httpx2.get(begin[1], trust_env=False).text
    assert smtp
    signed = httpx2.post(f"{url[1]}/api/session", json={"name": "guest", "password": password[1]}, trust_env=False)
    assert signed.json()["agent_id"] == "guest"
    with smtplib.SMTP("127.0.0.1", int(smtp[1]), timeout=20) as client:
        client.sendmail("you@home.example", smtp[2], "From: you@home.example\nSubject: Hello\n\nIs anybody there?")
    _wait_for(tmp_path / "your-mail" / "new", 30)

    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=90)
    assert process.returncode == 0, rest
    assert "0 broken" in rest


def _wait_for(folder: Path, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not (folder.is_dir() and any(folder.iterdir())):
        assert time.monotonic() < ends, f"no mail in {folder.name} within {seconds} s"
        select.select([], [], [], 0.1)


@pytest.mark.timeout(420)
def test_a_cluster_of_processes_breaks_no_invariant_either() -> None:
    # longer than the demo gives itself to start its processes, to let people finish and to end: it says what was wrong
    ports, bound = ("--port", "0", "--smtp-port", "0"), STARTS + 90 + ENDS + 75
    day = ("--cluster", "--seconds", "6", "--speed", "6", "--seed", "7", "--json", *ports)
    # as `make cluster` does: by Kafka too, where one can be started
    done = run_demo(*day, seconds=bound, beside=("-m", "tests.cluster", sys.executable))
    assert "Kafka listens" in done.stderr or os.environ.get("TRUNKLINE_TEST_REQUIRE") != "all", done.stderr[-3_000:]
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    found = json.loads(done.stdout)
    assert found["invariants"]["broken"] == []
    assert found["counts"]["mails_sent"] > 0
