"""Two legs that talk with each other."""

from __future__ import annotations

from channels.twilio_emulator.line import Apart, Line


async def talk(line: Line, other: Line) -> None:
    """For one side: talk with the other until either is gone. The side that ends it first tells the other.

    Raises what takes this side off (`HungUp`, `Redirected`); the end of the other side just returns.
    """

    def relay(text: str) -> None:
        other.hear("speech", text, _name(line))

    if other.call.is_over:
        return
    line.relay, line.peer = relay, other
    try:
        await line.wait(None)
    except Apart:
        return
    finally:
        if line.relay is relay:
            line.relay = line.peer = None
        if other.peer is line:
            other.peer = None
            other.interrupt(Apart("the other side is gone"))


def _name(line: Line) -> str:
    return line.call.caller if line.call.direction == "inbound" else line.call.to
