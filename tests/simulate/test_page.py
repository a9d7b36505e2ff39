"""The page of simulation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from infra.simulate.page import EXAMPLES, simulation_page
from infra.simulate.reading import load
from tests.simulate.building import run

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


def test_the_page_of_simulation_says_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == simulation_page(), "run `python -m infra.simulate.page > docs/simulation.md`"


def test_every_measure_of_a_run_is_told() -> None:
    loaded = load(EXAMPLES / "one_day.yaml")
    assert loaded.scenario is not None
    page = PAGE.read_text("utf-8")
    total = run(loaded.scenario)["total"]
    names = {re.sub(r"_within_.*", "_within_t", name) for name in total}
    assert {name for name in names if f"| `{name}`" not in page} == set()


def test_the_scenario_on_the_page_can_be_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    (tmp_path / "smallest.yaml").write_text(blocks[0])
    assert load(tmp_path / "smallest.yaml").scenario is not None


def test_every_key_of_the_page_says_what_it_is() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 80
    assert all(row.split(" | ")[1].strip() for row in rows)
