"""A command decided several times on the same premises, while the streams that it asks for are loaded."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from domain.decide import Command, Outcome, decide
from domain.ports import NewId
from domain.rejection import Rejection
from domain.states import CONCEPTS, States, StreamNeeded
from domain.stream import category_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping

#: Streams that mostly do not exist when they are asked for, and of which a decision may ask for several.
MOSTLY_NEW = frozenset({"reservation"})
#: At most so many are asked for at once.
AT_ONCE = 8


class Attempt:
    """Decides `command` as often as it takes, always at the same time of day and with the same ids.

    A stream that was asked for under a new id must be found again.
    """

    def __init__(self, command: Command, now: datetime, new_id: NewId) -> None:
        self._command, self._now, self._new_id = command, now, new_id
        self._drawn: list[str] = []

    def __call__(self, states: Mapping[str, Any]) -> Outcome:
        """Raises as `domain.decide.decide`."""
        return decide(States(states), self._command, now=self._now, new_id=self._from_the_start())

    def drew(self, identity: str) -> bool:
        """Whether this id was made for the command at hand."""
        return identity in self._drawn

    def next_after(self, stream: str, states: Mapping[str, Any]) -> list[str]:
        """What the decision would ask for next if `stream`, which it asked for, did not exist; and so on.

        Only of what is mostly new: so who writes for the first time is looked for under all names in one question.
        """
        guessed: dict[str, Any] = {}
        while category_of(stream) in MOSTLY_NEW and len(guessed) < AT_ONCE:
            guessed[stream] = CONCEPTS[category_of(stream)].initial
            try:
                self(ChainMap[str, Any](guessed, cast("MutableMapping[str, Any]", states)))
            except StreamNeeded as needed:
                stream = needed.stream
            except Rejection:  # on a guess it means nothing
                break
            else:
                break
        return list(guessed)[1:]

    def _from_the_start(self) -> NewId:
        """A source that begins with the ids already drawn."""
        used = iter(range(len(self._drawn)))

        def draw() -> str:
            again = next(used, None)
            if again is not None:
                return self._drawn[again]
            self._drawn.append(self._new_id())
            return self._drawn[-1]

        return draw
