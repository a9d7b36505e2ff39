"""Every example is in order, can be applied, and only uses what exists; examples in messages are valid too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from domain.centre.configuration import Centre
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.references import check
from domain.centre.staffing import check_staffing
from domain.execute import Executor, Origin
from domain.rejection import Rejection
from domain.states import fold
from infra.apply_documents import Applied, apply_documents, revisions
from infra.document_changes import changes
from infra.documents import check_files
from infra.log.memory import MemoryLog
from infra.schema_example import Schema
from infra.schema_words import flow
from tests.configuration.conftest import CENTRE, PROJECT, Check

EXAMPLES = Path(__file__).parents[2] / "examples"
#: `scenarios` are for the simulation and checked there.
CENTRES = sorted(p for p in EXAMPLES.iterdir() if p.suffix == ".yaml" or (p.is_dir() and p.name != "scenarios"))
ORIGIN = Origin(project="", pool="", actor="test")


def named(path: Path) -> str:
    return path.stem


def test_there_are_examples_for_many_uses() -> None:
    wanted = {"small", "three_sites", "help_desk", "concierge", "orders", "promotion"}
    assert wanted <= {path.stem for path in CENTRES}


@pytest.mark.parametrize("path", CENTRES, ids=named)
def test_an_example_is_in_order_without_a_warning(path: Path) -> None:
    checked = check_files([path])
    assert [(f.file, f.line, f.what) for f in checked.findings] == []
    assert len(checked.centres) == 1
    assert checked.projects


def test_the_examples_do_not_get_in_one_anothers_way() -> None:
    other_rules = [path for path in CENTRES if path.name.endswith("_evening")]  # of a centre that is there already
    assert check_files([path for path in CENTRES if path not in other_rules]).findings == []
    assert other_rules


def test_the_evening_rules_change_how_the_same_centre_routes_and_nothing_else() -> None:
    by_day, evening = check_files([EXAMPLES / "three_sites"]), check_files([EXAMPLES / "three_sites_evening"])
    before = [*by_day.centres, *by_day.projects]
    after = [*evening.centres, *evening.projects]
    said = [change.path for old, new in zip(before, after, strict=True) for change in changes(old, new)]
    assert "routing.policy" in said
    assert {path.split(".")[0] for path in said} == {"routing", "profiles", "queues"}


@pytest.mark.parametrize("path", CENTRES, ids=named)
async def test_an_example_can_be_applied_and_its_agents_exist(path: Path, log: MemoryLog, executor: Executor) -> None:
    checked = check_files([path])
    applied = await apply_documents(executor, checked.centres, checked.projects, ORIGIN)
    assert all(one.changed and one.revision == 1 for one in applied)
    (centre,) = checked.centres
    state = fold(f"centre-{centre.centre}", [r.event for r in await log.read_stream(f"centre-{centre.centre}")])
    assert state == Centre(1, state.sha256, centre)
    for agent in centre.agents:
        assert (await log.read_stream(f"agent-{agent}"))[0].event.wire == "agent.registered.v1"


async def test_documents_are_applied_on_the_revision_they_were_made_on(
    check: Check, log: MemoryLog, executor: Executor
) -> None:
    first = check(CENTRE, PROJECT)
    assert await revisions(log, first.centres, first.projects) == {"centre-demo": 0, "project-hotline": 0}
    await apply_documents(executor, first.centres, first.projects, ORIGIN)
    again = await apply_documents(executor, first.centres, first.projects, ORIGIN, expected={"centre-demo": 1})
    assert [one.changed for one in again] == [False, False]

    changed = check(CENTRE.replace("title: Demo", "title: New"), PROJECT)
    with pytest.raises(Rejection, match="stale_revision"):
        await apply_documents(executor, changed.centres, changed.projects, ORIGIN)
    present = await revisions(log, changed.centres, changed.projects)
    assert present == {"centre-demo": 1, "project-hotline": 1}
    applied = await apply_documents(executor, changed.centres, changed.projects, ORIGIN, expected=present)
    assert applied[-1] == Applied("centre-demo", 2, True, applied[-1].position)


async def test_each_document_stands_in_its_own_project_and_pool(
    check: Check, log: MemoryLog, executor: Executor
) -> None:
    checked = check(CENTRE, PROJECT)
    await apply_documents(executor, checked.centres, checked.projects, ORIGIN)
    (project,) = await log.read_stream("project-hotline")
    (centre,) = await log.read_stream("centre-demo")
    assert (project.project, project.pool, centre.pool) == ("hotline", "main", "main")


MODELS: list[type[BaseModel]] = [CentreDocument, ProjectDocument]


def places(schema: Schema, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place that a document may have, one name for each freely named key."""
    yield path
    node: Any = schema.at(path)
    example = schema.example(path)
    keys = list(node["properties"]) if "properties" in node else list(example) if isinstance(example, dict) else []
    for key in keys:
        yield from places(schema, (*path, key))
    if isinstance(example, list):
        yield from places(schema, (*path, 0))


@pytest.mark.parametrize("model", MODELS)
def test_what_a_message_offers_as_an_example_is_valid_wherever_it_is_offered(model: type[BaseModel]) -> None:
    schema = Schema(model)
    for path in places(schema):
        whole = schema.example(())
        at = whole
        for depth, (part, following) in enumerate(pairwise(path)):
            if isinstance(at, dict) and does_one_thing(schema, path[:depth]):
                at.clear()
            empty: Any = [] if isinstance(following, int) else {}
            if isinstance(at, list) and not at:
                at.append(empty)
            at = at.setdefault(part, empty) if isinstance(at, dict) else at[part]
        if path and isinstance(at, list):
            at[:] = [schema.example(path)]
        elif path:
            if does_one_thing(schema, path[:-1]):
                at.clear()
            at[path[-1]] = schema.example(path)
        fill(schema, whole, path)
        model.model_validate(whole)
        assert schema.expected(path)
        assert flow(schema.example(path))


def does_one_thing(schema: Schema, path: tuple[str | int, ...]) -> bool:
    """Whether the mapping at `path` holds one of its keys alone."""
    return (schema.at(path) or {}).get("title") == "FlowStep"


def fill(schema: Schema, whole: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Give the mappings above a place what else they need."""
    at: Any = whole
    for end in range(1, len(path)):
        at = at[path[end - 1]]
        if isinstance(at, dict) and not does_one_thing(schema, path[:end]):
            for key, value in schema.example(path[:end]).items():
                at.setdefault(key, value)


def test_the_examples_of_messages_fit_together() -> None:
    centre = CentreDocument.model_validate(Schema(CentreDocument).example(()))
    project = ProjectDocument.model_validate(Schema(ProjectDocument).example(()))
    faults = check([centre], [project], time_zones={"UTC", "Europe/Paris"}) + check_staffing([centre], [project])
    assert [f.what for f in faults if f.severity == "fault"] == []
