"""How requests reach Twilio: the library's own client over one bounded, patient, honest connection pool.

The library knows no base address, so this is where scheme and host are swapped; it hides why a list was refused, so
faults are raised here, before it sees them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlsplit, urlunsplit

import httpx2
from twilio.http import AsyncHttpClient  # pyright: ignore[reportMissingTypeStubs]
from twilio.http.response import Response  # pyright: ignore[reportMissingTypeStubs]

from channels.twilio.answers import Retries, broken, fault_of
from channels.twilio.breaker import Breaker
from channels.twilio.errors import Refused, TwilioFault, Unavailable

_log = logging.getLogger("trunkline.twilio.rest")
API: Final = "https://api.twilio.com"
#: Failures before a byte of the request went out.
_NOT_SENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose requests these are. `base_url`: another place than Twilio's, such as the emulator's."""

    sid: str
    token: str = field(repr=False)
    base_url: str = API


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of the way to Twilio. Seconds, and how many requests at once."""

    connect: float = 5.0
    answer: float = 15.0
    total: float = 60.0
    connections: int = 20
    #: Longest answer in bytes that is read, a recording's media included.
    largest: int = 64 * 1024 * 1024
    retries: Retries = field(default_factory=Retries)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


class Transport(AsyncHttpClient):
    """The HTTP client handed to the library.

    Raises `Refused`, `NotThere`, `Unavailable` or `UnknownOutcome`. What was certainly not carried out is repeated a
    bounded number of times, with growing pauses or as Retry-After says; a POST that may have been is not.
    """

    def __init__(self, account: Account, bounds: Bounds | None = None, breaker: Breaker | None = None) -> None:
        bounds = bounds or Bounds()
        super().__init__(_log, True, bounds.answer)
        self._account, self._bounds, self._breaker = account, bounds, breaker or Breaker()
        base = urlsplit(account.base_url)
        if base.scheme not in ("http", "https") or not base.netloc:
            raise ValueError("the address of Twilio's API must be like https://host[:port]")
        self._scheme, self._netloc = base.scheme, base.netloc
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(bounds.answer, connect=bounds.connect, pool=bounds.answer),
            limits=httpx2.Limits(max_connections=bounds.connections, keepalive_expiry=4.0),
            follow_redirects=False,
            trust_env=False,
            # without TLS no list of authorities is read, which takes a while; whoever redirected to TLS is not trusted
            verify=True if base.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def away(self) -> float:
        """Seconds for which nothing is asked; 0 where it can be."""
        return self._breaker.closed_for(asyncio.get_running_loop().time())

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Any:
        """What the library calls. Returns a 2xx answer with a JSON body, or raises."""
        del timeout, allow_redirects  # ours hold
        request = self._client.build_request(
            method, self._swapped(uri), params=_flat(params), data=_flat(data), headers=headers
        )
        answer = await self._patiently(request, auth or (self._account.sid, self._account.token), json_wanted=True)
        return Response(answer.status, answer.text, answer.headers)

    async def media(self, path: str) -> bytes:
        """The bytes at `path` of the API, for example of a recording, wherever the API redirects to for them."""
        request = self._client.build_request("GET", self._swapped(API + path))
        return (await self._patiently(request, (self._account.sid, self._account.token), json_wanted=False)).content

    def _swapped(self, url: str) -> str:
        return urlunsplit(urlsplit(url)._replace(scheme=self._scheme, netloc=self._netloc))

    async def _patiently(self, request: httpx2.Request, auth: tuple[str, str], *, json_wanted: bool) -> _Answer:
        attempt = 1
        while True:
            try:
                return await self._once(request, auth, json_wanted)
            except Unavailable as fault:
                pause = self._bounds.retries.pause(attempt, fault.retry_after)
                if pause is None or self._breaker.is_open:
                    raise
                _log.info("asking again in %.1f s: %s", pause, fault)
            await asyncio.sleep(pause)
            attempt += 1

    async def _once(self, request: httpx2.Request, auth: tuple[str, str], json_wanted: bool) -> _Answer:
        clock = asyncio.get_running_loop().time
        wait = self._breaker.wait(clock())
        if wait > 0:
            raise Unavailable("Twilio did not answer lately and is not asked for a while", retry_after=wait)
        try:
            outcome = await self._exchange(request, auth, json_wanted)
        except BaseException:
            self._breaker.gave_up()
            raise
        if isinstance(outcome, _Answer):
            self._breaker.succeeded()
            return outcome
        self._count(outcome, clock())
        # the path bears identifiers of Twilio's only; parameters and bodies bear telephones and texts
        _log.warning("%s %s: %s: %s", request.method, request.url.path, type(outcome).__name__, outcome)
        raise outcome

    def _count(self, fault: TwilioFault, now: float) -> None:
        """A refusal or a 429 shows that Twilio is there; silence and 5xx do not."""
        if isinstance(fault, Refused) or fault.status == 429:
            self._breaker.succeeded()
        else:
            self._breaker.failed(now)

    async def _exchange(
        self, request: httpx2.Request, auth: tuple[str, str], json_wanted: bool
    ) -> _Answer | TwilioFault:
        method = request.method
        try:
            async with asyncio.timeout(self._bounds.total):
                answer = await self._read(request, auth, follow=not json_wanted)
        except _NOT_SENT as error:
            return broken(method, f"cannot connect: {type(error).__name__}", sent=False)
        except (httpx2.RequestError, TimeoutError) as error:
            return broken(method, f"no answer: {type(error).__name__}", sent=True)
        if answer is None:
            return broken(method, "the answer is larger than allowed", sent=True)
        fault = fault_of(method, answer.status, answer.text, answer.headers)
        if fault is None and json_wanted and not _is_json(answer):
            return broken(method, "the answer is not what the API gives", sent=True)
        return fault or answer

    async def _read(self, request: httpx2.Request, auth: tuple[str, str], *, follow: bool) -> _Answer | None:
        """Send, and read the answer as far as allowed; None when it is larger."""
        response = await self._client.send(request, auth=auth, stream=True, follow_redirects=follow)
        total, chunks = 0, list[bytes]()
        try:
            async for chunk in response.aiter_bytes():
                total += len(chunk)
                if total > self._bounds.largest:
                    return None
                chunks.append(chunk)
        finally:
            await response.aclose()
        return _Answer(response.status_code, b"".join(chunks), response.headers)


def _is_json(answer: _Answer) -> bool:
    if answer.status == 204:
        return True
    try:
        return isinstance(json.loads(answer.content), dict)
    except ValueError:
        return False


def _flat(fields: Mapping[str, object] | None) -> dict[str, Any] | None:
    """Form fields as they are written: true and false in small letters, lists as repeated fields."""
    if not fields:
        return None
    return {name: _written(value) for name, value in fields.items()}


def _written(value: object) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [_written(one) for one in cast("list[object]", value)]
    return str(value)
