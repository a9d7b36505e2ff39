"""What a stored board is made of."""

from __future__ import annotations

from typing import Any, Self


class Kept:
    """A class whose objects are written down one by one and made again empty, to be filled (`board_codec`).

    For every class on the board whose `__init__` has parameters; the others are made empty without it.
    """

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """An empty one. Of plain classes that goes without saying; a compiled one without it would be begun too."""
        return super().__new__(cls)
