"""What the settings name one by one: mailboxes to fetch from, accounts at providers, secrets of webhooks."""

from __future__ import annotations

from base64 import b64decode
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class ImapMailbox(BaseModel):
    """A mailbox to fetch mail from, in place of or beside taking it by SMTP."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    host: str = Field(min_length=1)
    port: Annotated[int, Field(ge=1, le=65_535)] = 993
    username: str
    password: SecretStr
    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="the mailbox's own address, as in the documents")
    folder: str = "INBOX"
    move_to: str | None = Field(
        default=None, description="folder for mails that were taken; without it they are marked"
    )
    tls: Literal["implicit", "none"] = "implicit"


class WebhookSecret(BaseModel):
    """What the messages of a project's webhook are signed with; `whsec_` and base64 of 24 to 64 bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secret: SecretStr = Field(description="shared with the peer: `whsec_` and base64 of 24 to 64 bytes")
    secondary: SecretStr | None = Field(default=None, description="the one before, while the peer changes over")

    @field_validator("secret", "secondary")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            check_webhook_secret(value.get_secret_value())
        return value

    @property
    def values(self) -> tuple[str, ...]:
        both = (self.secret, self.secondary)
        return tuple(one.get_secret_value() for one in both if one is not None)


def check_webhook_secret(text: str) -> None:
    """Raises `ValueError` for what the specification does not allow as a secret."""
    try:
        length = len(b64decode(text.removeprefix("whsec_"), validate=True))
    except ValueError:
        length = 0
    if not text.startswith("whsec_") or not 24 <= length <= 64:
        made = 'echo "whsec_$(openssl rand -base64 32)"'
        raise ValueError(f"must be whsec_ and base64 of 24 to 64 bytes: {made} makes one")


class TwilioAccount(BaseModel):
    """An account at Twilio that carries calls; numbers name it as their `provider`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    account_sid: str = Field(pattern=r"^AC[0-9a-f]{32}$", description="as the console shows it: AC and 32 digits")
    auth_token: SecretStr = Field(min_length=1, description="signs the account's webhooks and our requests")
    secondary_token: SecretStr | None = Field(default=None, description="the other token, while tokens are changed")
    api_key: str | None = Field(
        default=None, pattern=r"^SK[0-9a-f]{32}$", description="with which agents' browsers register as telephones"
    )
    api_secret: SecretStr | None = Field(default=None, min_length=1, description="of that key")
    edge: str = Field(
        default="roaming",
        pattern=r"^[a-z]+(-[a-z]+)*$",
        description="where agents' browsers connect to Twilio, as in `frankfurt`; `roaming`: wherever is nearest",
    )
    base_url: str = Field(default="https://api.twilio.com", pattern=r"^https?://[^\s/]+$", description="of the API")

    @model_validator(mode="after")
    def _key_and_secret(self) -> TwilioAccount:
        if (self.api_key is None) != (self.api_secret is None):
            raise ValueError("api_key and api_secret go together: give both or neither")
        return self
