"""Scenarios for tests, written as people write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.simulate.engine import Simulation
from infra.simulate.reading import load
from infra.simulate.scenario import ScenarioDocument

EXAMPLES = Path(__file__).parents[2] / "examples" / "scenarios"


def scenario(**changes: Any) -> ScenarioDocument:
    """Three agents, one queue, a load of two; `changes` to the top level of the document."""
    document: dict[str, Any] = {
        "schema_version": 1,
        "scenario": "small",
        "title": "Small",
        "run": {"length": 36_000, "warm_up": 3_600, "runs": 2, "seed": 1},
        "queues": {"calls": {}},
        "profiles": {
            "phone": {
                "capacity": 1,
                "channels": {"voice": {"concurrency": 1}, "callback": {"concurrency": 1}},
                "queues": {"calls": {}},
            }
        },
        "groups": {"agents": {"count": 3, "profile": "phone"}},
        "classes": {"callers": callers()},
    }
    return ScenarioDocument.model_validate(document | changes)


def callers(**changes: Any) -> dict[str, Any]:
    """A class of callers; `changes` to it."""
    return {
        "channel": "voice",
        "queue": "calls",
        "arrivals": {"per_hour": 60},
        "handling": {"exponential": 120},
        **changes,
    }


def run(document: ScenarioDocument, seed: int = 1) -> dict[str, Any]:
    """The report of one run."""
    return Simulation(document, {}, seed).run()


def example(name: str) -> ScenarioDocument:
    """A scenario of the examples, which must be in order."""
    loaded = load(EXAMPLES / f"{name}.yaml")
    assert loaded.scenario is not None, loaded.findings or loaded.unreadable
    return loaded.scenario
