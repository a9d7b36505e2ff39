"""A router with its board as bytes, and back.

What the router's own classes make up is a graph with long chains, which pickle would walk down to its recursion limit.
So each such object is written on its own, others of them by number, in one pickle stream; what stands in between
(containers, documents, instants) is pickled as usual. Only names of the router and the domain, and a handful of plain
types, are ever looked up when reading, and the bytes carry a MAC besides (`infra/cluster/snapshots.py`).
"""

from __future__ import annotations

import hashlib
import io
import pickle
import platform
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import BuiltinMethodType, MethodType
from typing import Any
from zoneinfo import ZoneInfo

import pydantic

import domain
import router
from router import Router

_PLAIN = {
    ("datetime", "datetime"),
    ("datetime", "date"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("collections", "deque"),
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("_pydatetime", "datetime"),
}
_OURS = ("router.", "domain.")
#: Of a class in Python, and of a compiled one.
_METHODS = (MethodType, BuiltinMethodType)
_PROTOCOL = 5


class UnfitBoard(ValueError):
    """Bytes that this software did not write, or not in this version."""


@cache
def code() -> str:
    """What a stored board fits: these very sources of router and domain, this Python, this pydantic."""
    digest = hashlib.sha256(f"{platform.python_version()} {pydantic.VERSION}".encode())
    for package in (router, domain):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            digest.update(f"{package.__name__}/{path.relative_to(root)}".encode() + b"\x00" + path.read_bytes())
    return digest.hexdigest()


def encode(board: Router) -> bytes:
    """Between two decisions, so that nothing is on its way."""
    written = io.BytesIO()
    pickler = _Pickler(written)
    pickler.number(board)
    for node in pickler.nodes:  # grows while it is walked
        pickler.dump(node.__getstate__())
    kinds = pickle.dumps([type(node) for node in pickler.nodes], _PROTOCOL)
    return len(kinds).to_bytes(8, "big") + kinds + written.getvalue()


def decode(stored: bytes) -> Router:
    """Raises `UnfitBoard`."""
    try:
        return _decode(stored)
    except UnfitBoard:
        raise
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError, ValueError) as fault:
        raise UnfitBoard(f"a stored board cannot be read: {type(fault).__name__}") from fault


def _decode(stored: bytes) -> Router:
    size = 8 + int.from_bytes(stored[:8], "big")
    kinds = _Unpickler(io.BytesIO(stored[8:size]), []).load()
    # first what there is, so that each can be referred to; then what is in it
    nodes = [kind.__new__(kind) for kind in kinds]
    states = _Unpickler(io.BytesIO(stored[size:]), nodes)
    for node in nodes:
        _fill(node, states.load())
    if not isinstance(nodes[0], Router):
        raise UnfitBoard("a stored board does not begin with a router")
    return nodes[0]


def _fill(node: Any, state: Any) -> None:
    """As `object.__getstate__` gave it: attributes, or attributes and slots. A compiled class fills its own."""
    if hasattr(node, "__setstate__"):
        node.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    if attributes:
        vars(node).update(attributes)
    for name, value in (slots or {}).items():
        object.__setattr__(node, name, value)


class _Pickler(pickle.Pickler):
    """Writes objects of the router's own by their number, and numbers those that are new."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, _PROTOCOL)
        self.nodes: list[Any] = []
        self._numbers: dict[int, int] = {}

    def number(self, node: Any) -> int:
        found = self._numbers.setdefault(id(node), len(self.nodes))
        if found == len(self.nodes):
            self.nodes.append(node)
        return found

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, _METHODS) and _is_ours(obj.__self__):
            return _method, (obj.__self__, obj.__name__)
        if isinstance(obj, ZoneInfo):
            return _zone, (obj.key,)
        kind = type(obj)
        # what is compared by identity; values (documents, tuples with names) are written where they stand
        if kind.__module__.startswith("router.") and kind.__hash__ is object.__hash__:
            return _node, (self.number(obj),)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, nodes: list[Any]) -> None:
        super().__init__(file)
        self._made: dict[str, Callable[..., Any]] = {"_node": nodes.__getitem__, "_method": _method, "_zone": _zone}

    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in self._made:
            return self._made[name]
        if (module, name) not in _PLAIN and not module.startswith(_OURS):
            raise UnfitBoard(f"a stored board names {module}.{name}")
        found = super().find_class(module, name)
        if not isinstance(found, type):
            raise UnfitBoard(f"a stored board names {module}.{name}, which is no class")
        return found


def _node(number: int) -> Any:
    """Stands for a node in what is written; reading, `_Unpickler` gives the node itself."""
    raise AssertionError(f"node {number} is looked up by who reads")


def _is_ours(owner: Any) -> bool:
    return type(owner).__module__.startswith("router.")


def _method(owner: Any, name: str) -> Any:
    found = getattr(owner, name)
    if not isinstance(found, _METHODS) or not _is_ours(owner):
        raise UnfitBoard(f"a stored board names {name}, which is no method of the router's")
    return found


def _zone(key: str) -> ZoneInfo:
    return ZoneInfo(key)
