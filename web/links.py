"""Signed links for customers: they open one ticket's page, until a day that stands in the link itself.

Only a bearer of the link can know it; a ticket's number, which people say on the telephone, opens no door.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeSerializer

Kind = Literal["ticket", "rating", "callback"]
About = Literal["agent", "company"]
MIN_SECRET_BYTES = 16
MAX_TOKEN = 400
#: How long somebody may take to fill in a form.
FORM_LIFETIME = timedelta(hours=12)
PATHS: dict[Kind, str] = {"ticket": "/t/", "rating": "/r/", "callback": "/c/"}


class BadLink(Exception):
    """The link was not made by us, was altered, or is of another kind."""


class ExpiredLink(Exception):
    """The link is ours, and its day has passed."""


class Links:
    """Signs and verifies links by HMAC-SHA-1 (itsdangerous), with a key of its own for each kind.

    `base_url` is where customers reach the pages, without a slash at its end; `lifetime` is for links made
    without an explicit end.
    """

    def __init__(self, secret: bytes, base_url: str, lifetime: timedelta = timedelta(days=60)) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"the secret for links must be at least {MIN_SECRET_BYTES} bytes, got {len(secret)}")
        self._secret, self._base_url, self._lifetime = secret, base_url.rstrip("/"), lifetime

    def sign(self, kind: Kind, ticket_id: str, expires: datetime) -> str:
        """The token of a link, safe in a URL."""
        return self._serializer(kind).dumps([ticket_id, int(expires.timestamp())])  # type: ignore[no-any-return]

    def verify(self, kind: Kind, token: str, now: datetime) -> str:
        """The ticket's id. Raises `BadLink`, `ExpiredLink`."""
        return self._read(kind, token, now)

    def _read(self, kind: str, token: str, now: datetime) -> str:
        if len(token) > MAX_TOKEN:
            raise BadLink
        try:
            identity, expires = self._serializer(kind).loads(token)
        except (BadData, ValueError, TypeError) as fault:
            raise BadLink from fault
        if now >= datetime.fromtimestamp(expires, UTC):
            raise ExpiredLink
        return str(identity)

    def ticket_url(self, ticket_id: str, now: datetime) -> str:
        """Where the customer sees the ticket and adds information."""
        return self._url("ticket", ticket_id, now)

    def rating_url(self, ticket_id: str, about: About, now: datetime, score: int | None = None) -> str:
        """Where the customer rates; a score (1 to 5) in it is pre-selected on the page, never recorded by it."""
        query = {"about": about} | ({} if score is None else {"score": str(score)})
        return f"{self._url('rating', ticket_id, now)}?{urlencode(query)}"

    def callback_url(self, interaction_id: str, now: datetime) -> str:
        """Where the customer sees how a callback stands, and cancels it."""
        return self._url("callback", interaction_id, now)

    def sign_form(self, form: str, nonce: str, now: datetime) -> str:
        """A token for one showing of a public form: says that we showed it, and makes its sending happen once."""
        return self._serializer(f"form.{form}").dumps([nonce, int((now + FORM_LIFETIME).timestamp())])  # type: ignore[no-any-return]

    def verify_form(self, form: str, token: str, now: datetime) -> str:
        """The nonce of a form's token. Raises `BadLink`, `ExpiredLink`."""
        return self._read(f"form.{form}", token, now)

    def calendar_url(self, account_id: str, feed: str) -> str:
        """Where an account's follow-ups are read by a calendar; it ends with the feed, not by itself."""
        return f"{self._base_url}/calendar/{self._serializer('calendar').dumps([account_id, feed])}.ics"

    def verify_calendar(self, token: str) -> tuple[str, str]:
        """The account and the feed. Raises `BadLink`."""
        if len(token) > MAX_TOKEN:
            raise BadLink
        try:
            account_id, feed = self._serializer("calendar").loads(token)
        except (BadData, ValueError, TypeError) as fault:
            raise BadLink from fault
        return str(account_id), str(feed)

    def _url(self, kind: Kind, ticket_id: str, now: datetime) -> str:
        # Rounded up to a day, so that the same mail rendered twice on one day says the same.
        day = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
        return f"{self._base_url}{PATHS[kind]}{self.sign(kind, ticket_id, day + self._lifetime)}"

    def _serializer(self, kind: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret, salt=f"trunkline.link.{kind}")
