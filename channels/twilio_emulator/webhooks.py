"""Webhooks as Twilio sends them: signed, with a time-out, retried as its connection overrides say, then a fallback.

Source: Twilio, "Webhooks security", "Webhook connection overrides" (`#rc=2&rp=5xx,ct&rt=5000` after an address): by
default 15 seconds for an answer and one more try when the connection fails.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urldefrag, urlsplit, urlunsplit

import httpx2
from twilio.request_validator import RequestValidator  # pyright: ignore[reportMissingTypeStubs]

from channels.twilio_emulator.clock import Clock
from channels.twilio_emulator.faults import Faults
from channels.twilio_emulator.model import KEPT, Delivery, Hook, Sids

_ANSWER: Final = 15.0
_CONNECT: Final = 5.0
_LARGEST: Final = 1024 * 1024
_MOST_RETRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application answered; status 0: it did not, for the reason in `content_type`."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class _Overrides:
    retries: int
    policy: frozenset[str]
    answer: float
    connect: float


class Webhooks:
    """Asks applications and tells them. Everything sent is kept in `sent`, the newest last."""

    def __init__(self, token: str, clock: Clock, faults: Faults, sids: Sids) -> None:
        self._token, self._clock, self._faults, self._sids = token, clock, faults, sids
        self._clients: dict[str, httpx2.AsyncClient] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self.sent: deque[Delivery] = deque(maxlen=KEPT)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _client_for(self, url: str) -> httpx2.AsyncClient:
        """One client for plain addresses, one for TLS: reading the list of authorities takes a while."""
        scheme = url.partition(":")[0].lower()
        if scheme not in self._clients:
            verify = True if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._clients[scheme] = httpx2.AsyncClient(trust_env=False, follow_redirects=True, verify=verify)
        return self._clients[scheme]

    async def ask(self, hook: Hook, params: Mapping[str, str]) -> Answer:
        """Ask for a document."""
        return await self._deliver(hook, params, self._token)

    def tell(self, about: str, hook: Hook, params: Mapping[str, str]) -> None:
        """Tell of a happening, in its turn among those `about` the same thing. No address: nobody is told."""
        if not hook.url:
            return
        name = f"{hook.url} {params.get('StatusCallbackEvent', '')} {_status_in(params)}"
        fault = self._faults.take("webhook", name)
        kind = fault.kind if fault else ""
        if kind == "lose":
            return
        token = "another token" if kind == "forge" else self._token
        if kind == "late" and fault is not None:
            self._clock.spawn(self._later(fault.seconds, hook, params))
            return
        self._clock.spawn(self._in_turn(about, hook, params, token, 2 if kind == "duplicate" else 1))

    async def _later(self, seconds: float, hook: Hook, params: Mapping[str, str]) -> None:
        await self._clock.sleep(seconds)
        await self._deliver(hook, params, self._token)

    async def _in_turn(self, about: str, hook: Hook, params: Mapping[str, str], token: str, times: int) -> None:
        async with self._turn(about):
            for _ in range(times):
                await self._deliver(hook, params, token)

    def _turn(self, about: str) -> asyncio.Lock:
        """What makes those about the same thing wait for one another; those nobody waits for are forgotten in time."""
        if len(self._turns) >= KEPT:
            idle = next((key for key, turn in self._turns.items() if key != about and not turn.locked()), None)
            if idle is not None:
                del self._turns[idle]
        return self._turns.setdefault(about, asyncio.Lock())

    async def _deliver(self, hook: Hook, params: Mapping[str, str], token: str) -> Answer:
        address, fragment = urldefrag(hook.url)
        overrides = _overrides(fragment)
        name = self._sids("")  # the same for every try, so that an application can tell
        for attempt in range(overrides.retries + 1):
            answer = await self._once(address, hook.method, params, token, name, overrides)
            self.sent.append(Delivery(self._clock.now, address, dict(params), answer.status))
            if answer.is_good or attempt == overrides.retries or not _again(answer, overrides.policy):
                return answer
        raise AssertionError("the last try returns")

    async def _once(
        self, url: str, method: str, params: Mapping[str, str], token: str, name: str, overrides: _Overrides
    ) -> Answer:
        form: dict[str, str] = dict(params)
        if method == "GET":
            url, form = _with_query(url, params), {}
        headers = {
            "X-Twilio-Signature": sign(token, url, form),
            "I-Twilio-Idempotency-Token": name,
            "User-Agent": "TwilioProxy/1.1",
        }
        timeout = httpx2.Timeout(overrides.answer, connect=overrides.connect)
        try:
            response = await self._client_for(url).request(
                method, url, data=form or None, headers=headers, timeout=timeout
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            return Answer(0, "ct", b"")
        except (httpx2.RequestError, httpx2.InvalidURL):
            return Answer(0, "rt", b"")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, kind, response.content[:_LARGEST])


def sign(token: str, url: str, form: Mapping[str, str]) -> str:
    """Twilio's signature, by the library's own sum. `form` is empty for a GET."""
    validator: Any = RequestValidator(token)
    return str(validator.compute_signature(url, dict(form)))


def _status_in(params: Mapping[str, str]) -> str:
    names = ("CallStatus", "MessageStatus", "RecordingStatus")
    return next((params[name] for name in names if name in params), "")


def _with_query(url: str, params: Mapping[str, str]) -> str:
    split = urlsplit(url)
    more = str(httpx2.QueryParams(dict(params)))
    return urlunsplit(split._replace(query=f"{split.query}&{more}" if split.query else more))


def _again(answer: Answer, policy: frozenset[str]) -> bool:
    if answer.status == 0:
        return answer.content_type in policy or "all" in policy
    return f"{answer.status // 100}xx" in policy or "all" in policy


def _overrides(fragment: str) -> _Overrides:
    given = dict(parse_qsl(fragment))
    return _Overrides(
        min(_whole(given.get("rc"), 1), _MOST_RETRIES),
        frozenset(given.get("rp", "ct").split(",")),
        min(_whole(given.get("rt"), 15_000) / 1000, _ANSWER),
        min(_whole(given.get("ct"), 5_000) / 1000, _CONNECT * 2),
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 7 else default
