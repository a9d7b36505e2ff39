"""Folded streams as a decision meets them: those loaded for it, and those that are at hand anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Loaded:
    """A folded stream: its version, its state, and the project and pool it belongs to for life."""

    version: int
    state: Any
    project: str
    pool: str


class AtHand(Mapping[str, Any]):
    """The states a decision may see at once: what was loaded for it, and what is at hand, which then counts as loaded.

    So a decision is begun anew only for a stream that must be read from the log.
    """

    def __init__(self, loaded: dict[str, Loaded], at_hand: Callable[[str], Loaded | None]) -> None:
        self._loaded, self._at_hand = loaded, at_hand

    def __getitem__(self, stream: str) -> Any:
        entry = self._loaded.get(stream)
        if entry is None:
            entry = self._at_hand(stream)
            if entry is None:
                raise KeyError(stream)
            self._loaded[stream] = entry
        return entry.state

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)
