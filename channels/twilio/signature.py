"""Who called our webhook: Twilio signs what it sends, and what is not signed is not listened to.

Source: Twilio, "Webhooks security": the full URL as configured, followed by every POST parameter's name and value in
order of the names, under HMAC-SHA1 with the account's token. The library's own validator does the sum; what is
left to us is the URL, which is the one Twilio called, not the one a proxy handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from twilio.request_validator import RequestValidator  # pyright: ignore[reportMissingTypeStubs]

SIGNATURE_HEADER: Final = "X-Twilio-Signature"
_MAX_SIGNATURE: Final = 200


class NotSigned(Exception):
    """The request does not come from Twilio, or the public address or the token is configured wrongly."""


class _Fields:
    """Form fields, of which one name may have several values, as the validator wants them."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def __iter__(self) -> Any:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getall(self, name: str) -> Sequence[str]:
        return self._fields[name]


class Signatures:
    """Tells Twilio's webhooks from others'.

    `tokens`: the account's auth token, and while it is being rotated the secondary one. `public_url`: scheme, host,
    port and path prefix under which Twilio reaches us, for example `https://calls.example.org/hooks`; what a proxy
    changed on the way does not matter then, and no forwarded header is believed.
    """

    def __init__(self, tokens: Sequence[str], public_url: str) -> None:
        if not tokens or not all(tokens):
            raise ValueError("a Twilio auth token is missing: without it nobody can tell its webhooks from forged ones")
        split = urlsplit(public_url)
        if split.scheme not in ("http", "https") or not split.hostname or split.query or split.fragment:
            raise ValueError("the public address of the webhooks must be like https://host[:port][/path]")
        self._validators = [RequestValidator(token) for token in tokens]
        self._base = urlunsplit((split.scheme, split.netloc, split.path.rstrip("/"), "", ""))

    def public(self, path: str, query: str = "") -> str:
        """The URL that Twilio called for our own `path` (as this process sees it) and raw `query`."""
        return f"{self._base}{path}?{query}" if query else self._base + path

    def check(self, path: str, query: str, fields: Mapping[str, Sequence[str]], signature: str | None) -> None:
        """Raise `NotSigned` unless `signature` is Twilio's over this request.

        `path`: as this process sees it, percent-encoded as it arrived; `query`: raw, without the question mark;
        `fields`: the form of a POST, empty for a GET; `signature`: the `X-Twilio-Signature` header.
        """
        if not signature:
            raise NotSigned(f"the request has no {SIGNATURE_HEADER} header")
        if len(signature) > _MAX_SIGNATURE or not signature.isascii():
            raise NotSigned(f"the {SIGNATURE_HEADER} header is no signature")
        url = self.public(path, query)
        params: Any = _Fields(fields) if fields else {}
        if not any(_valid(validator, url, params, signature) for validator in self._validators):
            raise NotSigned("the signature does not fit: forged, or the public address or the auth token is another")


def _valid(validator: RequestValidator, url: str, params: Any, signature: str) -> bool:
    # the library is not typed
    compute: Any = validator.compute_signature  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if compare_digest(compute(url, params), signature):
        return True  # the address as it is configured, which it nearly always is
    check: Any = validator.validate  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return bool(check(url, params, signature))  # with its port or without
