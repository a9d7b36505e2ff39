"""`trunkline simulate` and `trunkline staffing` as people and scripts use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from infra.cli.simulate import simulate
from infra.cli.staffing import staffing
from infra.simulate.measures import MEASURES
from tests.simulate.building import EXAMPLES

app = typer.Typer()
app.command()(simulate)
app.command()(staffing)
SHORT = ["--runs", "2", "--length", "9000", "--processes", "1"]


def trunkline(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_a_simulation_prints_simulated_values_beside_exact_ones() -> None:
    done = trunkline("simulate", str(EXAMPLES / "erlang_a.yaml"), *SHORT)
    assert done.exit_code in (0, 4)
    for said in ("Fifty agents", "2 runs of 9000 s", "mirrored runs", "waiting share", "0.4678", "wait within 20 s"):
        assert said in done.output


def test_a_script_gets_every_measure_with_its_intervals() -> None:
    done = trunkline("simulate", str(EXAMPLES / "two_sites.yaml"), "--runs", "4", "--processes", "1", "--json")
    (told,) = json.loads(done.output)
    assert told["runs"] == told["independent"] == 4
    assert told["interactions_per_core_second"] > 0
    total = told["total"]
    assert {*MEASURES, "wait_within_20", "wait_within_120"} <= set(total)
    assert total["left_waiting"]["mean"] == 0
    assert total["mean_wait"]["half_width_95"] < total["mean_wait"]["half_width_999"]
    assert set(told["groups"]) == {"north", "south"}
    assert 0 < told["groups"]["north"]["occupancy"]["mean"] < 1
    assert all(one["holds"] for one in told["expected"])


def test_what_is_so_rare_that_no_run_had_any_is_neither_inside_nor_outside() -> None:
    """One call in six thousand is blocked."""
    short = ["--runs", "4", "--length", "9000", "--processes", "1"]
    done = trunkline("simulate", str(EXAMPLES / "six_skills.yaml"), *short)
    assert "none in any run: too short to tell" in done.output
    (told,) = json.loads(trunkline("simulate", str(EXAMPLES / "six_skills.yaml"), *short, "--json").output)
    assert told["total"]["blocked_share"]["exact_inside_999"] is None


def test_the_same_seed_prints_the_same_and_another_seed_something_else() -> None:
    def totals(seed: str) -> Any:
        done = trunkline("simulate", str(EXAMPLES / "erlang_c_12.yaml"), *SHORT, "--seed", seed, "--json")
        return json.loads(done.output)[0]["total"]

    assert totals("5") == totals("5")
    assert totals("5") != totals("6")


def test_a_faulty_scenario_is_shown_with_its_line_and_nothing_is_run(tmp_path: Path) -> None:
    text = (EXAMPLES / "erlang_c_12.yaml").read_text().replace("per_hour: 200", "per_hour: 2000")
    (tmp_path / "bad.yaml").write_text(text)
    done = trunkline("simulate", str(tmp_path / "bad.yaml"), *SHORT)
    assert done.exit_code == 1
    assert "no steady state exists" in done.stderr
    assert "arrivals: {per_hour: 2000}" in done.stderr
    as_json = trunkline("simulate", str(tmp_path / "bad.yaml"), "--json")
    assert json.loads(as_json.output)["findings"][0]["path"] == "classes.callers.arrivals"


def test_a_file_that_is_not_there_ends_with_its_own_exit_code() -> None:
    assert trunkline("simulate", "nowhere.yaml").exit_code == 2


def test_a_missed_expectation_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    text = (EXAMPLES / "two_sites.yaml").read_text().replace("left_waiting, below: 1", "mean_wait, below: 0.001")
    (tmp_path / "hopeful.yaml").write_text(text)
    done = trunkline("simulate", str(tmp_path / "hopeful.yaml"), *SHORT)
    assert done.exit_code == 4
    assert "expected mean_wait below 0.001: NO" in done.output


def test_a_run_shorter_than_its_warm_up_is_refused() -> None:
    done = trunkline("simulate", str(EXAMPLES / "erlang_c_12.yaml"), "--length", "100")
    assert done.exit_code == 2
    assert "warm-up of 7200 s" in done.stderr


def test_staffing_from_typed_numbers() -> None:
    asked = ("staffing", "--arrivals", "200", "--handling", "180", "--shrinkage", "0.3", "--busy", "0.02")
    (row,) = json.loads(trunkline(*asked, "--json").output)["rows"]
    assert (row["agents"], row["scheduled"]) == (14, 20)
    assert row["answered_within"] == pytest.approx(0.88835, abs=1e-5)
    assert "88.8%" in trunkline(*asked).output


def test_customers_who_give_up_need_fewer_agents() -> None:
    def agents(*more: str) -> int:
        asked = trunkline("staffing", "--arrivals", "2880", "--handling", "60", *more, "--json")
        return json.loads(asked.output)["rows"][0]["agents"]

    assert agents("--patience", "120") < agents()
    assert agents("--occupancy", "0.8") >= 60


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--arrivals", "200"), "give --arrivals and --handling together"),
        (("--arrivals", "200", "--handling", "-3"), "the handling time above 0"),
        (("--arrivals", "200", "--handling", "180", "--share", "1"), "no number of agents answers all in time"),
        (("--arrivals", "200", "--handling", "180", "--busy", "0"), "share of busy tones must lie between 0 and 1"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(arguments: tuple[str, ...], said: str) -> None:
    done = trunkline("staffing", *arguments)
    assert done.exit_code != 0
    assert said in " ".join(done.stderr.split())
