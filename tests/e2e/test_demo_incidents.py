"""A demo day on which the routing policy changes while customers wait and the power fails at one site.

Afterwards every decision of it is made again from its log.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_demo import ROOT, run_demo

pytestmark = pytest.mark.timeout(240)
PORTS = ("--port", "0", "--smtp-port", "0")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("incidents")


@pytest.fixture(scope="module")
def finished(folder: Path) -> subprocess.CompletedProcess[str]:
    day = ("--seconds", "14", "--speed", "6", "--seed", "11", "--drain", "120", "--json")
    return run_demo(*day, "--power-cut", "krakow", "--new-policy", "--data", str(folder), *PORTS)


@pytest.fixture(scope="module")
def told(finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert finished.stdout, finished.stderr[-3_000:]
    return json.loads(finished.stdout)


def test_nobody_is_lost_though_the_policy_changes_and_the_power_fails(
    finished: subprocess.CompletedProcess[str], told: dict[str, Any]
) -> None:
    assert told["invariants"]["broken"] == []
    assert "nothing is left undone" in told["invariants"]["checked"]
    assert finished.returncode == 0


def test_every_document_of_the_new_policy_is_on_record_as_a_second_revision(told: dict[str, Any]) -> None:
    policies = {one["policy"]: one["revision"] for one in told["incidents"] if "policy" in one}
    assert policies
    assert set(policies.values()) == {2}


def test_while_a_site_is_dark_the_others_answer_and_it_answers_nobody(told: dict[str, Any]) -> None:
    (outage,) = [one for one in told["incidents"] if "site" in one]
    assert outage["site"] == "krakow"
    assert 0 < outage["down"] < outage["back"]
    waits = told["wait_by_site"]
    assert "during" not in waits["krakow"]
    assert sum(waits[site].get("during", {"answered": 0})["answered"] for site in ("lyon", "riga")) > 0
    assert sum(parts["after"]["answered"] for parts in waits.values() if "after" in parts) > 0


def test_every_decision_of_that_day_is_made_again_from_its_log(
    folder: Path, finished: subprocess.CompletedProcess[str]
) -> None:
    assert finished.returncode == 0, finished.stderr[-2_000:]
    command = [sys.executable, "-m", "infra.cli.main", "explain", "--verify", "--json"]
    command += ["--store", f"sqlite:///{folder}/log.sqlite"]
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)
    found = json.loads(again.stdout)
    assert (again.returncode, found["same"], found["differ"]) == (0, True, 0), again.stdout[:3_000]
    assert found["decisions"] >= 10


def test_the_folder_of_that_day_is_kept_and_another_day_goes_on_in_it(
    folder: Path, finished: subprocess.CompletedProcess[str]
) -> None:
    assert finished.returncode == 0, finished.stderr[-1_000:]
    assert (folder / "log.sqlite").exists()
    few = ("--seconds", "2", "--speed", "20", "--customers", "10", "--json")
    second = run_demo(*few, "--data", str(folder), *PORTS)
    assert second.returncode == 0, second.stdout[-3_000:] + second.stderr[-1_000:]
    assert json.loads(second.stdout)["counts"]["tickets_opened"] > 0


def test_a_power_cut_at_a_site_that_does_not_exist_is_refused_with_the_sites_there_are() -> None:
    refused = run_demo("--seconds", "5", "--power-cut", "atlantis", *PORTS)
    assert refused.returncode != 0
    assert "there is no site 'atlantis'" in refused.stderr
    assert "known: krakow, lyon, riga" in refused.stderr
