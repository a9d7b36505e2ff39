"""One leg as it is lived: what is heard on it, what the person does, and what takes it off what it was doing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from channels.twilio_emulator.clock import Clock, Parked, Timer
from channels.twilio_emulator.documents import Node
from channels.twilio_emulator.model import Call, Heard, HeardKind


@dataclass(frozen=True, slots=True)
class Input:
    """What a person did: pressed keys, or said something."""

    kind: Literal["keys", "speech"]
    text: str


class Interrupted(Exception):
    """A leg is taken off what it does. Of two that come at once, the one of the higher `rank` counts."""

    rank = 1


class HungUp(Interrupted):
    """The call is over. `status` is what it ends as."""

    rank = 3

    def __init__(self, status: str = "completed") -> None:
        self.status = status
        super().__init__(status)


class Redirected(Interrupted):
    """The call was told by the API to do something else: fetch `url`, or run `nodes` as they are."""

    rank = 2

    def __init__(self, url: str = "", method: str = "POST", nodes: tuple[Node, ...] | None = None) -> None:
        self.url, self.method, self.nodes = url, method, nodes
        super().__init__("redirected")


class LeftQueue(Interrupted):
    """The wait document said Leave."""


class Bridged(Interrupted):
    """A waiting call was taken out of its queue to talk to `other`."""

    def __init__(self, other: Line) -> None:
        self.other = other
        super().__init__("bridged")


class Apart(Interrupted):
    """The other side of a bridge is gone, or this leg was put out of a conference, or the conference ended."""


class Changed(Interrupted):
    """What is heard in the conference changes: it started, or a hold began or ended."""

    rank = 0


class Line:
    """A leg. Its document runs in one task of the clock; everybody else only gives, interrupts and wakes."""

    def __init__(self, clock: Clock, call: Call) -> None:
        self.call = call
        self._clock = clock
        self._parked: Parked | None = None
        self._listening = self._noting = False
        self._interruption: Interrupted | None = None
        self._note: Any = None
        #: Who else hears what is said here: the others of a conference, the other side of a bridge.
        self.relay: Callable[[str], None] | None = None
        #: Whether a star takes the leg out of what it dialled.
        self.star_leaves = False
        #: The other side of a bridge.
        self.peer: Line | None = None

    # what the leg itself does, in its task

    async def wait(self, seconds: float | None, *, listening: bool = False, noting: bool = False) -> Any:
        """Wait so long (None: until something happens). Returns an `Input` if `listening`, a note if `noting`, or None.

        Raises the `Interrupted` that takes the leg off.
        """
        self.check()
        if noting and self._note is not None:
            note, self._note = self._note, None
            return note
        parked = self._parked = Parked(self._clock)
        self._listening, self._noting = listening, noting
        timer: Timer | None = None
        if seconds is not None:
            timer = self._clock.after(seconds, lambda: parked.wake(None))
        try:
            value = await parked.wait()
        finally:
            self._parked, self._listening, self._noting = None, False, False
            if timer is not None:
                timer.cancel()
        self.check()
        return value

    def check(self) -> None:
        """Raise what has interrupted the leg meanwhile."""
        if self._interruption is not None:
            interruption, self._interruption = self._interruption, None
            raise interruption

    def hear(self, kind: HeardKind, text: str, whose: str = "") -> None:
        """Something reaches the person's ear, and the recordings of the call that run."""
        self.call.heard.append(self._noted(kind, text, whose))
        self.take_down(f"{whose or kind}: {text}")

    def _noted(self, kind: HeardKind, text: str, whose: str) -> Heard:
        self.call.noted += 1
        return Heard(self._clock.now, kind, text, whose, self.call.noted)

    def take_down(self, text: str) -> None:
        for recording in self.call.recordings:
            if recording.running_since is not None:
                recording.lines.append(text)

    # what others do to it

    def give(self, given: Input) -> bool:
        """The person does something. Returns whether anybody listened."""
        kind: HeardKind = "speech" if given.kind == "speech" else "tones"
        self.call.done.append(self._noted(kind, given.text, "you"))
        if given.kind == "keys" and "*" in given.text and self.star_leaves:
            self.interrupt(Apart("star pressed"))
            return True
        self.take_down(f"{self.call.caller if self.call.direction == 'inbound' else self.call.to}: {given.text}")
        if self.relay is not None:
            self.relay(given.text if given.kind == "speech" else f"tones {given.text}")
            return True
        if self._listening and self._parked is not None:
            self._parked.wake(given)
            return True
        return False

    def note(self, note: Any) -> None:
        """Tell the leg's task something it waits for, or will ask for."""
        if self._parked is not None and self._noting:
            self._parked.wake(note)
        else:
            self._note = note

    def interrupt(self, interruption: Interrupted) -> None:
        """Take the leg off what it does, as soon as it waits."""
        if self._interruption is not None and self._interruption.rank > interruption.rank:
            return
        self._interruption = interruption
        if self._parked is not None:
            self._parked.wake(None)
