"""What a JSON Schema lets stand at a place, said in words; and values as YAML on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from domain.sentence import Sentence, joined, say

Node = Mapping[str, Any]

NAME: Final = say("a_name", "a name of at most 40 lower-case letters, digits and _, beginning with a letter")
NAME_PATTERN: Final = "^[a-z][a-z0-9_]"
TEXT: Final = say("text", "text")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_/.@-]*( [A-Za-z0-9_/.@-]+)*")


def in_words(node: Node) -> Sentence:
    """What a value must be, without what it is for."""
    if "const" in node:
        return say("exactly", "{value}", value=flow(node["const"]))
    if "enum" in node:
        return say("one_of", "one of {values}", values=", ".join(flow(value) for value in node["enum"]))
    match node.get("type"):
        case "integer":
            return _whole(node)
        case "number":
            return _limits(node)
        case "boolean":
            return say("true_or_false", "true or false")
        case "array":
            if "minItems" in node:
                return say("a_list_of_at_least", "a list of at least {least}", least=node["minItems"])
            return say("a_list", "a list")
        case "object":
            filled = say("a_filled_mapping", "a mapping with at least one entry")
            return filled if node.get("minProperties") else say("a_mapping", "a mapping")
        case _:
            return _text(node)


def _whole(node: Node) -> Sentence:
    if "maximum" not in node:
        return say("a_whole_number", "a whole number")
    words = "a whole number from {least} to {most}"
    return say("a_whole_number_between", words, least=node["minimum"], most=node["maximum"])


def _limits(node: Node) -> Sentence:
    said = list[Sentence]()
    if "minimum" in node:
        said.append(say("of_at_least", "of at least {least:g}", least=node["minimum"]))
    if "exclusiveMinimum" in node:
        said.append(say("above", "above {least:g}", least=node["exclusiveMinimum"]))
    if "maximum" in node:
        said.append(say("at_most", "at most {most:g}", most=node["maximum"]))
    if len(said) == 2:
        said = [say("of_both", "{low} and {high}", low=said[0], high=said[1])]
    return joined([say("a_number", "a number"), *said], " ")


def _text(node: Node) -> Sentence:
    if "pattern" in node:
        return _patterned(node["pattern"])
    if "maxLength" not in node:
        return TEXT
    words = "text of {least} to {most} characters"
    return say("text_of_length", words, least=node["minLength"], most=node["maxLength"])


def _patterned(pattern: str) -> Sentence:
    if "://" in pattern:
        return say("a_web_address", "a web address")
    if "@" in pattern:
        return say("a_mail_address", "an e-mail address")
    return NAME if pattern.startswith(NAME_PATTERN) else TEXT


def flow(value: Any) -> str:
    """The value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in ("null", "true", "false"):
        return value
    return json.dumps(value, ensure_ascii=False)
