"""Agents' browsers as telephones: tokens by the keys that the settings give."""

from __future__ import annotations

from collections.abc import Mapping

from channels.twilio.browser_token import ApiKey, browser_identity, browser_token
from infra.settings import Settings, TwilioAccount
from web.doors import Registered, Telephone


def telephones(settings: Settings) -> Mapping[str, Telephone]:
    """What makes tokens, by account; only of accounts with a key for it."""
    return {name: _of(account) for name, account in settings.twilio.items() if account.api_key is not None}


def _of(account: TwilioAccount) -> Telephone:
    assert account.api_key is not None, "only accounts with a key make tokens"
    assert account.api_secret is not None, "a key has its secret"
    key = ApiKey(account.api_key, account.api_secret.get_secret_value())

    def register(agent_id: str, seconds: int) -> Registered:
        identity = browser_identity(agent_id)
        return Registered(identity, browser_token(account.account_sid, key, identity, seconds=seconds))

    return register
