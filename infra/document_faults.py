"""Holding one document against its schema: every fault with its path and a valid example.

A faulty document is mended in memory, place by place, so that its references can be checked as well and a
person hears of everything at once. What is mended is never applied.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.references import suggest
from domain.sentence import Sentence, joined, say
from infra.schema_example import Path, Schema
from infra.schema_words import NAME, flow

#: What a document may be, by the key that says so.
SCHEMAS: Mapping[str, Schema] = {"centre": Schema(CentreDocument), "project": Schema(ProjectDocument)}
#: A mended place may uncover faults beneath it; documents are this deep at most.
PASSES = 8


class SchemaFault(NamedTuple):
    path: Path
    at_key: bool
    what: Sentence
    mend: Sentence


@dataclass(slots=True)
class Examined:
    """A document held against its schema. `document` is there when it could be read or mended."""

    schema: Schema | None
    document: BaseModel | None
    faults: list[SchemaFault] = field(default_factory=list[SchemaFault])
    mended: set[Path] = field(default_factory=set[Path])

    def touched(self, path: Path, *, deep: bool) -> bool:
        """Whether the names at `path` may be others than they were written; `deep`: or anything beneath them."""
        return any(
            path[: len(m)] == m or (m[: len(path)] == path and (deep or len(m) == len(path) + 1)) for m in self.mended
        )

    def beneath_mended(self, path: Path) -> bool:
        """Whether `path` is, or lies within, something that was mended."""
        return any(path[: len(m)] == m for m in self.mended)


def examine(value: Any, schemas: Mapping[str, Schema] = SCHEMAS) -> Examined:
    """Validate the plain value of one YAML document, which is one of `schemas`."""
    schema = _schema(value, schemas)
    if schema is None:
        first, *others = (f"`{key}:`" for key in schemas)
        what = say("this_says_no", "this says no {first}", first=first)
        if others:
            what = say("this_says_neither", "this says neither {first} nor {second}", first=first, second=others[0])
        keys = [f"`schema_version: 1` + `{key}: {flow(schemas[key].example((key,)))}`" for key in schemas]
        begin = joined([say("as_written", "{text}", text=key) for key in keys], " / ")
        return Examined(
            None, None, [SchemaFault((), False, what, say("begin_it_with", "begin it with {begin}", begin=begin))]
        )
    examined = Examined(schema, None)
    for number in range(PASSES):
        errors = _validate(examined, schema, value)
        if not errors:
            break
        if number == 0:
            value = json.loads(json.dumps(value))  # mended in place: not the caller's
        for error in errors:
            _note(examined, schema, error)
        for error in sorted(errors, key=_deletes):
            _mend(examined, schema, error, value)
    return examined


def _schema(value: Any, schemas: Mapping[str, Schema]) -> Schema | None:
    if not isinstance(value, dict):
        return None
    return next((schema for key, schema in schemas.items() if key in value), None)


def _validate(examined: Examined, schema: Schema, value: Any) -> list[ErrorDetails]:
    try:
        # as JSON and strictly: "5" is no number and true is no 1, but a list may become a tuple
        examined.document = schema.model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as fault:
        return fault.errors(include_url=False)
    return []


def _place(error: ErrorDetails) -> tuple[Path, bool]:
    """Where the error is, and whether the key is meant."""
    path: Path = error["loc"]
    return (path[:-1], True) if path[-1:] == ("[key]",) else (path, False)


def _deletes(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" or _place(error)[1]


def _note(examined: Examined, schema: Schema, error: ErrorDetails) -> None:
    """Note one fault, unless it merely follows from something mended before."""
    path, at_key = _place(error)
    # what holds between keys may be broken by an example put in for one of them
    follows = examined.beneath_mended(path) or (error["type"] == "value_error" and examined.touched(path, deep=True))
    if not follows:
        examined.faults.append(_fault(schema, error, path, at_key))


def _mend(examined: Examined, schema: Schema, error: ErrorDetails, value: Any) -> None:
    """Put an example where the fault is, or take away what must not be there (after all else: it may hold more)."""
    path, _ = _place(error)
    examined.mended.add(path)
    for part in path[:-1]:
        value = value[part]
    if not _deletes(error):
        value[path[-1]] = schema.example(path)
        return
    # a misspelt key: what it should have been called is not there either
    examined.mended.update((*path[:-1], key) for key in _close(schema, path))
    value.pop(path[-1], None)


def _close(schema: Schema, path: Path) -> list[str]:
    return get_close_matches(str(path[-1]), schema.keys(path[:-1]), n=1, cutoff=0.5)


def _fault(schema: Schema, error: ErrorDetails, path: Path, at_key: bool) -> SchemaFault:
    name = path[-1]
    example = (
        f"`{name}: {flow(schema.example(path))}`" if isinstance(name, str) else f"`- {flow(schema.example(path))}`"
    )
    shown = _shown(error["input"])
    match error["type"]:
        case "missing":
            return SchemaFault(
                path,
                False,
                say("key_is_missing", "`{name}` is missing", name=name),
                say("add_example", "add {example}", example=example),
            )
        case "extra_forbidden":
            return SchemaFault(
                path,
                True,
                say("there_is_no_key_here", "there is no key {name!r} here", name=name),
                suggest(str(name), schema.keys(path[:-1])),
            )
        case _ if at_key:
            what = say(
                "the_key_must_be",
                "the key {name!r} must be {expected}",
                name=name,
                expected=schema.expected_key(path[:-1]),
            )
            key = _as_name(str(name)) if schema.expected_key(path[:-1]) == NAME else schema.example_key(path[:-1])
            return SchemaFault(path, True, what, say("for_example_key", "for example `{key}:`", key=key))
        case "value_error":
            return SchemaFault(
                path,
                False,
                _told(error),
                say("for_example", "for example {example}", example=example),
            )
        case _:
            what = say(
                "must_be_this_is",
                "must be {expected}{for_what}, this is {shown}",
                expected=schema.expected(path),
                for_what=schema.for_what(path),
                shown=shown,
            )
            return SchemaFault(path, False, what, say("for_example", "for example {example}", example=example))


def _told(error: ErrorDetails) -> Sentence:
    """What a document's own check says: it raises a `ValueError` with a sentence."""
    reason = str(error.get("ctx", {}).get("error", error["msg"]))
    raised = error.get("ctx", {}).get("error")
    told = raised.args[0] if isinstance(raised, ValueError) and raised.args else None
    return told if isinstance(told, Sentence) else say("not_valid", "{reason}", reason=reason)


def _as_name(text: str) -> str:
    """What was probably meant, made of the characters a name may have."""
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower()).strip("_")[:40]
    return name if name[:1].isalpha() else "billing"


_SHOWN: dict[type, Callable[[Any], Sentence]] = {
    dict: lambda v: say("shown_mapping", "a mapping") if v else say("shown_empty_mapping", "an empty mapping"),
    list: lambda v: say("shown_list", "a list") if v else say("shown_empty_list", "an empty list"),
    type(None): lambda _: say("shown_nothing", "nothing"),
    bool: lambda v: say("shown_as_it_is", "{value}", value="true" if v else "false"),
    int: lambda v: _number(v) if abs(v) < 10**20 else say("shown_long_number", "a very long number"),
    float: lambda v: _number(v),
}


def _number(value: float) -> Sentence:
    return say("shown_number", "the number {value}", value=str(value))


def _shown(value: Any) -> Sentence:
    shown = _SHOWN.get(type(value))
    if shown is not None:
        return shown(value)
    text = str(value)
    return say("shown_text", "the text {text!r}", text=text if len(text) <= 60 else text[:57] + "…")
