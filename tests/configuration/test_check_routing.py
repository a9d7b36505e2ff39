"""`trunkline check` on routing: what contradicts itself is a fault, what nobody could ever do is a warning."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from domain.centre.cycle_faults import cycles
from infra.cli.check import check as check_command
from tests.configuration.conftest import CENTRE, PROJECT, Check
from tests.configuration.routing_mistakes import BOTH, MISTAKES


def test_a_pool_that_uses_all_of_routing_is_in_order(check: Check) -> None:
    assert [(f.path, f.what) for f in check(BOTH).findings] == []


@pytest.mark.parametrize(
    ("old", "new", "path", "severity", "what", "mend"),
    MISTAKES,
    ids=[f"{number} {row[4]}" for number, row in enumerate(MISTAKES)],
)
def test_what_cannot_be_meant_is_told_with_its_place_and_the_way_to_mend_it(
    check: Check, old: str, new: str, path: str, severity: str, what: str, mend: str
) -> None:
    assert old in BOTH
    checked = check(BOTH.replace(old, new, 1))
    told = [f for f in checked.findings if f.path.endswith(path) and what in f.what]
    assert [f.severity for f in told] == [severity], [(f.path, f.severity, f.what) for f in checked.findings]
    assert mend in told[0].mend
    assert checked.exit_code == (1 if severity == "fault" else 0)
    # a second one only where it holds for another step or channel as well
    assert len(checked.faults) <= 2, [f.what for f in checked.findings]
    assert len({f.path.split(".")[1] for f in checked.faults}) <= 1


def test_what_only_one_agent_could_take_must_be_offered_to_them_again(check: Check) -> None:
    alone = BOTH.replace("metal: 1}\n", "metal: 2}\n    offer: {again: never}\n").replace("drop: [metal], ", "")
    (told,) = check(alone).findings
    assert told.path == "queues.letters.offer.again"
    assert told.what == "only 'anna' can take work from 'letters': declined or missed once, it waits for ever"
    by_channel = alone.replace("{again: never}", "{channels: {email: {again: never}}}")
    assert [f.path for f in check(by_channel).findings] == ["queues.letters.offer.channels.email.again"]


def test_work_that_must_stay_at_a_site_where_nobody_is_is_told_until_a_step_lets_it_go(check: Check) -> None:
    own = BOTH.replace("  night: {title: Night}", "  night: {title: Night, sites: own}").replace(
        "mailboxes:\n",
        "mailboxes:\n  nocturne: {address: n@example.com, title: Night, department: night, site: lyon, language: fr}\n",
    )
    (told,) = check(own).findings
    assert (told.path, told.severity) == ("mailboxes.nocturne.site", "warning")
    assert "belongs to 'lyon' (`sites: own`), but nobody there can take it" in told.what
    assert "add_sites: [any]" in told.mend
    opened = own.replace("sites: own}", "sites: own, steps: [{after: 60, add_sites: [any]}]}")
    assert check(opened).findings == []


def test_a_language_that_nobody_speaks_is_told_where_it_comes_in(check: Check) -> None:
    required = BOTH.replace("{title: Night}", "{title: Night, language: required}").replace(
        "mailboxes:\n", "mailboxes:\n  noc: {address: n@example.com, title: N, department: night, language: pl}\n"
    )
    (told,) = check(required).findings
    assert (told.path, told.severity) == ("mailboxes.noc.language", "warning")
    assert "speaks 'pl'" in told.what
    assert check(required.replace("languages: [en]}", "languages: [en, pl]}", 1)).findings == []


def test_a_level_that_a_step_lowers_far_enough_does_not_wait_for_ever(check: Check) -> None:
    high = PROJECT.replace("{french: 2}", "{french: 9}")
    assert "wait for ever" in check(CENTRE, high).findings[0].what
    lowered = high.replace("{french: 9}", "{french: 9}, steps: [{after: 60, lower: {french: 3}}]")
    assert check(CENTRE, lowered).findings == []


def test_a_ring_that_never_opens_keeps_its_work_waiting_for_ever(check: Check) -> None:
    ringed = CENTRE.replace("hotline/billing: {}", "hotline/billing: {ring: 2}, hotline/other: {}")
    other = "queues:\n  other: {title: Other}\n"
    project = PROJECT.replace("queues:\n", other).replace(
        "departments:\n", "departments:\n  o: {title: O, queue: other}\n"
    )
    told = {(f.path, f.severity): f.what for f in check(ringed, project).findings}
    assert "stands in a ring after 1, the last one that opens" in told["queues.billing", "warning"]
    assert "its ring 2 is never opened" in told["profiles.standard.queues.hotline/billing", "warning"]
    opened = project.replace("{french: 2}", "{french: 2}, steps: [{after: 60, open_rings: 2}]")
    assert check(ringed, opened).findings == []


def test_an_overflow_may_open_the_ring_of_another_queue(check: Check) -> None:
    ringed = CENTRE.replace("hotline/billing: {}", "hotline/billing: {}, hotline/spare: {ring: 3}")
    project = PROJECT.replace(
        "billing: {title: Billing, skills: {french: 2}}",
        "billing: {title: Billing, rings: 3, overflow: {waiting: 5, queue: spare}}\n"
        "  spare: {title: Spare, steps: [{after: 60, priority: 1}]}",
    )
    assert "profiles.standard.queues.hotline/spare" not in [f.path for f in check(ringed, project).findings]


def test_a_mistake_in_a_step_does_not_bring_others_in_its_train(check: Check) -> None:
    for old, new in (("after: 60, lower", "aftr: 60, lower"), ("open_rings: 2}", "open_rings: 99}")):
        checked = check(BOTH.replace(old, new, 1))
        assert {f.path.rsplit(".", 1)[0] for f in checked.faults} <= {
            "queues.letters.steps.0",
            "queues.letters.steps.1",
        }


def test_the_command_shows_the_line_and_exits_with_1(tmp_path: Path) -> None:
    path = tmp_path / "pool.yaml"
    path.write_text(BOTH.replace("{title: Night}", "{title: Night, overflow: {waiting: 9, queue: letters}}"))
    app = typer.Typer()
    app.command()(check_command)
    shown = CliRunner().invoke(app, [str(path)])
    assert shown.exit_code == 1
    assert "fault: overflows go in a circle: letters → night → letters (queues.letters.overflow.queue)" in shown.output
    told = json.loads(CliRunner().invoke(app, [str(path), "--json"]).output)
    (finding,) = told["findings"]
    assert finding["text"].strip() == "overflow: {waiting: 20, queue: night}"


def test_every_circle_is_found_once_and_long_chains_take_no_stack() -> None:
    chain = {str(n): [str(n + 1)] for n in range(20_000)}
    assert list(cycles(chain)) == []
    assert [len(found) for found in cycles({**chain, "20000": ["10000"]})] == [10_001]
    assert list(cycles({"a": ["b", "c"], "b": [], "c": ["a"], "d": ["d"]})) == [["a", "c"], ["d"]]
