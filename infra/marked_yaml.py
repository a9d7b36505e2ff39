"""YAML with places: plain values, and for each of them the line and column where it stands.

The core schema of YAML 1.2 (§10.3.2): `no` and `on` are text. Tags, and keys that are neither text nor a
whole number (which becomes text, as in JSON), are faults.
Everything is bounded before it is built: bytes, nodes after aliases were resolved, depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from domain.sentence import Sentence, say

MAX_BYTES = 4 * 1024 * 1024
#: Values in one file, with those that aliases repeat: keeps "a billion laughs" from growing.
MAX_NODES = 400_000
MAX_DEPTH = 20
MAX_DOCUMENTS = 100

Path = tuple[str | int, ...]


class Place(NamedTuple):
    """Line and column, from 1."""

    line: int
    column: int


class Blemish(NamedTuple):
    """What is wrong with the YAML itself, where, and how to mend it."""

    place: Place
    what: Sentence
    mend: Sentence


@dataclass(slots=True)
class Marked:
    """One YAML document. `values` and `keys` tell where each value and the key before it stand."""

    value: Any
    values: dict[Path, Place]
    keys: dict[Path, Place]
    blemishes: list[Blemish] = field(default_factory=list[Blemish])

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where `path` stands: the value, or its key. Where it stands nowhere (it is missing, or came by an alias),
        where the thing that should hold it begins."""
        if path in self.values:
            return self.keys.get(path, self.values[path]) if key else self.values[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.keys.get(path) or self.values.get(path) or Place(1, 1)


class Broken(Exception):
    """This cannot be read as YAML; nothing after the blemish was looked at."""

    def __init__(self, blemish: Blemish) -> None:
        self.blemish = blemish
        super().__init__(blemish.what)


def parse(content: bytes) -> list[Marked]:
    """The documents of a file. Raises `Broken`."""
    if len(content) > MAX_BYTES:
        raise Broken(
            Blemish(
                Place(1, 1),
                say("too_many_bytes", "{size} bytes, at most {most} are read", size=len(content), most=MAX_BYTES),
                _SPLIT,
            )
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        place = Place(line, fault.start - content.rfind(b"\n", 0, fault.start))
        raise Broken(
            Blemish(
                place,
                say("byte_is_not_utf", "byte {byte:#04x} is not UTF-8", byte=content[fault.start]),
                say("save_the_file_as_utf", "save the file as UTF-8"),
            )
        ) from None
    try:
        return list(_documents(YAML(typ="safe", pure=True).parse(text)))
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        raise Broken(
            Blemish(place, say("not_yaml", "not YAML: {fault}", fault=fault.problem or fault.context), _SYNTAX_MEND)
        ) from None
    except ReaderError as fault:
        place = _place_of(text, fault.position)
        raise Broken(
            Blemish(
                place,
                say(
                    "the_character_may_not_stand",
                    "the character {character!r} may not stand in YAML",
                    character=fault.character,
                ),
                say("remove_it", "remove it"),
            )
        ) from None
    except YAMLError as fault:
        raise Broken(
            Blemish(Place(1, 1), say("not_yaml", "not YAML: {fault}", fault=str(fault)), _SYNTAX_MEND)
        ) from None


_SPLIT = say("split_the_file", "split the file")
_SYNTAX_MEND = say(
    "write_key_value_with_two_spaces",
    "write `key: value` with two spaces more for each level, no tabs, and text that holds `: ` in quotes",
)


def _place_of(text: str, position: int) -> Place:
    return Place(text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position))


def _documents(events: Iterator[Any]) -> Iterator[Marked]:
    count = 0
    # Each document has its own composer: anchors do not reach over `---`; the bound on nodes is the file's.
    nodes = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            count += 1
            if count > MAX_DOCUMENTS:
                raise Broken(
                    Blemish(
                        _start(event),
                        say("more_than_documents", "more than {most} documents", most=MAX_DOCUMENTS),
                        _SPLIT,
                    )
                )
            composer = _Composer(events, nodes)
            value = composer.node(next(events), (), 1)
            nodes = composer.nodes
            yield Marked(value, composer.values, composer.keys, composer.blemishes)


def _start(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


class _Composer:
    """Builds the values of one document from the parser's events, depth first."""

    def __init__(self, events: Iterator[Any], nodes: int) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = nodes
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.blemishes: list[Blemish] = []

    def node(self, event: Any, path: Path, depth: int) -> Any:
        self.values[path] = place = _start(event)
        if isinstance(event, AliasEvent):
            return self._alias(event, place)
        if depth > MAX_DEPTH:
            raise Broken(
                Blemish(
                    place,
                    say("nested_more_than_levels_deep", "nested more than {most} levels deep", most=MAX_DEPTH),
                    say("no_document_needs_that", "no document needs that"),
                )
            )
        before = self.nodes
        self._count(1, place)
        if event.tag not in (None, "!"):
            self.blemishes.append(
                Blemish(
                    place,
                    say("the_tag_is_not_understood", "the tag {tag!r} is not understood", tag=event.tag),
                    say("remove_it", "remove it"),
                )
            )
        if isinstance(event, MappingStartEvent):
            value: Any = self._mapping(path, depth)
        elif isinstance(event, SequenceStartEvent):
            value = self._sequence(path, depth)
        else:
            value = scalar(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, self.nodes - before)
        return value

    def _mapping(self, path: Path, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            place = _start(event)
            name = self._key(event, path, depth)
            inner = (*path, name)
            twice = name in found
            if twice:
                first = self.keys[inner].line
                what = say(
                    "the_key_stands_here_twice_first",
                    "the key {name!r} stands here twice (first in line {first})",
                    name=name,
                    first=first,
                )
                self.blemishes.append(Blemish(place, what, say("keep_one_of_them", "keep one of them")))
            held = next(self._events)
            value = self.node(held, (*path, name, "again") if twice else inner, depth + 1)
            if isinstance(held, ScalarEvent) and held.value == "" and held.implicit[0]:
                self.values[inner] = place  # nothing stands there; the parser says where the next thing begins
            if not twice:
                self.keys[inner] = place
                found[name] = value
        return found

    def _key(self, event: Any, path: Path, depth: int) -> str:
        name = scalar(event) if isinstance(event, ScalarEvent) else self.node(event, (*path, "?"), depth + 1)
        if isinstance(name, str):
            return name
        if isinstance(name, int) and not isinstance(name, bool):
            return str(name)  # as JSON has it: a priority or a level may be a key
        shown = str(event.value) if isinstance(event, ScalarEvent) else "a list or mapping"
        what = say("a_key_must_be_text_this_one", "a key must be text, this one is {shown}", shown=shown)
        self.blemishes.append(
            Blemish(_start(event), what, say("put_it_in_quotes", 'put it in quotes: "{shown}"', shown=shown))
        )
        return shown

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            found.append(self.node(event, (*path, len(found)), depth + 1))
        return found

    def _alias(self, event: Any, place: Place) -> Any:
        if event.anchor not in self._anchors:
            known = ", ".join(f"*{anchor}" for anchor in self._anchors) or "none before this line"
            raise Broken(
                Blemish(
                    place,
                    say("there_is_no_anchor_to_repeat", "there is no anchor &{anchor} to repeat", anchor=event.anchor),
                    say("known_anchors", "known: {known}", known=known),
                )
            )
        value, size = self._anchors[event.anchor]
        self._count(size, place)
        return value

    def _count(self, more: int, place: Place) -> None:
        self.nodes += more
        if self.nodes > MAX_NODES:
            raise Broken(
                Blemish(
                    place,
                    say(
                        "more_than_values_counting_repeated",
                        "more than {most} values, counting repeated ones",
                        most=MAX_NODES,
                    ),
                    _SPLIT,
                )
            )


_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,300}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,300}")
_OCTAL = re.compile(r"0o[0-7]{1,300}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def scalar(event: ScalarEvent) -> str | int | float | bool | None:
    """A scalar's value by the core schema; a quoted one is text. Infinities and NaN stay text: nothing wants them."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    for form, base in ((_INT, 10), (_HEX, 16), (_OCTAL, 8)):
        if form.fullmatch(text):
            return int(text, base)
    return float(text) if _FLOAT.fullmatch(text) else text
