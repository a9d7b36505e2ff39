"""Scripts: how often each step of each version was answered how, taken back, and how the contact then ended."""

from __future__ import annotations

from typing import Any

from domain.event import Recorded
from domain.interaction.events import WrapUpCompleted
from domain.ports import Rows
from domain.script import ScriptAnswered, ScriptBegun, ScriptSteppedBack
from projections.schema import Column, Projection, Table

#: One script beside one conversation; `path` are pairs of step and choice. `ended_as`: its contact's disposition.
RUNS = Table(
    "script_runs",
    (
        Column("interaction_id"),
        Column("script"),
        Column("project"),
        Column("version"),
        Column("step"),
        Column("path", "json"),
        Column("ended_as"),
    ),
    key=("interaction_id", "script"),
    read_back=True,
    ahead=True,
)

VERSIONS = Table(
    "script_versions",
    (
        Column("project"),
        Column("script"),
        Column("version"),
        Column("first", "instant"),
        Column("runs", "integer"),
        Column("finished", "integer"),
    ),
    key=("project", "script", "version"),
    indexes=(("project", "script", "first", "version"),),
    read_back=True,
)

#: `choice` empty: words. `back`: answers that were taken back, which count in `answers` no longer.
STEPS = Table(
    "script_steps",
    (
        Column("project"),
        Column("script"),
        Column("version"),
        Column("step"),
        Column("choice"),
        Column("answers", "integer"),
        Column("back", "integer"),
        Column("dispositions", "json"),
    ),
    key=("project", "script", "version", "step", "choice"),
    read_back=True,
)

scripts = Projection("scripts", 1, (RUNS, VERSIONS, STEPS))
on = scripts.on


@on(ScriptBegun)
def begun(recorded: Recorded, event: ScriptBegun, rows: Rows) -> None:
    row: dict[str, Any] = {
        "interaction_id": event.interaction_id,
        "script": event.script,
        "project": recorded.project,
        "version": event.version,
        "step": "",
        "path": [],
        "ended_as": "",
    }
    rows.put("script_runs", row)
    _version(recorded, rows, row, runs=1)


def _version(recorded: Recorded, rows: Rows, run: dict[str, Any], **more: int) -> None:
    key = (run["project"], run["script"], run["version"])
    new = {"project": key[0], "script": key[1], "version": key[2], "first": recorded.occurred_at}
    row: dict[str, Any] = dict(rows.get("script_versions", key) or {**new, "runs": 0, "finished": 0})
    for name, number in more.items():
        row[name] += number
    rows.put("script_versions", row)


def _step(rows: Rows, run: dict[str, Any], step: str, choice: str, disposition: str = "", **more: int) -> None:
    key = (run["project"], run["script"], run["version"], step, choice)
    names = ("project", "script", "version", "step", "choice")
    new: dict[str, Any] = {**dict(zip(names, key, strict=True)), "answers": 0, "back": 0, "dispositions": {}}
    row: dict[str, Any] = dict(rows.get("script_steps", key) or new)
    for name, number in more.items():
        row[name] += number
    if disposition:
        before = row["dispositions"].get(disposition, 0)
        row["dispositions"] = {**row["dispositions"], disposition: before + 1}
    rows.put("script_steps", row)


@on(ScriptAnswered)
def answered(recorded: Recorded, event: ScriptAnswered, rows: Rows) -> None:
    known = rows.get("script_runs", (event.interaction_id, event.script))
    if known is None:
        return
    run = {**known, "step": event.to_step, "path": [*known["path"], [event.step, event.choice]]}
    rows.put("script_runs", run)
    _step(rows, run, event.step, event.choice, answers=1)
    if not event.to_step:
        _version(recorded, rows, run, finished=1)


@on(ScriptSteppedBack)
def stepped_back(recorded: Recorded, event: ScriptSteppedBack, rows: Rows) -> None:
    known = rows.get("script_runs", (event.interaction_id, event.script))
    if known is None:
        return
    if not known["step"]:
        _version(recorded, rows, dict(known), finished=-1)
    run = {**known, "step": event.to_step, "path": known["path"][:-1]}
    rows.put("script_runs", run)
    _step(rows, run, event.to_step, event.choice, answers=-1, back=1)


@on(WrapUpCompleted)
def completed(recorded: Recorded, event: WrapUpCompleted, rows: Rows) -> None:
    """The first end of the contact's work counts, for every answer that stands."""
    for run in rows.find("script_runs", interaction_id=event.interaction_id):
        if run["ended_as"]:
            continue
        for step, choice in sorted({(step, choice) for step, choice in run["path"]}):
            _step(rows, dict(run), step, choice, event.disposition)
        rows.put("script_runs", {**run, "ended_as": event.disposition})
