"""`trunkline explain` over a real log in a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from domain.interaction.events import InteractionAbandoned, InteractionClosed, InteractionOffered
from infra.cli.main import app
from router import Router
from tests.router.pool import POOL, Pool
from tests.router.stored import store, store_rows
from tests.router.test_redeciding import eventful, simulated

Run = Callable[..., Result]

MAIL: dict[str, Any] = {"capacity": 2, "channels": {"email": {"concurrency": 2}}, "queues": {"p/a": {}, "p/expert": {}}}


@pytest.fixture
def pool() -> Pool:
    """Two offers of one leg, and a leg that nobody can have."""
    pool, router = Pool(), Router(POOL)
    steps = [{"after": 60, "lower": {"billing": 2}}]
    pool.project("p", {"a": {}, "expert": {"skills": {"billing": 5}, "steps": steps}})
    pool.agent("anna", MAIL, {"billing": 2})
    pool.wait(30)
    pool.agent("boris", MAIL, {"billing": 1})
    pool.arrive("a")
    pool.route(router)
    pool.decline(pool.offers()[0])
    pool.route(router)
    pool.arrive("expert")
    pool.route(router)
    return pool


@pytest.fixture
def run(pool: Pool, tmp_path: Path) -> Run:
    url = asyncio.run(store(pool.log, tmp_path / "log.db"))
    return lambda *arguments: CliRunner().invoke(app, ["explain", "--store", url, *arguments])


def test_a_decision_is_explained_in_plain_words(run: Run) -> None:
    done = run("id000001")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "interaction id000001, leg 1, offer 2 of 2: email in p/a"
    assert lines[1].startswith("Offered to boris at 2026-03-02 09:00:30.000 UTC, after 0.0 s of waiting")
    assert "Made again from the log alone: the same, byte for byte." in lines
    assert "1 of 2 agents could have it; the first in this order was chosen:" in lines
    assert "Excluded, each under the first rule that does so: 1 by tried." in lines


def test_why_not_another_ends_with_what_would_have_chosen_them(run: Run) -> None:
    output = run("id000001", "--offer", "1", "--agent", "boris").output
    assert "Why not boris?" in output
    assert "in the order, boris came 2nd" in output
    assert "idle since decided: anna 2026-03-02T09:00:00.000+00:00, boris 2026-03-02T09:00:30.000+00:00" in output
    assert "It would have been offered to boris, had they been idle 31 s longer, since before anna." in output


def test_what_still_waits_is_explained_with_what_comes_next(run: Run) -> None:
    output = run("id000004", "--agent", "anna").output
    assert output.startswith(
        "interaction id000004, leg 1: email in p/expert waits; 0.0 s by 2026-03-02 09:00:30.000 UTC"
    )
    assert "Excluded, each under the first rule that does so: 2 by skill." in output
    assert "2026-03-02 09:01:30.000 UTC  step 1: billing from level 2" in output
    assert "It would have been offered to anna, had they had billing at level 5 instead of 2." in output


def test_the_same_as_json(run: Run) -> None:
    document = json.loads(run("id000001", "--offer", "1", "--agent", "boris", "--json").output)
    assert (document["kind"], document["same"], document["decision"]["chosen"]["agent_id"]) == (
        "decision",
        True,
        "anna",
    )
    assert [one["agent_id"] for one in document["order"]] == ["anna", "boris"]
    assert document["other"]["excluded_by"] is None
    assert document["other"]["decided_by"]["key"] == "idle since"
    assert document["other"]["changes"][0]["kinds"] == ["idle"]
    waiting = json.loads(run("id000004", "--agent", "anna", "--json").output)
    assert (waiting["kind"], waiting["excluded"]) == ("waiting", {"skill": 2})
    assert [(one["kind"], one["at"]) for one in waiting["ahead"]] == [("step", "2026-03-02T09:01:30+00:00")]
    verdicts = {one["rule"]: one["reason"] for one in waiting["other"]["verdicts"]}
    assert verdicts["skill"] == "skill billing: has 2, needs 5"
    assert verdicts["state"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("id0000011",), "there is no interaction 'id0000011' in this log; did you mean id000001"),
        (("id00",), "did you mean"),
        (("id000001", "--leg", "7"), "interaction id000001 has no leg '7'; it has 1"),
        (("id000001", "--offer", "3"), "leg 1 has no offer 3: there is offers 1 to 2"),
        (("id000004", "--offer", "1"), "leg 1 has no offer 1: there is none"),
        (("id000001", "--agent", "bori"), "there was no agent 'bori' then; did you mean boris?"),
        (("id000001", "--agent", "zzz"), "there was no agent 'zzz' then; there were 2"),
    ],
)
def test_what_is_not_there_is_said_with_what_may_be_meant(run: Run, arguments: tuple[str, ...], says: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert says in done.output


def test_wrong_use_and_a_log_that_cannot_be_opened_are_said(run: Run, tmp_path: Path) -> None:
    assert run().exit_code == 2
    assert run("id000001", "--verify").exit_code == 2
    assert run("--verify", "--agent", "anna").exit_code == 2
    away = CliRunner().invoke(app, ["explain", "x", "--store", f"sqlite:///{tmp_path}/none.db"])
    assert away.exit_code == 3
    assert "Traceback" not in away.output
    assert CliRunner().invoke(app, ["explain", "x", "--store", "ftp://nowhere"]).exit_code == 3


def test_a_contact_that_left_unanswered_is_explained_as_it_last_waited(pool: Pool, tmp_path: Path) -> None:
    pool.wait(20)
    gone = InteractionAbandoned(interaction_id="id000004", leg="1", waited=20)
    closed = InteractionClosed(interaction_id="id000004", reason="abandoned")
    pool.record("interaction-id000004", gone, closed)
    url = asyncio.run(store(pool.log, tmp_path / "log.db"))
    output = CliRunner().invoke(app, ["explain", "--store", url, "id000004"]).output
    assert "waited until it was abandoned; 20.0 s by 2026-03-02 09:00:50.000 UTC" in output


def verify(url: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(app, ["explain", "--verify", "--json", "--store", url])
    return done.exit_code, json.loads(done.output)


def test_every_decision_of_a_log_with_policy_changes_and_outages_is_made_again(tmp_path: Path) -> None:
    log = eventful().log
    offers = sum(isinstance(one.event, InteractionOffered) for one in log)
    code, document = verify(asyncio.run(store(log, tmp_path / "log.db")))
    assert (code, document["same"], document["decisions"], document["differ"]) == (0, True, offers, 0)
    assert document["events"] == len(log)


def test_every_decision_of_a_day_with_faults_is_made_again(tmp_path: Path) -> None:
    rows = asyncio.run(simulated(10).rows(0, 100_000))
    code, document = verify(asyncio.run(store_rows(rows, tmp_path / "log.db")))
    assert (code, document["same"], document["events"]) == (0, True, len(rows))
    assert document["decisions"] > 0


def test_a_decision_that_comes_out_otherwise_is_named_and_fails_the_command(pool: Pool, tmp_path: Path) -> None:
    at = next(n for n, one in enumerate(pool.log) if isinstance(one.event, InteractionOffered))
    event = pool.log[at].event
    assert isinstance(event, InteractionOffered)
    forged = event.decision.model_copy(
        update={"at": event.decision.at + timedelta(seconds=1), "excluded": {"state": 9}}
    )
    pool.log[at] = pool.log[at]._replace(event=event.model_copy(update={"decision": forged}))
    code, document = verify(asyncio.run(store(pool.log, tmp_path / "log.db")))
    assert (code, document["differ"]) == (1, 1)
    assert document["first_differing"][0]["position"] == pool.log[at].position
    assert document["first_differing"][0]["again"]["excluded"] == {}
