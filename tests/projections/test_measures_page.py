"""The page of measures names everything that is measured and every switch there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from domain.centre.documents import ServiceLevel
from projections.queries.measures import Level, MeasuredGroup
from projections.queries.measures.grouping import LONGEST, MAX_GROUPS, MAX_ROWS
from projections.queries.measures.sums import MOST_REASONS

PAGE = (Path(__file__).parents[2] / "docs" / "measures.md").read_text()


@pytest.mark.parametrize("name", sorted({*MeasuredGroup.model_fields} - {"key"}))
def test_every_measure_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", sorted({*ServiceLevel.model_fields, *Level.model_fields} - {"title", "excluded"}))
def test_every_switch_of_a_definition_is_explained(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_definitions_shown_are_valid() -> None:
    shown = PAGE.partition("```yaml\n")[2].partition("```")[0]
    levels = YAML(typ="safe").load(shown)["service_levels"]
    assert {name: ServiceLevel.model_validate(one).within for name, one in levels.items()} == {
        "promise": 20,
        "contract": 14_400,
    }


def test_the_bounds_told_are_those_that_hold() -> None:
    told = PAGE.partition("## Bounds\n")[2]
    for bound in (f"{LONGEST.days} days", f"{MAX_GROUPS:,} groups", f"{MAX_ROWS:,} rows"):
        assert bound in told
    assert f"the {MOST_REASONS} most frequent" in PAGE
