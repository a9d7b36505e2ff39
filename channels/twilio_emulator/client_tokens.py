"""What a browser registers with: an access token (RFC 7519), read as Twilio's gateway reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twilio.jwt import JwtDecodeError  # pyright: ignore[reportMissingTypeStubs]
from twilio.jwt.access_token import AccessToken  # pyright: ignore[reportMissingTypeStubs]

#: Codes that the Voice SDK knows (`device.ts`, `_onSignalingError`): the token is none of ours, or its time is out.
INVALID, EXPIRED = 31204, 31205


class TokenRefused(Exception):
    """`code` is one that the Voice SDK knows."""

    def __init__(self, code: int, why: str) -> None:
        self.code = code
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Registration:
    """Who a browser is, until when, and whether it may be called."""

    identity: str
    expires: datetime
    may_be_called: bool

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.expires - datetime.now(UTC)).total_seconds()))


def read_token(token: str, account_sid: str, keys: Mapping[str, str]) -> Registration:
    """Who the token stands for. `keys`: secrets of the account's API keys, by identifier. Raises `TokenRefused`."""
    for sid, secret in keys.items():
        try:
            read: Any = AccessToken.from_jwt(token, key=secret)  # pyright: ignore[reportUnknownMemberType]
        except JwtDecodeError as fault:
            if "expired" in str(fault).lower():
                raise TokenRefused(EXPIRED, "the token has expired") from None
            continue
        payload: Mapping[str, Any] = read.payload
        if payload.get("iss") == sid and payload.get("sub") == account_sid:
            return _registration(payload)
    raise TokenRefused(INVALID, "the token was not made with a key of this account")


def _registration(payload: Mapping[str, Any]) -> Registration:
    grants: Mapping[str, Any] = payload.get("grants") or {}
    identity = str(grants.get("identity") or "")
    if not identity or "voice" not in grants:
        raise TokenRefused(INVALID, "the token has no voice grant, or names nobody")
    incoming: Mapping[str, Any] = grants["voice"].get("incoming") or {}
    return Registration(identity, datetime.fromtimestamp(payload["exp"], UTC), bool(incoming.get("allow")))
