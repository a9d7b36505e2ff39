"""A day of the demo, with a power cut and another policy on the way: every decision made again from its log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(240)


def trunkline(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.cli.main", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


def test_every_decision_of_a_demo_with_a_power_cut_and_a_new_policy_is_made_again(tmp_path: Path) -> None:
    ports = ("--port", "0", "--smtp-port", "0")
    day = ("--seconds", "16", "--speed", "2", "--seed", "11", "--drain", "60", "--power-cut", "krakow", "--new-policy")
    done = trunkline("demo", "--json", "--data", str(tmp_path), *day, *ports)
    assert done.returncode == 0, done.stderr[-2000:]
    store = ("--store", f"sqlite:///{tmp_path}/log.sqlite")
    again = trunkline("explain", "--verify", "--json", *store)
    found = json.loads(again.stdout)
    assert (again.returncode, found["same"], found["differ"]) == (0, True, 0), again.stdout[:3000]
    assert found["decisions"] >= 10
