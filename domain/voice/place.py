"""Where a caller is in a call flow: all that the next turn of the flow depends on, and nothing personal."""

from __future__ import annotations

from typing import Literal

from domain.centre.routing import Language
from domain.event import Fact

#: What the caller is doing: hears and answers, waits for an agent, speaks a message, is being put through, is gone.
Doing = Literal["answering", "waiting", "recording", "dialling", "ended"]
#: What is being asked of one who may be called back: whether, or at which number.
Stage = Literal["", "number"]


class Place(Fact):
    """`turn` counts the turns taken, from 1; a repeated request names an earlier one. `attempt` counts from 0.

    `moves` counts the steps come through, which bounds a caller who keys for ever.
    """

    step: str
    turn: int = 1
    attempt: int = 0
    moves: int = 0
    language: Language
    doing: Doing = "answering"
    stage: Stage = ""
    greeted: tuple[str, ...] = ()
    consent: bool = False
