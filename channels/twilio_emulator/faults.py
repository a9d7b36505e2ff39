"""Faults on demand: of the API as its clients meet them, of webhooks as we do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Where = Literal["rest", "webhook"]
Kind = Literal[
    "refuse",  # rest: answer with `status` (429, 500 …) and do nothing
    "slow",  # rest: do it, and answer after `seconds` of the wall clock
    "drop",  # rest: do it, and break the connection instead of answering
    "duplicate",  # webhook: deliver twice
    "late",  # webhook: deliver after `seconds` of virtual time, others overtaking it
    "lose",  # webhook: never deliver
    "forge",  # webhook: deliver with a signature of another token
]
_KINDS: Final[dict[Where, frozenset[str]]] = {
    "rest": frozenset({"refuse", "slow", "drop"}),
    "webhook": frozenset({"duplicate", "late", "lose", "forge"}),
}


@dataclass(slots=True)
class Fault:
    """One fault, for the next `times` requests whose name or address contains `match`.

    REST requests are named by their operation, `CreateMessage`; webhooks by their URL and the event or status told.
    """

    where: Where
    kind: Kind
    match: str = ""
    times: int = 1
    status: int = 500
    retry_after: int | None = None
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in _KINDS[self.where]:
            raise ValueError(
                f"{self.kind} is no fault of {self.where}: use one of {', '.join(sorted(_KINDS[self.where]))}"
            )
        if not 1 <= self.times <= 10_000 or not 0 <= self.seconds <= 86_400 or not 400 <= self.status <= 599:
            raise ValueError("times must be 1 to 10000, seconds 0 to 86400, status 400 to 599")


class Faults:
    """The faults that are due."""

    def __init__(self) -> None:
        self._due: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._due.append(fault)

    def clear(self) -> None:
        self._due.clear()

    def take(self, where: Where, name: str) -> Fault | None:
        """The first due fault that fits, counted down."""
        for fault in self._due:
            if fault.where == where and fault.match in name:
                fault.times -= 1
                if fault.times == 0:
                    self._due.remove(fault)
                return fault
        return None
