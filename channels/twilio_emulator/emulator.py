"""The emulator in hand: people outside dial, speak and text; time is moved; what happened is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from channels.twilio_emulator import texting
from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.interpreter import Interpreter, Next, taken_over
from channels.twilio_emulator.line import HungUp, Input, Line
from channels.twilio_emulator.model import Call, Hook, Number, Person, Text
from channels.twilio_emulator.telephony import ANSWERED, hang_up, inbound, new_call
from channels.twilio_emulator.world import World

NOT_IN_SERVICE: Final = "The number you have dialled is not in service."
NOT_CONFIGURED: Final = "We are sorry, an application error has occurred. Goodbye."
_LONGEST_SPEECH: Final = 2000
_LONGEST_KEYS: Final = 200
_LONGEST_TEXT: Final = 1600
_KEYS: Final = frozenset("0123456789*#ABCD")


class CannotDo(Exception):
    """What a person wanted to do cannot be done: says why."""


class Emulator:
    """One account of an emulated Twilio. Everything happens in virtual time, which `advance` moves."""

    def __init__(self, account_sid: str, auth_token: str, began: datetime | None = None) -> None:
        self.world = World(account_sid, auth_token, began or datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
        self.world.taken_over = taken_over(self.world)

    async def close(self) -> None:
        await self.world.close()

    # the account and the people outside

    def number(
        self, number: str, *, voice_url: str = "", sms_url: str = "", status_callback: str = "",
        voice_fallback_url: str = "", sms_fallback_url: str = "", takes_sms: bool = True,
    ) -> Number:  # fmt: skip
        """Give the account a number, or set where its calls and texts go."""
        one = self.world.declare_number(number)
        one.voice, one.sms, one.status = Hook(voice_url), Hook(sms_url), Hook(status_callback)
        one.voice_fallback, one.sms_fallback = Hook(voice_fallback_url), Hook(sms_fallback_url)
        one.takes_sms = takes_sms
        return one

    def declare(self, address: str, person: Person) -> None:
        """How the telephone, SIP address or client at `address` behaves from now on."""
        self.world.people[address] = person

    def api_key(self, sid: str, secret: str) -> None:
        """Give the account a key, with which tokens for browsers are signed."""
        self.world.api_keys[sid] = secret

    def fault(self, fault: Fault) -> None:
        self.world.faults.add(fault)

    # time

    async def advance(self, seconds: float) -> None:
        """Let virtual seconds go by, with all that happens in them, webhooks included."""
        await self.world.clock.advance(seconds)

    async def settle(self) -> None:
        """Wait until all that happens now has happened."""
        await self.world.clock.settle()

    # what a person does

    async def dial(self, caller: str, to: str) -> Call:
        """Somebody calls a number; an empty `caller` withholds theirs."""
        call = self.begin_call(caller, to)
        await self.settle()
        return call

    def begin_call(self, caller: str, to: str) -> Call:
        """As `dial`, for who does not wait until it has come to something."""
        world = self.world
        call = new_call(world, to, caller or "anonymous", "inbound")
        call.status, call.started = "ringing", world.now
        number = world.own(to)
        if number is not None:
            call.number_sid, call.callback, call.fallback = number.sid, number.status, number.voice_fallback
        world.clock.spawn(inbound(world, call, self._arrived(number)))
        return call

    async def answer(self, sid: str) -> None:
        """Pick up a ringing telephone. Raises `CannotDo` when it does not ring."""
        line = self._line(sid)
        if line.call.status != "ringing" or line.call.direction == "inbound":
            raise CannotDo("this telephone does not ring")
        line.note(ANSWERED)
        await self.settle()

    async def press(self, sid: str, keys: str) -> bool:
        """Press keys; whether anything listened."""
        if not keys or len(keys) > _LONGEST_KEYS or set(keys) - _KEYS:
            raise CannotDo("a telephone has the keys 0 to 9, * and #")
        return await self._do(sid, Input("keys", keys))

    async def say(self, sid: str, text: str) -> bool:
        """Say something; whether anybody or anything listened."""
        if not text.strip() or len(text) > _LONGEST_SPEECH:
            raise CannotDo(f"say something, of at most {_LONGEST_SPEECH} characters")
        return await self._do(sid, Input("speech", text))

    async def hang_up(self, sid: str) -> None:
        """Hang up; on a ringing telephone, decline."""
        line = self._line(sid)
        declined = line.call.answered is None and line.call.direction != "inbound"
        hang_up(self.world, line.call, "busy" if declined else "completed")
        await self.settle()

    async def text(self, sender: str, to: str, body: str, media: Sequence[str] = ()) -> Text:
        """Somebody texts a number of the account's."""
        if self.world.own(to) is None:
            raise CannotDo(f"{to} is no number of this account")
        if len(body) > _LONGEST_TEXT or not (body or media):
            raise CannotDo(f"a text has 1 to {_LONGEST_TEXT} characters")
        text = texting.receive(self.world, sender, to, body, tuple(media))
        await self.settle()
        return text

    # what is to be known afterwards

    def heard(self, sid: str) -> list[str]:
        """What was heard on a leg, one line each: `say: Good morning`, `anna: Hello`."""
        return [f"{one.whose or one.kind}: {one.text}" for one in self.world.calls[sid].heard]

    def calls_to(self, address: str) -> list[Call]:
        """All legs to an address, the oldest first."""
        return [call for call in self.world.calls.values() if call.to == address]

    def texts_to(self, number: str) -> list[Text]:
        return [text for text in self.world.texts.values() if text.to == number]

    def _line(self, sid: str) -> Line:
        line = self.world.lines.get(sid)
        if line is None:
            raise CannotDo("this call is over, or there never was one")
        return line

    async def _do(self, sid: str, given: Input) -> bool:
        line = self._line(sid)
        if line.call.answered is None:
            raise CannotDo("nobody has answered yet")
        listened = line.give(given)
        await self.settle()
        return listened

    def _arrived(self, number: Number | None):
        async def arrived(line: Line) -> None:
            if number is None:
                line.hear("say", NOT_IN_SERVICE)
                raise HungUp("failed")
            if not number.voice.url:
                line.hear("say", NOT_CONFIGURED)
                raise HungUp
            where = Next(number.voice.url, number.voice.method, fallback=number.voice_fallback)
            await Interpreter(self.world).follow(line, where)

        return arrived
