"""The telephone network of the demo: the shipped Twilio emulator, with a telephone in everybody's hand.

Its time goes at the speed of the demo, so that what is said, rung and waited there is as quick as the people are.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import SecretStr

from channels.twilio.browser_token import browser_identity
from channels.twilio.steps import Addresses
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.line import Input
from channels.twilio_emulator.model import KEPT, Call, Person, Text
from channels.twilio_emulator.serving import serving
from channels.twilio_emulator.telephony import hang_up
from channels.twilio_emulator.texting import receive
from domain.centre.documents import ProjectDocument
from infra.settings import TwilioAccount

#: The account of the numbers' documents, whose webhooks stand below these paths of the web.
PROVIDER = "twilio"
CALLS, TEXTS = f"/voice/{PROVIDER}", f"/texts/{PROVIDER}/incoming"
#: No secret: whoever reaches the emulator is on this machine.
TOKEN = "a telephone network on loopback"
#: Seconds after which an agent's telephone is picked up, at speed 1.
PICKED_UP = 1.0


@dataclass(slots=True)
class Telephones:
    """Everybody's telephones. `url` is the emulator's page, where a person may take part."""

    emulator: Emulator
    url: str
    dead: set[str] = field(default_factory=set[str])

    @property
    def account(self) -> TwilioAccount:
        return TwilioAccount(
            account_sid=self.emulator.world.account_sid, auth_token=SecretStr(TOKEN), base_url=self.url
        )

    def page_of(self, agent_id: str) -> str:
        """Where a person hears and speaks at an agent's telephone."""
        return f"{self.url}/phone?{urlencode({'me': _client(agent_id)})}"

    def connect(self, base_url: str, projects: Sequence[ProjectDocument], agents: Collection[str]) -> None:
        """Let the numbers of the projects lead to the centre at `base_url`, and its agents have telephones."""
        at = Addresses(f"{base_url}{CALLS}")
        for number in (one for project in projects for one in project.numbers.values()):
            self.emulator.number(
                number.number,
                voice_url=at.of("voice") if number.flow else "",
                status_callback=at.of("progress") if number.flow else "",
                sms_url=f"{base_url}{TEXTS}" if number.texts else "",
            )
        for agent_id in agents:
            self.emulator.declare(_client(agent_id), Person("answers", after=PICKED_UP))

    def cut(self, agents: Collection[str]) -> None:
        """The power fails: what these agents' telephones were in breaks off, and they ring no more."""
        for agent_id in agents:
            self.dead.add(_client(agent_id))
            self.emulator.declare(_client(agent_id), Person("fails"))
        for call in [one for one in self.going_on() if one.to in self.dead]:
            self.hang_up(call)

    def restore(self, agents: Collection[str]) -> None:
        """The power is back."""
        for agent_id in agents:
            self.dead.discard(_client(agent_id))
            self.emulator.declare(_client(agent_id), Person("answers", after=PICKED_UP))

    # what is done with a telephone: nothing here waits for what comes of it

    def dial(self, caller: str, to: str) -> Call:
        return self.emulator.begin_call(caller, to)

    def press(self, call: Call, keys: str) -> bool:
        """Whether anything listened."""
        return self._give(call, Input("keys", keys))

    def say(self, call: Call, words: str) -> bool:
        """Whether anybody listened."""
        return self._give(call, Input("speech", words))

    def _give(self, call: Call, given: Input) -> bool:
        line = self.emulator.world.lines.get(call.sid)
        return line is not None and call.status == "in-progress" and line.give(given)

    def hang_up(self, call: Call) -> None:
        """Nothing where the other side was quicker."""
        hang_up(self.emulator.world, call)

    def text(self, sender: str, to: str, words: str) -> Text:
        return receive(self.emulator.world, sender, to, words)

    async def live(self, life: Coroutine[Any, Any, None]) -> None:
        """Let somebody live by the telephones' own time, in which they `pass_by`. Nothing else may be waited for."""
        # whoever no longer waits for them leaves them be: the clock counts on each of its tasks to come to rest
        await asyncio.shield(self.emulator.world.clock.spawn(life))

    async def pass_by(self, seconds: float) -> None:
        """Let so many seconds go by, as telephones count them; for who lives by their time."""
        await self.emulator.world.clock.sleep(seconds)

    @property
    def now(self) -> float:
        """Seconds, as telephones count them."""
        return self.emulator.world.clock.seconds

    # what is to be seen of it

    def going_on(self) -> list[Call]:
        """Legs that are not over."""
        return [line.call for line in self.emulator.world.lines.values() if not line.call.is_over]

    def agents_call(self, agent_id: str) -> Call | None:
        """The conversation that an agent's telephone is in."""
        address = _client(agent_id)
        return next((one for one in self.going_on() if one.to == address and one.status == "in-progress"), None)

    def company(self, call: Call) -> bool:
        """Whether somebody else is in the conversation that this leg is in."""
        calls = self.emulator.world.calls
        for conference in self.emulator.world.conferences.values():
            if conference.status != "completed" and call.sid in conference.participants:
                others = (calls[sid] for sid in conference.participants if sid != call.sid and sid in calls)
                return any(one.status == "in-progress" for one in others)
        return False

    def texts_to(self, number: str) -> list[Text]:
        return self.emulator.texts_to(number)

    def sent_texts(self, most: int) -> list[Text]:
        """Texts that the centre sent, of what is still remembered: the newest so many, the newest first."""
        texts = reversed(self.emulator.world.texts.values())
        return list(islice((one for one in texts if one.direction == "outbound-api"), most))

    # what the network can be held against

    def made(self) -> Counter[str]:
        """How often we were called for each attempt to dial that the centre made, of what is still remembered."""
        calls = (one for one in self.emulator.world.calls.values() if one.direction != "inbound")
        return Counter(_mark(one.callback.url) for one in calls)

    def sent(self) -> Counter[str]:
        """How often a text was handed over for each attempt that the centre made, of what is still remembered."""
        texts = (one for one in self.emulator.world.texts.values() if one.direction == "outbound-api")
        return Counter(_mark(one.callback) for one in texts)

    @property
    def remembers_all(self) -> bool:
        """Whether nothing has been forgotten yet: the emulator keeps so many calls and texts."""
        world = self.emulator.world
        return len(world.texts) < KEPT and len(world.calls) < KEPT


def _client(agent_id: str) -> str:
    return f"client:{browser_identity(agent_id)}"


def _mark(callback: str) -> str:
    """What the centre calls an attempt by, as its status callback has it."""
    return next(iter(parse_qs(urlsplit(callback).query).get("mark", ())), "")


@asynccontextmanager
async def telephone_network(speed: Callable[[], float]) -> AsyncGenerator[Telephones]:
    """The emulator on loopback, its time going `speed()` times as fast as ours, whatever that is at the moment."""
    # calls and texts are numbered from the account on: another one each run, since a log may know those of an earlier
    emulator = Emulator(f"AC{secrets.token_hex(16)}", TOKEN, datetime.now(UTC))
    async with serving(emulator, follow_clock=True, speed=speed) as url:
        yield Telephones(emulator, url)
