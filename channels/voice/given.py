"""What a flow is given: what the caller did, and what was done for them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Keyed:
    """Keys pressed, without the # that closes them. `known`: as a customer number, it is somebody's."""

    keys: str = field(repr=False)
    known: bool | None = None


@dataclass(frozen=True, slots=True)
class Spoke:
    """Words said."""

    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing, in time."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A message was spoken, so many seconds long; 0: nothing was said. `recording`: what the provider calls it."""

    seconds: int
    recording: str = ""


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The party outside is gone again (`answered`), or was never reached."""

    answered: bool


@dataclass(frozen=True, slots=True)
class OfferedCallback:
    """The router lets the waiting caller be offered a callback."""


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    """The leg no longer waits: the caller is asked for a message."""


@dataclass(frozen=True, slots=True)
class Left:
    """The caller hung up."""


Given = Keyed | Spoke | Silent | Recorded | DialEnded | OfferedCallback | ToVoicemail | Left
