"""One attempt to tell a peer: signed, to an address that was judged, bounded in time, its answer judged honestly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor
from typing import Final

import httpx2
from standardwebhooks import Webhook

from channels.webhooks.addresses import Network, NotAllowed, Resolve, pin, resolve

#: Seconds for everything, and for the connection.
TOTAL, CONNECT = 15.0, 5.0
#: Answers after which the same may go well later.
LATER: Final = frozenset({408, 409, 425, 429})
#: Longest wait that a peer may ask for, in seconds.
LONGEST = 6 * 3600.0
USER_AGENT = "Trunkline-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Taken:
    """The peer has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """It may go well later, after `seconds` where the peer says so."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not go well however often it is tried."""

    reason: str


Outcome = Taken | Later | Refused


class Poster:
    """Posts messages. `allowed`: networks inside that may be talked to."""

    def __init__(
        self, allowed: Sequence[Network] = (), resolver: Resolve = resolve, *, verify: bool | str = True
    ) -> None:
        self._allowed, self._resolver = tuple(allowed), resolver
        limits = httpx2.Limits(max_connections=20, max_keepalive_connections=0)
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(TOTAL, connect=CONNECT),
            limits=limits,
            follow_redirects=False,
            trust_env=False,  # a proxy of the environment would connect to what was not judged
            verify=verify,
        )

    async def post(
        self, url: str, secrets: Sequence[str], message_id: str, body: bytes, now: datetime, trace: str = ""
    ) -> Outcome:
        """Tell one message. `secrets`: of the endpoint, the newest first; it is signed with each."""
        try:
            async with asyncio.timeout(TOTAL):
                where = await pin(url, self._allowed, self._resolver)
                headers = signed(secrets, message_id, body, now) | {"host": where.authority, "user-agent": USER_AGENT}
                if trace:
                    headers["traceparent"] = trace
                extensions = {"sni_hostname": where.host} if where.scheme == "https" else {}
                async with self._client.stream(
                    "POST", where.url, content=body, headers=headers, extensions=extensions
                ) as answer:
                    return judged(answer.status_code, answer.headers.get("retry-after", ""))
        except NotAllowed as fault:
            return Refused(str(fault))
        except (httpx2.InvalidURL, ValueError) as fault:
            # somebody's document names it: that must not end the process that tells everybody else's peers
            return Refused(f"the address cannot be used: {type(fault).__name__}")
        except TimeoutError:
            return Later(f"no answer within {TOTAL:g} s")
        except (httpx2.HTTPError, OSError) as fault:
            return Later(f"no connection: {type(fault).__name__}")

    async def close(self) -> None:
        await self._client.aclose()


def signed(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a message. Raises `ValueError` for a secret that is none."""
    text, at = body.decode(), now.astimezone(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(floor(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, at, text) for secret in secrets),
    }


def judged(status: int, retry_after: str = "") -> Outcome:
    """What an answer means: 2xx is taken, faults of the peer and a full peer may pass, anything else will not."""
    if 200 <= status < 300:
        return Taken()
    if status >= 500 or status in LATER:
        seconds = min(float(retry_after), LONGEST) if retry_after.isdecimal() else None
        return Later(f"answered {status}", seconds)
    if 300 <= status < 400:
        return Refused(f"answered {status}: redirects are not followed, name the address it leads to")
    return Refused(f"answered {status}")
