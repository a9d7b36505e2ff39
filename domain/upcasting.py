"""Reading old events: how the stored form of an older version becomes the form of a newer one.

An event's wire name is stored for ever. When its shape must change, a new class gets the next version
(`ticket.rated.v2`), the old class goes away, and an upcaster says how the old data reads today. Nothing in
the log is ever rewritten: upcasters run on every read, in a chain, before validation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Data = Mapping[str, Any]
Upcast = Callable[[Data], Data]

_VERSIONED = re.compile(r"^(?P<name>[a-z][a-z_]*\.[a-z][a-z_]*)\.v(?P<version>[1-9][0-9]*)$")


class Step(NamedTuple):
    """One step towards today: the wire name it leads to and what it does with the data."""

    newer: str
    upcast: Upcast


#: Every step by the wire name it starts from. Filled by the `upcaster` decorator.
STEPS: dict[str, Step] = {}


def upcaster(older: str, newer: str) -> Callable[[Upcast], Upcast]:
    """Registers a pure function from the stored data of `older` to that of `newer`.

    Both names must be versions of the same event, `newer` the later one. A personal field arrives as
    its sealed form (`{"sealed": "..."}`) and may be renamed or dropped, never looked into.
    """
    old, new = _parts(older), _parts(newer)
    if old[0] != new[0] or old[1] >= new[1]:
        raise TypeError(f"upcaster {older} -> {newer}: must lead to a later version of the same event")
    if older in STEPS:
        raise TypeError(f"upcaster {older} -> {newer}: {older} is already upcast to {STEPS[older].newer}")

    def register(upcast: Upcast) -> Upcast:
        STEPS[older] = Step(newer, upcast)
        return upcast

    return register


def upcast(wire: str, data: Data) -> tuple[str, Data]:
    """The newest wire name and data that `data` of `wire` can be read as; unchanged when there is no step."""
    while step := STEPS.get(wire):
        wire, data = step.newer, step.upcast(data)
    return wire, data


def newest(wire: str) -> str:
    """The wire name at the end of the chain that starts at `wire`."""
    while step := STEPS.get(wire):
        wire = step.newer
    return wire


def stored_as(wire: str) -> tuple[str, ...]:
    """Every wire name under which an event now read as `wire` may have been stored, `wire` first."""
    return (wire, *(older for older in STEPS if older != wire and newest(older) == newest(wire)))


def _parts(wire: str) -> tuple[str, int]:
    match = _VERSIONED.match(wire)
    if match is None:
        raise TypeError(f"wire name {wire!r} is not of the form 'concept.what_happened.v1'")
    return match["name"], int(match["version"])
