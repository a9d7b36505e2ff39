"""A scenario that cannot be run is refused with the place in the file, what is wrong and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.simulate.reading import Loaded, load
from tests.simulate.building import EXAMPLES

GOOD = """\
schema_version: 1
scenario: tried
title: Tried
run: {length: 3600, warm_up: 60, runs: 4, seed: 1}
sites: [north]
skills: [french]
queues:
  calls: {skills: {french: 2}}
profiles:
  phone: {capacity: 1, channels: {voice: {concurrency: 1}}, queues: {calls: {}}}
groups:
  agents: {count: 4, profile: phone, site: north, skills: {french: 3}}
classes:
  callers:
    channel: voice
    queue: calls
    arrivals: {per_hour: 60}
    handling: {exponential: 120}
"""


def loaded(tmp_path: Path, text: str) -> Loaded:
    path = tmp_path / "scenario.yaml"
    path.write_text(text)
    return load(path)


def test_the_scenario_that_the_others_are_made_of_is_in_order(tmp_path: Path) -> None:
    found = loaded(tmp_path, GOOD)
    assert found.findings == []
    assert found.scenario is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "said"),
    [
        ("per_hour: 60", "per_hour: -60", 17, "classes.callers.arrivals.per_hour", "must be a number above 0"),
        ("exponential: 120", "exponential: 0", 18, "classes.callers.handling.exponential", "must be a number above 0"),
        ("exponential: 120", "exponentail: 120", 18, "classes.callers.handling.exponentail", "no key 'exponentail'"),
        ("exponential: 120", "exponential: long", 18, "classes.callers.handling.exponential", "this is the text"),
        ("exponential: 120", "constant: 1, exponential: 120", 18, "classes.callers.handling.exponential",
         "exactly one of constant, exponential, lognormal, empirical, trace is needed, here stand constant and expon"),
        ("{exponential: 120}", "{}", 18, "classes.callers.handling", "none of them stands here"),
        ("per_hour: 60", "per_hour: 60, repeat: 100", 17, "classes.callers.arrivals.repeat", "no steps to repeat"),
        ("per_hour: 60", "times: [5, 4]", 17, "classes.callers.arrivals.times.1", "4 s comes after 5 s"),
        ("    queue: calls", "    queue: cals", 16, "classes.callers.queue", "there is no queue 'cals'"),
        ("{skills: {french: 2}}", "{steps: [{after: 30, add_queue: cals}]}", 8, "queues.calls.steps.0.add_queue",
         "there is no queue 'cals'"),
        ("{skills: {french: 2}}", "{overflow: {waiting: 3, queue: calls}}", 8, "queues.calls.overflow.queue",
         "an overflow leads to its own queue"),
        ("{skills: {french: 2}}", "{hours: day}", 8, "queues.calls.hours", "there is no opening hours 'day'"),
        ("sites: [north]", "sites: [north]\nrouting: {policy: fixed_queue_ratio, shares: {cals: 2}}", 6,
         "routing.shares.cals", "cals"),
        ("    queue: calls", "    queue: calls\n    site: nroth", 17, "classes.callers.site", "no site 'nroth'"),
        ("site: north", "site: nroth", 12, "groups.agents.site", "there is no site 'nroth'"),
        ("skills: {french: 3}", "skills: {frnch: 3}", 12, "groups.agents.skills.frnch", "there is no skill 'frnch'"),
        ("{skills: {french: 2}}", "{skills: {frnch: 2}}", 8, "queues.calls.skills.frnch", "there is no skill 'frnch'"),
        ("profile: phone", "profile: fone", 12, "groups.agents.profile", "there is no profile 'fone'"),
        ("queues: {calls: {}}", "queues: {cals: {}}", 10, "profiles.phone.queues.cals", "there is no queue 'cals'"),
        ("concurrency: 1", "concurrency: 1, units: 2", 10, "profiles.phone.capacity", "can take nothing"),
        ("french: 3", "french: 1", 14, "classes.callers", "no group can take voice work of the queue 'calls'"),
        ("channel: voice", "channel: email", 14, "classes.callers", "no group can take email work"),
        ("channel: voice", "channel: vioce", 15, "classes.callers.channel", "there is no channel 'vioce'"),
        ("count: 4", "count: 0", 12, "groups.agents.count", "must be a whole number from 1"),
        ("count: 4", "count: 4, shifts: [{start: 9, end: 5}]", 12, "groups.agents.shifts.0.end", "before it begins"),
        ("warm_up: 60", "warm_up: 3600", 4, "run.warm_up", "leaves nothing of the 3600 s to measure"),
        ("title: Tried", "title: Tried\nexact: [erlang_a]", 4, "exact.0", "needs one exponential patience"),
        ("title: Tried", "title: Tried\nexpect: [{measure: wait, below: 1}]", 4, "expect.0.measure",
         "there is no measure 'wait'"),
        ("title: Tried", "title: Tried\nexpect: [{measure: mean_wait}]", 4, "expect.0", "`below` or `above` is needed"),
        ("title: Tried", "title: Tried\npower_cuts: [{site: moon, start: 1, end: 2}]", 4, "power_cuts.0.site",
         "there is no site 'moon'"),
        ("title: Tried", "title: Tried\nwaiting_places: [{places: -1}]", 4, "waiting_places.0.places",
         "must be a whole number from 0"),
        ("per_hour: 60", "trace: {file: none.csv}", 17, "classes.callers.arrivals.trace.at", "No such file"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(tmp_path: Path, old: str, new: str, line: int, path: str, said: str) -> None:
    assert old in GOOD
    found = loaded(tmp_path, GOOD.replace(old, new, 1))
    assert found.scenario is None
    assert [(f.line, f.path) for f in found.findings] == [(line, path)]
    assert said in found.findings[0].what
    assert found.findings[0].mend


@pytest.mark.parametrize("per_hour", [120, 120.5, 5000])
def test_a_load_above_capacity_without_patience_is_said_to_have_no_steady_state(
    tmp_path: Path, per_hour: float
) -> None:
    found = loaded(tmp_path, GOOD.replace("per_hour: 60", f"per_hour: {per_hour}"))
    (finding,) = found.findings
    assert (finding.line, finding.path) == (17, "classes.callers.arrivals")
    assert "no steady state exists: callers: a load of" in finding.what
    assert "agents are 4 agents, and nobody gives up, so the queue grows for ever" in finding.what
    assert f"{int(per_hour / 30) + 1} agents or more" in finding.mend


def test_a_load_above_capacity_is_no_fault_where_callers_give_up_or_meet_the_busy_tone(tmp_path: Path) -> None:
    overloaded = GOOD.replace("per_hour: 60", "per_hour: 5000")
    assert loaded(tmp_path, overloaded + "    patience: {exponential: 60}\n").findings == []
    assert loaded(tmp_path, overloaded + "waiting_places: [{places: 3}]\n").findings == []


def test_classes_that_share_too_few_agents_are_named_together_though_each_alone_could_be_served(tmp_path: Path) -> None:
    more = (
        GOOD
        + "  others:\n    channel: voice\n    queue: calls\n    arrivals: {per_hour: 70}\n"
        + ("    handling: {exponential: 120}\n")
    )
    (finding,) = loaded(tmp_path, more).findings
    assert "no steady state exists: callers and others" in finding.what


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("at\n1\n-2\n", "line 3: at is -2, it must be zero or more"),
        ("at\n1\nsoon\n", "line 3: at is 'soon', not a number of seconds"),
        ("moment\n1\n", "there is no column 'at'; there are moment"),
        ("at\n", "no row but the heading"),
    ],
)
def test_a_fault_in_a_trace_is_named_with_its_line(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "calls.csv").write_text(rows)
    (finding,) = loaded(tmp_path, GOOD.replace("per_hour: 60", "trace: {file: calls.csv}")).findings
    assert finding.line == 17
    assert said in finding.what


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("centre: demo\n", "this says no `scenario:`"),
        ("a: [1\n", "not YAML"),
        (GOOD + "---\n" + GOOD, "here are 2 documents"),
    ],
)
def test_what_is_no_scenario_is_said_to_be_none(tmp_path: Path, text: str, said: str) -> None:
    found = loaded(tmp_path, text)
    assert said in found.findings[0].what
    assert found.scenario is None


def test_a_file_that_is_not_there_is_named() -> None:
    assert load(Path("nowhere.yaml")).unreadable


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_in_order_and_named_as_its_file(path: Path) -> None:
    found = load(path)
    assert [(f.line, f.what) for f in found.findings] == []
    assert found.scenario is not None
    assert found.scenario.scenario == path.stem
