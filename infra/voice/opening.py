"""The voice parts of a node: accounts from the settings, webhooks below `/voice`, and the process that makes calls."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from fastapi import APIRouter

from channels.twilio.call_control import TwilioCallControl
from channels.twilio.rest import TwilioRest
from channels.twilio.signature import Signatures
from channels.twilio.steps import Addresses
from channels.twilio.transport import Account as Credentials
from infra.settings import Settings
from infra.voice.accounts import Account, Accounts
from infra.voice.starting import voice_of
from infra.voice.webhooks import voice_router

if TYPE_CHECKING:
    from infra.node import Node

PREFIX = "/voice"


async def open_accounts(settings: Settings, base_url: str, closing: AsyncExitStack) -> Accounts:
    """The accounts of the settings. `base_url`: where the providers reach us; connections end with `closing`."""
    accounts: dict[str, Account] = {}
    for name, given in settings.twilio.items():
        token = given.auth_token.get_secret_value()
        credentials = Credentials(given.account_sid, token, given.base_url)
        rest = await closing.enter_async_context(TwilioRest(credentials))
        control = TwilioCallControl(rest, Addresses(f"{base_url.rstrip('/')}{PREFIX}/{name}"))
        other = (given.secondary_token.get_secret_value(),) if given.secondary_token is not None else ()
        accounts[name] = Account(name, control, Signatures([token, *other], base_url))
    return accounts


async def start_voice(node: Node, closing: AsyncExitStack) -> APIRouter:
    """The voice channel of a node: its webhooks, for a web to serve, and its board, kept up to date.

    Where the node delivers it stands for making the calls of the centre. Without accounts it waits for nothing.
    """
    stores = node.stores
    candidate = node.stand("calls") if node.settings.twilio and node.plays("delivery") else None
    accounts = await open_accounts(stores.settings, node.base_url, closing)
    voice = voice_of(
        log=stores.log,
        executor=stores.executor,
        opener=stores.opener,
        configured=node.configured,
        fingerprints=stores.fingerprints,
        recordings=stores.recordings,
        clock=stores.clock,
        accounts=accounts,
        acts=lambda: candidate is not None and candidate.leads,
    )
    if accounts:
        node.run("voice", voice.following.run())
    return voice_router(accounts, voice.answering, prefix=PREFIX)
