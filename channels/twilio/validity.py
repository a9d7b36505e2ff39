"""Is a request one that Twilio's published API takes? Pure: the table in, what is wrong out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from channels.twilio.operations import OPERATIONS, Operation, Parameter

_ROOT: Final = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})(/.+)")
_SID: Final = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")
#: E.164: at most fifteen digits after a plus, the first not nought.
_PHONE: Final = re.compile(r"\+[1-9]\d{6,14}")
#: Also short codes, alphanumeric senders, `client:` and `sip:` addresses.
_ENDPOINT: Final = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|client:[\w.@%+-]{1,121}|sips?:[^\s@]+@\S+|[A-Za-z0-9 ]{1,11}")

Wrong = Literal["unknown", "missing", "invalid"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: the parameter (for a group, joined by a bar), how, and in words."""

    parameter: str
    wrong: Wrong
    message: str


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """The operation that `method` on `path` (from `/2010-04-01` on, no query) means, with what stood in its braces."""
    below = _ROOT.fullmatch(path)
    if below is None:
        return None
    for operation, pattern in _PATTERNS:
        found = pattern.fullmatch(below[2])
        if found and operation.method == method:
            return operation, {"AccountSid": below[1], **found.groupdict()}
    return None


def is_known_path(path: str) -> bool:
    """Whether some operation, of whatever method, is at `path`."""
    return any(find_operation(method, path) for method in ("GET", "POST", "DELETE"))


def faults(operation: Operation, given: Mapping[str, Sequence[str]]) -> list[Fault]:
    """All that is wrong with the parameters `given` to `operation`, in a fixed order; empty when it is valid."""
    found = [Fault(name, "unknown", f"{name} is no parameter of {operation.name}") for name in sorted(given)
             if name not in operation.parameters]  # fmt: skip
    for name, parameter in operation.parameters.items():
        found += _of_one(name, parameter, given.get(name, ()))
    for group in operation.one_of:
        if not any(_is_given(given.get(name, ())) for name in group):
            names = "|".join(sorted(group))
            found.append(Fault(names, "missing", f"one of {names} is required by {operation.name}"))
    return found


def _of_one(name: str, parameter: Parameter, values: Sequence[str]) -> list[Fault]:
    if not _is_given(values):
        if parameter.required:
            return [Fault(name, "missing", f"{name} is required")]
        if values and not parameter.empty and parameter.kind != "text":
            return [Fault(name, "invalid", f"{name} is empty")]
        return []
    if len(values) > 1 and not parameter.many:
        return [Fault(name, "invalid", f"{name} was given {len(values)} times")]
    reasons = (_fault(value, parameter) for value in values)
    return [Fault(name, "invalid", f"{name} is invalid: {why}") for why in reasons if why]


def _fault(value: str, parameter: Parameter) -> str:
    """What is wrong with one value, '' if nothing."""
    if parameter.values:
        return "" if value in parameter.values else f"must be one of {', '.join(sorted(parameter.values))}"
    if parameter.kind == "number":
        return _number(value, parameter)
    if parameter.kind == "text":
        return "too long" if parameter.most is not None and len(value) > parameter.most else ""
    return "" if _FITS[parameter.kind](value) else f"is no {_NAMES[parameter.kind]}"


def is_phone(value: str) -> bool:
    """Whether `value` is a telephone number in the form E.164."""
    return _PHONE.fullmatch(value) is not None


def is_url(value: str) -> bool:
    """Whether `value` is an absolute http or https URL without spaces."""
    try:
        split = urlsplit(value)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.hostname) and len(value) <= 4000 and " " not in value


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _number(value: str, parameter: Parameter) -> str:
    if not re.fullmatch(r"-?\d{1,9}", value):
        return "is no whole number"
    low, high = parameter.least, parameter.most
    if (low is not None and int(value) < low) or (high is not None and int(value) > high):
        return f"must be between {low} and {high}" if high is not None else f"must be at least {low}"
    return ""


def _is_given(values: Sequence[str]) -> bool:
    return any(values)


_FITS: Final[dict[str, Callable[[str], bool]]] = {
    "flag": lambda value: value.lower() in ("true", "false"),
    "url": is_url,
    "phone": is_phone,
    "endpoint": lambda value: _ENDPOINT.fullmatch(value) is not None,
    "time": _is_time,
    "sid": lambda value: _SID.fullmatch(value) is not None,
}  # fmt: skip
_NAMES: Final = {
    "flag": "true or false",
    "url": "http or https URL",
    "phone": "telephone number in E.164 form",
    "endpoint": "telephone number, SIP address or client",
    "time": "date or time in ISO 8601 form",
    "sid": "identifier",
}


def _pattern(operation: Operation) -> re.Pattern[str]:
    path = operation.path.replace(".", r"\.")
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", path))


_PATTERNS: Final = tuple((operation, _pattern(operation)) for operation in OPERATIONS)
