"""The files of a deployment say what is true: settings that exist, roles that exist, figures that are told."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from infra.load_settings import PREFIX
from infra.operations.figures import Figures
from infra.roles import ROLES
from infra.settings import Settings

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"\b(?:(?:trunkline|process|python)_[a-z_]+|up(?=\{))")
#: Prometheus' own, of each target.
OF_PROMETHEUS = {"up"}


def load(path: str) -> Any:
    return YAML(typ="safe").load((ROOT / path).read_text("utf-8"))


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return load("docker-compose.yml")


@pytest.fixture(scope="module")
def told() -> set[str]:
    """Every sample that a process can tell: as in its text, and labelled ones that have no sample yet."""
    found = set(OF_PROMETHEUS)
    for family in Figures().registry.collect():
        suffixes = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_sum", "_count")}.get(
            family.type, ("",)
        )
        found |= {f"{family.name}{suffix}" for suffix in suffixes}
    return found


def expressions() -> list[tuple[str, str]]:
    rules = [rule for group in load("deploy/alerts.yml")["groups"] for rule in group["rules"]]
    panels = json.loads((ROOT / "deploy/dashboard.json").read_text("utf-8"))["panels"]
    return [(rule["alert"], rule["expr"]) for rule in rules] + [
        (panel["title"], target["expr"]) for panel in panels for target in panel["targets"]
    ]


@pytest.mark.parametrize(("name", "expression"), expressions())
def test_every_figure_that_an_alarm_or_a_chart_asks_for_is_told(name: str, expression: str, told: set[str]) -> None:
    asked = set(FIGURE.findall(expression))
    assert asked, f"{name} asks for no figure"
    assert asked <= told, f"{name} asks for what no process tells"


def test_every_alarm_is_explained_in_the_guide() -> None:
    guide = (ROOT / "docs/operations.md").read_text("utf-8")
    rules = [rule["alert"] for group in load("deploy/alerts.yml")["groups"] for rule in group["rules"]]
    assert [name for name in rules if f"`{name}`" not in guide] == []


def test_every_figure_of_ours_is_explained_in_the_guide() -> None:
    guide = (ROOT / "docs/operations.md").read_text("utf-8")
    ours = [family.name for family in Figures().registry.collect() if family.name.startswith("trunkline_")]
    assert [name for name in ours if f"`{name}" not in guide] == []


def test_compose_runs_every_role_with_settings_that_exist(compose: dict[str, Any]) -> None:
    services = compose["services"]
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    for role in ROLES:
        if role != "all":
            assert services[role]["command"] == ["serve", "--role", role]
            assert set(services[role]["environment"]) <= known


def test_compose_pins_its_images_and_watches_every_service(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        tag = service["image"].rpartition(":")[2]
        assert re.match(r"v?\d+\.\d+", tag), f"{name}: {service['image']} is not pinned"
        assert "healthcheck" in service, name
        for other in service.get("depends_on", {}):
            assert other in compose["services"], name
    volumes = {
        v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", ()) if not v.startswith(".")
    }
    assert volumes == set(compose["volumes"])


def test_prometheus_looks_for_every_role(compose: dict[str, Any]) -> None:
    (job,) = load("deploy/prometheus.yml")["scrape_configs"]
    assert set(job["dns_sd_configs"][0]["names"]) == set(ROLES) - {"all"}


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not installed here")
    done = subprocess.run([docker, "compose", "config", "-q"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
