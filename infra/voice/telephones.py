"""Agents' browsers as telephones: tokens by the keys that the settings give."""

from __future__ import annotations

from collections.abc import Mapping

from channels.twilio.browser_token import ApiKey, browser_identity, browser_token
from channels.twilio.signalling import signalling, sources
from infra.settings import Settings, TwilioAccount
from web.doors import Registered, Telephone


def telephones(settings: Settings) -> Mapping[str, Telephone]:
    """What makes tokens, by account; only of accounts with a key for it."""
    return {name: _of(account) for name, account in settings.twilio.items() if account.api_key is not None}


def telephone_sources(settings: Settings) -> tuple[str, ...]:
    """What browsers connect to as telephones, each once; nothing where none of them is one."""
    accounts = (account for account in settings.twilio.values() if account.api_key is not None)
    return tuple(dict.fromkeys(one for account in accounts for one in sources(account.base_url, account.edge)))


def _of(account: TwilioAccount) -> Telephone:
    assert account.api_key is not None, "only accounts with a key make tokens"
    assert account.api_secret is not None, "a key has its secret"
    key = ApiKey(account.api_key, account.api_secret.get_secret_value())

    def register(agent_id: str, seconds: int) -> Registered:
        identity = browser_identity(agent_id)
        token = browser_token(account.account_sid, key, identity, seconds=seconds)
        return Registered(identity, token, account.edge, signalling(account.base_url))

    return register
