"""What a new version of a document changes against the one in force, in words: which queue, what from, what to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from domain.centre.documents import CentreDocument, ProjectDocument
from infra.schema_example import Path, Schema, flow

#: What an entry of each part of a document is called.
ENTRIES: Mapping[str, str] = {
    "queues": "queue",
    "channels": "channel",
    "profiles": "profile",
    "agents": "agent",
    "sites": "site",
    "skills": "skill",
    "hours": "hours",
    "departments": "department",
    "mailboxes": "mailbox",
    "numbers": "number",
    "flows": "call flow",
    "service_levels": "service level",
}
#: More changed days than this are counted: public holidays come by the dozen.
MAX_DAYS = 6
#: A value is shown as far as this many characters.
MAX_SHOWN = 200

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """One change: its place in the document, and a sentence without a full stop."""

    path: str
    words: str


def changes(
    before: CentreDocument | ProjectDocument | None, after: CentreDocument | ProjectDocument
) -> list[ChangeInWords]:
    """Every difference, in the order of the new document; none where there was no document before."""
    if before is None:
        return []
    said = _Differences(_schema(type(after)), before.model_dump(mode="json"), after.model_dump(mode="json"))
    return list(said.within((), said.before, said.after))


@lru_cache(maxsize=2)
def _schema(model: type[CentreDocument] | type[ProjectDocument]) -> Schema:
    return Schema(model)


class _Differences:
    def __init__(self, schema: Schema, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._schema, self.before, self.after = schema, before, after

    def within(self, path: Path, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangeInWords]:
        """The differences of two mappings at `path`."""
        keys = [*after, *(key for key in before if key not in after)]
        if path[:1] == ("hours",) and path[2:] == ("days",):
            changed = [key for key in keys if before.get(key, _ABSENT) != after.get(key, _ABSENT)]
            if len(changed) > MAX_DAYS:
                yield self._days(path, sorted(changed))
                return
        for key in keys:
            yield from self._one((*path, key), before.get(key, _ABSENT), after.get(key, _ABSENT))

    def _one(self, path: Path, before: Any, after: Any) -> Iterator[ChangeInWords]:
        if before == after:
            return
        if path[:1] == ("queues",) and path[2:] == ("steps",):
            yield from self._steps(path, before, after)
        elif isinstance(before, Mapping) and isinstance(after, Mapping) and (path[-1] in ENTRIES or (before and after)):
            yield from self.within(path, before, after)
        elif _named(path) and before is _ABSENT:
            yield _said(path, "new" + (f": {self._shown(path, after)}" if after else ""))
        elif _named(path) and after is _ABSENT:
            yield _said(path, "removed")
        else:
            yield _said(path, f"{self._shown(path, before)} → {self._shown(path, after)}")

    def _steps(
        self, path: Path, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
    ) -> Iterator[ChangeInWords]:
        """Steps are the same where they come after the same time, in their order."""
        old, new = _by_time(before), _by_time(after)
        moved = _moved(old, new)
        for key, step in new.items():
            if key in moved.values():
                yield _said(path[:-1], f"step after {_before(moved, key)} s: now after {key[0]} s", at=path)
            elif key not in old:
                yield _said(path[:-1], f"new step after {key[0]} s: {_step(step)}", at=path)
            elif old[key] != step:
                yield _said(path[:-1], f"step after {key[0]} s: {_step(old[key])} → {_step(step)}", at=path)
        for key, step in old.items():
            if key not in new and key not in moved:
                yield _said(path[:-1], f"no step after {key[0]} s any more (it was: {_step(step)})", at=path)

    def _days(self, path: Path, changed: Sequence[str]) -> ChangeInWords:
        return _said(path, f"{len(changed)} days from {changed[0]} to {changed[-1]} added, changed or removed")

    def _shown(self, path: Path, value: Any) -> str:
        if path[:1] == ("hours",) and path[2:3] == ("days",) and (value is _ABSENT or not value):
            return "as every week" if value is _ABSENT else "closed all day"
        if value is _ABSENT or value is None:
            return "none"
        if isinstance(value, Mapping | list):
            return _short(flow(_explicit(value))) if value else "none"
        unit = str((self._schema.at(path) or {}).get("description", "")).partition(" ")[0]
        return f"{flow(value)} s" if unit.strip(",") == "seconds" else _short(flow(value))


def _named(path: Path) -> bool:
    """Whether `path` is an entry with a name of its own, such as `queues.billing`."""
    return len(path) % 2 == 0 and all(part in ENTRIES for part in path[::2])


def _said(path: Path, what: str, at: Path = ()) -> ChangeInWords:
    where, rest = "", list(path)
    while len(rest) > 1 and rest[0] in ENTRIES:
        where += f"{', ' if where else ''}{ENTRIES[str(rest[0])]} {rest[1]}"
        del rest[:2]
    keys = [str(part).replace("_", " ") for part in rest]
    if not where:
        where, *keys = keys
    return ChangeInWords(".".join(map(str, at or path)), " ".join([f"{where}:", *keys, what]))


#: Steps by their time, and which of those at that time.
Steps = dict[tuple[int, int], Mapping[str, Any]]


def _by_time(steps: Sequence[Mapping[str, Any]]) -> Steps:
    found: Steps = {}
    for step in steps:
        number = sum(1 for after, _ in found if after == step["after"])
        found[step["after"], number] = step
    return found


def _moved(old: Steps, new: Steps) -> dict[tuple[int, int], tuple[int, int]]:
    """Steps that do the same at another time: from when to when."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for key in (key for key in old if key not in new):
        same = (other for other in new if other not in old and _step(new[other]) == _step(old[key]))
        to = next((other for other in same if other not in found.values()), None)
        if to is not None:
            found[key] = to
    return found


def _before(moved: Mapping[tuple[int, int], tuple[int, int]], to: tuple[int, int]) -> int:
    return next(key[0] for key, other in moved.items() if other == to)


def _step(step: Mapping[str, Any]) -> str:
    """A step in words: `metal no longer asked for, rings up to 2`."""
    lower: Mapping[str, int] = step["lower"]
    said = [f"level {level} of {skill} is enough" for skill, level in lower.items()]
    said += [f"{skill} no longer asked for" for skill in step["drop"]]
    said += [f"the queue {step['add_queue']} too"] if step["add_queue"] else []
    said += [f"rings up to {step['open_rings']}"] if step["open_rings"] else []
    said += [f"{'any site' if site == 'any' else f'the site {site}'} too" for site in step["add_sites"]]
    said += ["any language"] if step["any_language"] else []
    said += [f"priority {step['priority']}"] if step["priority"] else []
    said += ["a callback is offered"] if step["offer_callback"] else []
    said += ["a text is sent"] if step["message"] else []
    said += ["on to voicemail"] if step["voicemail"] else []
    return ", ".join(said)


def _explicit(value: Any) -> Any:
    """Without what is empty: an entry that is new is told by what it says."""
    if isinstance(value, Mapping):
        return {key: _explicit(one) for key, one in value.items() if one not in (None, {}, [])}
    return [_explicit(one) for one in value] if isinstance(value, list) else value


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
