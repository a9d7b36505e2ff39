"""All that the emulator keeps and shares: one account, its numbers, the people outside, and what is going on."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from channels.twilio_emulator.clock import Clock
from channels.twilio_emulator.faults import Faults
from channels.twilio_emulator.line import Line, Redirected
from channels.twilio_emulator.model import (
    KEPT,
    Alert,
    Call,
    Conference,
    Hook,
    Number,
    Person,
    Queue,
    Recording,
    Sids,
    Text,
)
from channels.twilio_emulator.webhooks import Webhooks

API_VERSION: Final = "2010-04-01"
_log = logging.getLogger("trunkline.twilio_emulator")
_Kept = TypeVar("_Kept")


class World:
    """The emulator's state. `began` is where its virtual time starts."""

    def __init__(self, account_sid: str, auth_token: str, began: datetime) -> None:
        self.account_sid, self.auth_token = account_sid, auth_token
        self.clock = Clock(began.timestamp())
        self.faults = Faults()
        self.sids = Sids(account_sid)
        self.webhooks = Webhooks(auth_token, self.clock, self.faults, self.sids)
        self.numbers: dict[str, Number] = {}
        self.people: dict[str, Person] = {}
        self.otherwise = Person()
        #: Secrets of the account's API keys, by identifier: browsers register with tokens that they sign.
        self.api_keys: dict[str, str] = {}
        #: Who answers by hand, whatever is declared: browsers have registered as these clients.
        self.by_hand: set[str] = set()
        #: Told of every call's progress: `initiated`, `ringing`, `answered`, `completed`.
        self.watchers: list[Callable[[Call, str], None]] = []
        #: What a call does that was redirected outside any document.
        self.taken_over: Callable[[Redirected], Callable[[Line], Awaitable[None]]] = _unwired
        self.calls: dict[str, Call] = {}
        self.lines: dict[str, Line] = {}
        self.conferences: dict[str, Conference] = {}
        self.queues: dict[str, Queue] = {}
        self.recordings: dict[str, Recording] = {}
        self.texts: dict[str, Text] = {}
        #: What came along with texts: identifier → where it is, or the thing itself as a `data:` address.
        self.pictures: dict[str, str] = {}
        #: Calls whose number is withheld → whose they are, for the page.
        self.withheld: dict[str, str] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self.alerts: deque[Alert] = deque(maxlen=KEPT)
        self.requests: deque[dict[str, Any]] = deque(maxlen=KEPT)

    async def close(self) -> None:
        await self.clock.close()
        await self.webhooks.close()

    @property
    def now(self) -> datetime:
        return self.clock.now

    def own(self, number: str) -> Number | None:
        """The account's number of this spelling."""
        return self.numbers.get(number)

    def declare_number(self, number: str) -> Number:
        """A number of the account's, made if there is none."""
        if number not in self.numbers:
            self.numbers[number] = Number(self.sids("PN"), number, self.now, name=number)
        return self.numbers[number]

    def person(self, address: str) -> Person:
        if address in self.by_hand:
            return Person("person")
        return self.people.get(address, self.otherwise)

    def keep(self, where: dict[str, _Kept], sid: str, thing: _Kept) -> _Kept:
        """Keep a thing; past the bound the oldest of its kind that is over is forgotten."""
        if len(where) >= KEPT:
            over = next((key for key, one in where.items() if _is_over(one)), None)
            if over is not None:
                del where[over]
        where[sid] = thing
        return thing

    def queue(self, name: str) -> Queue:
        if name not in self.queues:
            self.keep(self.queues, name, Queue(self.sids("QU"), name))
        return self.queues[name]

    def conference_named(self, name: str) -> Conference:
        """The conference of this name that is not over, else a new one."""
        for conference in self.conferences.values():
            if conference.name == name and conference.status != "completed":
                return conference
        sid = self.sids("CF")
        return self.keep(self.conferences, sid, Conference(sid, name, self.now, self.now))

    def alert(self, code: int, about: str, message: str) -> None:
        """What Twilio's debugger would show."""
        self.alerts.append(Alert(self.now, code, about, message))
        _log.warning("%s: %d %s", about, code, message)

    def call_params(self, call: Call) -> dict[str, str]:
        """The parameters that every voice webhook bears."""
        params = {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": call.sid,
            "CallStatus": call.status,
            "Direction": call.direction,
            "From": call.caller,
            "To": call.to,
            "Caller": call.caller,
            "Called": call.to,
        }
        if call.parent:
            params["ParentCallSid"] = call.parent
        if call.answered_by:
            params["AnsweredBy"] = call.answered_by
        return params

    def tell_of_call(self, call: Call, event: str, more: Mapping[str, str] | None = None) -> None:
        """A call's status callback for `event`, counted whether anybody wants it or not."""
        for watcher in self.watchers:
            watcher(call, event)
        sequence = call.sequence
        call.sequence += 1
        if event not in call.events:
            return
        params = self.call_params(call) | {
            "Timestamp": rfc2822(self.now),
            "SequenceNumber": str(sequence),
            "CallbackSource": "call-progress-events",
        }
        if call.is_over:
            params |= {"CallDuration": str(call.duration), "Duration": str(-(-call.duration // 60))}
        if event == "initiated":
            params["CallStatus"] = "initiated"
        self.webhooks.tell(call.sid, call.callback, params | dict(more or {}))


def _is_over(thing: object) -> bool:
    """Whether nothing more can happen to it."""
    match thing:
        case Call():
            return thing.is_over
        case Conference():
            return thing.status == "completed"
        case Queue():
            return not thing.waiting
        case Recording():
            return thing.status in ("completed", "absent")
        case _:
            return True


def _unwired(redirected: Redirected) -> Callable[[Line], Awaitable[None]]:
    raise AssertionError("the emulator was put together without an interpreter") from redirected


def rfc2822(at: datetime) -> str:
    """`Fri, 24 May 2019 17:44:46 +0000`"""
    return at.strftime("%a, %d %b %Y %H:%M:%S +0000")


def hook(url: str | None, method: str | None = None) -> Hook:
    return Hook(url or "", method or "POST")
