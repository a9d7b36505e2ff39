"""What a new version of a document changes against the one in force, in words: which queue, what from, what to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.faults import KINDS
from domain.sentence import Sentence, joined, say
from infra.schema_example import Path, Schema
from infra.schema_words import flow

#: What an entry of each part of a document is called.
ENTRIES: Mapping[str, Sentence] = {
    "queues": KINDS["queue"],
    "channels": KINDS["channel"],
    "profiles": KINDS["profile"],
    "agents": KINDS["agent"],
    "sites": KINDS["site"],
    "skills": KINDS["skill"],
    "hours": say("kind_hours", "hours"),
    "departments": KINDS["department"],
    "mailboxes": KINDS["mailbox"],
    "numbers": KINDS["number"],
    "flows": say("kind_call_flow", "call flow"),
    "service_levels": say("kind_service_level", "service level"),
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
    words: Sentence


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
            new = say("is_new", "new")
            yield _said(path, say("is_new_as", "new: {shown}", shown=self._shown(path, after)) if after else new)
        elif _named(path) and after is _ABSENT:
            yield _said(path, say("is_removed", "removed"))
        else:
            yield _said(path, _turned(self._shown(path, before), self._shown(path, after)))

    def _steps(
        self, path: Path, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
    ) -> Iterator[ChangeInWords]:
        """Steps are the same where they come after the same time, in their order."""
        old, new = _by_time(before), _by_time(after)
        moved = _moved(old, new)
        for key, step in new.items():
            if key in moved.values():
                words = "step after {before} s: now after {after} s"
                yield _said(path[:-1], say("step_moved", words, before=_before(moved, key), after=key[0]), at=path)
            elif key not in old:
                words = "new step after {after} s: {does}"
                yield _said(path[:-1], say("step_is_new", words, after=key[0], does=_step(step)), at=path)
            elif old[key] != step:
                turned = _turned(_step(old[key]), _step(step))
                said = say("step_changed", "step after {after} s: {turned}", after=key[0], turned=turned)
                yield _said(path[:-1], said, at=path)
        for key, step in old.items():
            if key not in new and key not in moved:
                words = "no step after {after} s any more (it was: {did})"
                yield _said(path[:-1], say("step_is_gone", words, after=key[0], did=_step(step)), at=path)

    def _days(self, path: Path, changed: Sequence[str]) -> ChangeInWords:
        words = "{count} days from {first} to {last} added, changed or removed"
        return _said(path, say("days_changed", words, count=len(changed), first=changed[0], last=changed[-1]))

    def _shown(self, path: Path, value: Any) -> Sentence:
        if path[:1] == ("hours",) and path[2:3] == ("days",) and (value is _ABSENT or not value):
            as_ever = say("as_every_week", "as every week")
            return as_ever if value is _ABSENT else say("closed_all_day", "closed all day")
        if value is _ABSENT or value is None or value in ([], {}):
            return say("value_none", "none")
        if isinstance(value, Mapping | list):
            return say("value", "{value}", value=_short(flow(_explicit(value))))
        unit = str((self._schema.at(path) or {}).get("description", "")).partition(" ")[0]
        if unit.strip(",") == "seconds":
            return say("value_in_seconds", "{value} s", value=flow(value))
        return say("value", "{value}", value=_short(flow(value)))


def _named(path: Path) -> bool:
    """Whether `path` is an entry with a name of its own, such as `queues.billing`."""
    return len(path) % 2 == 0 and all(part in ENTRIES for part in path[::2])


def _turned(before: Sentence, after: Sentence) -> Sentence:
    return say("turned", "{before} → {after}", before=before, after=after)


def _said(path: Path, what: Sentence, at: Path = ()) -> ChangeInWords:
    places, rest = list[Sentence](), list(path)
    while len(rest) > 1 and rest[0] in ENTRIES:
        places.append(say("entry", "{kind} {name}", kind=ENTRIES[str(rest[0])], name=str(rest[1])))
        del rest[:2]
    keys = [str(part).replace("_", " ") for part in rest]
    if not places:
        places.append(say("key", "{key}", key=keys.pop(0)))
    if keys:
        what = say("of_key", "{keys} {said}", keys=" ".join(keys), said=what)
    said = say("of_place", "{place}: {said}", place=joined(places), said=what)
    return ChangeInWords(".".join(map(str, at or path)), said)


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


def _step(step: Mapping[str, Any]) -> Sentence:
    """A step in words: `metal no longer asked for, rings up to 2`."""
    lower: Mapping[str, int] = step["lower"]
    said = [
        say("step_lowers", "level {level} of {skill} is enough", level=level, skill=skill)
        for skill, level in lower.items()
    ]
    said += [say("step_drops", "{skill} no longer asked for", skill=skill) for skill in step["drop"]]
    said += [say("step_adds_queue", "the queue {queue} too", queue=step["add_queue"])] if step["add_queue"] else []
    said += [say("step_opens_rings", "rings up to {rings}", rings=step["open_rings"])] if step["open_rings"] else []
    said += [_site(site) for site in step["add_sites"]]
    said += [say("step_any_language", "any language")] if step["any_language"] else []
    said += [say("step_priority", "priority {priority}", priority=step["priority"])] if step["priority"] else []
    said += [say("step_offers_callback", "a callback is offered")] if step["offer_callback"] else []
    said += [say("step_sends_text", "a text is sent")] if step["message"] else []
    said += [say("step_to_voicemail", "on to voicemail")] if step["voicemail"] else []
    return joined(said)


def _site(site: str) -> Sentence:
    if site == "any":
        return say("step_any_site", "any site too")
    return say("step_adds_site", "the site {site} too", site=site)


def _explicit(value: Any) -> Any:
    """Without what is empty: an entry that is new is told by what it says."""
    if isinstance(value, Mapping):
        return {key: _explicit(one) for key, one in value.items() if one not in (None, {}, [])}
    return [_explicit(one) for one in value] if isinstance(value, list) else value


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
