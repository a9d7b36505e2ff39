"""Tokens with which an agent's browser registers as a telephone (Twilio Voice SDK).

Source: Twilio, "Access Tokens": a JWT (RFC 7519) signed by an API key's secret with HMAC-SHA256, with a voice grant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from twilio.jwt.access_token import AccessToken  # pyright: ignore[reportMissingTypeStubs]
from twilio.jwt.access_token.grants import VoiceGrant  # pyright: ignore[reportMissingTypeStubs]

#: What the SDK takes as an identity; others are not rung, without a word of why.
_IDENTITY: Final = re.compile(r"[A-Za-z0-9_]{1,121}")
LONGEST: Final = 86_400
_KEY: Final = re.compile(r"SK[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key of the account. Its secret can be shown once only, and is not the account's auth token."""

    sid: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.sid) or not self.secret:
            raise ValueError("a Twilio API key is SK and 32 hexadecimal digits, with a secret")


def browser_token(account_sid: str, key: ApiKey, identity: str, *, seconds: int = 3600) -> str:
    """A token for the agent known as `client:{identity}` to be called, not to call; valid for `seconds`.

    Outbound calls are made by us on an agent's behalf, so the browser is given no right to make any. Raises
    `ValueError` for an identity that could not be rung, or a time beyond a day.
    """
    if not _IDENTITY.fullmatch(identity):
        raise ValueError("an agent's browser is known by 1 to 121 letters, digits and _")
    if not 60 <= seconds <= LONGEST:
        raise ValueError(f"a browser's token is valid for 60 to {LONGEST} seconds")
    grant: Any = VoiceGrant(incoming_allow=True)
    token: Any = AccessToken(account_sid, key.sid, key.secret, grants=[grant], identity=identity, ttl=seconds)
    return str(token.to_jwt())


def browser_identity(agent_id: str) -> str:
    """An agent's id as an identity that the SDK takes: what it does not take is written as _ and its code in hex."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found[0]):x}_", agent_id)
