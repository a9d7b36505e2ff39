"""What may stand at a place of a document, and a valid example of it, both from its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from domain.sentence import Sentence, say
from infra.schema_words import NAME, NAME_PATTERN, TEXT, Node, in_words

Path = tuple[str | int, ...]

#: Examples that fit together: with them every required key of a centre and a project can be filled in.
_TEXTS: Mapping[str, str] = {
    "centre": "demo",
    "pool": "main",
    "project": "hotline",
    "site": "paris",
    "sites": "paris",
    "time_zone": "Europe/Paris",
    "skills": "french",
    "profile": "standard",
    "profiles": "standard",
    "channels": "email",
    "channel": "chat",
    "conversations": "help",
    "agents": "anna",
    "name": "Anna Nowak",
    "queue": "billing",
    "department": "billing",
    "departments": "billing",
    "mailboxes": "help",
    "sender": "help",
    "address": "help@example.com",
    "aliases": "support@example.com",
    "url": "https://crm.example.com/hook",
    "events": "ticket.opened.v1",
    "title": "Customer service",
    "dispositions": "answered",
    "default_disposition": "not_stated",
    "hours": "office",
    "holidays": "PL",
    "weekly": "mon",
    "then": "queue",
    "service_levels": "quick",
    "add_queue": "billing",
    "queues": "billing",
    "lower": "french",
    "drop": "french",
    "add_sites": "any",
    "interrupts": "email",
    "handling_by_level": "3",
    "head_starts": "1",
    "shares": "hotline/billing",
    "numbers": "main",
    "flows": "hello",
    "flow": "hello",
    "start": "welcome",
    "steps": "welcome",
    "recordings": "music",
    "play": "music",
    "music": "music",
    "recipient": "the office",
    "mail": "help@example.com",
    "deliver_to": "office@example.com",
    "webhook": "https://example.com/alerts",
    "provider": "twilio",
    "phrases": "orders",
}
#: What a mapping needs although no single key of it is required.
_TOGETHER: Mapping[str, Mapping[str, Any]] = {
    "Step": {"priority": 4},
    "FlowStep": {"hang_up": {}},
    "Closed": {"then": "queue", "queue": "billing"},
}
#: What the keys of a mapping are, where its schema does not say.
_KEYS: Mapping[str, Sentence] = {
    "handling_by_level": say("a_skill_level", "a skill level from 1 to 10"),
    "head_starts": say("a_priority", "a priority from 1 to 10"),
    "shares": say("a_queue_of_a_project", "a queue, as project/queue"),
}
#: Descriptions that repeat what `in_words` says.
_SAID_ALREADY = ("lower-case letters, digits and _", "an e-mail address")
_NUMBERS: Mapping[str, int] = {
    "capacity": 4,
    "concurrency": 2,
    "skills": 3,
    "lower": 2,
    "after": 60,
    "waiting": 20,
    "within": 20,
    "head_starts": 45,
    "handling_by_level": 240,
}
_TELEPHONE_KEY = "^[0-9*#]$"
_AS_IN = re.compile(r"\bas in (\S+)$")


class Schema:
    """The JSON Schema of a document model, asked place by place."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model
        self._root: Node = model.model_json_schema()
        self._definitions: Mapping[str, Node] = self._root.get("$defs", {})

    def at(self, path: Path) -> Node | None:
        """What may stand at `path`; None where the schema knows no such place."""
        node: Node | None = self._resolve(self._root)
        for part in path:
            node = self._step(node, part)
            if node is None:
                return None
        return node

    def keys(self, path: Path) -> list[str]:
        """The keys that a mapping at `path` may have; none where their names are free."""
        return list((self.at(path) or {}).get("properties", {}))

    def expected(self, path: Path) -> Sentence:
        """In words: `a whole number from 1 to 10`."""
        return in_words(self.at(path) or {})

    def for_what(self, path: Path) -> str:
        """What a value is for, in parentheses after a space: ` (skill level, …)`; empty where it goes "
        "without saying."""
        node = self.at(path) or {}
        more = node.get("description", "")
        return f" ({more})" if more and more not in _SAID_ALREADY and node.get("type") != "object" else ""

    def expected_key(self, path: Path) -> Sentence:
        """What a freely named key of the mapping at `path` must look like."""
        node = self.at(path) or {}
        if any(pattern.startswith(NAME_PATTERN) for pattern in node.get("patternProperties", {})):
            return NAME
        if _TELEPHONE_KEY in node.get("patternProperties", {}):
            return say("a_telephone_key", "a key of the telephone: a digit, * or #, in quotes")
        names = node.get("propertyNames", {})
        if "enum" in names:
            return in_words(names)
        if "description" in names:
            return say("as_described", "{description}", description=names["description"])
        return _KEYS.get(str(path[-1]) if path else "", TEXT)

    def example_key(self, path: Path) -> str:
        """A valid key of the mapping at `path`, whose keys are named freely."""
        return _key(self.at(path) or {}, [part for part in path if isinstance(part, str)])

    def example(self, path: Path) -> Any:
        """A valid value for `path`."""
        named = [part for part in path if isinstance(part, str)]
        return self._example(self.at(path) or {}, named[-1] if named else "", named)

    def _resolve(self, node: Node) -> Node:
        if "$ref" in node:
            return {
                **self._definitions[node["$ref"].rpartition("/")[2]],
                **{k: v for k, v in node.items() if k != "$ref"},
            }
        if "anyOf" in node:
            option = self._resolve(next(option for option in node["anyOf"] if option.get("type") != "null"))
            return {**option, "description": node["description"]} if "description" in node else option
        return node

    def _step(self, node: Node, part: str | int) -> Node | None:
        if isinstance(part, int):
            return self._resolve(node["items"]) if "items" in node else None
        if part in node.get("properties", {}):
            return self._resolve(node["properties"][part])
        free = _free(node)
        return None if free is None else self._resolve(free)

    def _example(self, node: Node, name: str, named: list[str]) -> Any:
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return _TEXTS[name] if _TEXTS.get(name) in node["enum"] else node["enum"][0]
        if node.get("type") == "object":
            return self._mapping(node, name, named)
        if node.get("type") == "array":
            return [self._example(self._resolve(node["items"]), name, named)]
        if node.get("type") == "integer":
            holder = named[-2] if len(named) > 1 else ""
            wanted = node.get("default", _NUMBERS.get(name, _NUMBERS.get(holder, node.get("minimum", 1))))
            return max(min(wanted, node.get("maximum", wanted)), node.get("minimum", wanted))
        if node.get("type") == "number":
            return _number(node)
        if node.get("type") == "boolean":
            return node.get("default", True)
        as_in = _AS_IN.search(node.get("description", ""))
        return as_in[1] if as_in else _TEXTS.get(name, "example")

    def _mapping(self, node: Node, name: str, named: list[str]) -> dict[str, Any]:
        free = _free(node)
        if free is not None:
            key = _key(node, named)
            return {key: self._example(self._resolve(free), key, [*named, key])}
        together = _TOGETHER.get(node.get("title", ""), {})
        required = [key for key in node.get("required", ()) if key not in together]
        return {
            **{key: self._example(self._resolve(node["properties"][key]), key, [*named, key]) for key in required},
            **together,
        }


def _key(node: Node, named: list[str]) -> str:
    """An example for a freely named key; a profile names queues as project/queue, a project by themselves."""
    names = node.get("propertyNames", {})
    as_in = _AS_IN.search(names.get("description", ""))
    if as_in:
        return as_in[1]
    if _TELEPHONE_KEY in node.get("patternProperties", {}):
        return "1"
    if "enum" in names and _TEXTS.get(named[-1] if named else "") not in names["enum"]:
        return names["enum"][0]
    if named[-1:] == ["queues"]:
        return "hotline/billing" if "profiles" in named else "billing"
    return _TEXTS.get(named[-1] if named else "", "example")


def _free(node: Node) -> Node | None:
    """What stands behind a freely named key."""
    for patterned in node.get("patternProperties", {}).values():
        return patterned
    free = node.get("additionalProperties")
    return free if isinstance(free, Mapping) else None


def _number(node: Node) -> int | float:
    """An example of a number that may have a fraction."""
    low, high = node.get("minimum", node.get("exclusiveMinimum")), node.get("maximum", node.get("exclusiveMaximum"))
    wanted = node.get("default")
    if wanted is None:
        wanted = 60 if high is None or high > 60 else (high + (low or 0)) / 2
    return wanted
