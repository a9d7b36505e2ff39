"""The text parts of a node: accounts from the settings, webhooks below `/texts`, and the process that sends."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from channels.sms.storms import Storms
from channels.twilio.answers import Retries
from channels.twilio.rest import TwilioRest
from channels.twilio.signature import Signatures
from channels.twilio.text_control import TwilioTexts
from channels.twilio.transport import Account as Credentials
from channels.twilio.transport import Bounds
from domain.execute import Executor
from domain.ports import Blobs, Clock, Fingerprints, Log, Opener
from infra.accounts.storms import StormStore
from infra.configured import Configured
from infra.settings import Settings
from infra.texts.accounts import TextAccount, TextAccounts
from infra.texts.lines import Lines
from infra.texts.permitting import Permitting
from infra.texts.receiving import Receiving
from infra.texts.reporting import Reporting
from infra.texts.sending import PATIENCE, Sending
from infra.texts.storming import Shared, Storming
from infra.texts.todo import Todo
from infra.texts.webhooks import texts_router
from web.links import Links

if TYPE_CHECKING:
    from infra.node import Node

PREFIX: Final = "/texts"
#: A text that could not be handed over is tried again by the log's own schedule, not within one request. No picture
#: is larger than 5 MB at the providers we know.
BOUNDS: Final = Bounds(total=30.0, largest=8 * 1024 * 1024, retries=Retries(attempts=2))


@dataclass(frozen=True, slots=True)
class TextParts:
    """What answers webhooks, and what sends."""

    receiving: Receiving
    reporting: Reporting
    sending: Sending


def told_at(base_url: str, name: str, mark: str) -> str:
    """Where the provider tells what became of the text that bears a mark."""
    return f"{base_url.rstrip('/')}{PREFIX}/{name}/status?{urlencode({'mark': mark})}"


async def open_text_accounts(
    settings: Settings, base_url: str, closing: AsyncExitStack, bounds: Bounds = BOUNDS
) -> TextAccounts:
    """The accounts of the settings. `base_url`: where the providers reach us; connections end with `closing`."""
    accounts: dict[str, TextAccount] = {}
    for name, given in settings.twilio.items():
        token = given.auth_token.get_secret_value()
        credentials = Credentials(given.account_sid, token, given.base_url)
        rest = await closing.enter_async_context(TwilioRest(credentials, bounds))
        other = (given.secondary_token.get_secret_value(),) if given.secondary_token is not None else ()
        texts = TwilioTexts(rest, lambda mark, name=name: told_at(base_url, name, mark))
        accounts[name] = TextAccount(name, texts, Signatures([token, *other], base_url))
    return accounts


def parts_of(
    *,
    log: Log,
    executor: Executor,
    opener: Opener,
    configured: Configured,
    fingerprints: Fingerprints,
    blobs: Blobs,
    clock: Clock,
    links: Links,
    accounts: TextAccounts,
    todo: Todo,
    zone: ZoneInfo,
    patience: int = PATIENCE,
    shared: Shared | None = None,
) -> TextParts:
    """The parts, put together. `shared`: what other processes count of lively conversations."""
    lines, storms = Lines(configured), Storms(lambda words: fingerprints("words", words))
    reporting = Reporting(log=log, executor=executor, clock=clock)
    permitting = Permitting(
        log=log, lines=lines, accounts=accounts, fingerprints=fingerprints, lately=todo.lately, zone=zone
    )
    sending = Sending(
        log=log,
        executor=executor,
        opener=opener,
        links=links,
        accounts=accounts,
        permitting=permitting,
        reporting=reporting,
        todo=todo.due,
        texts_to=todo.texts_to,
        clock=clock,
        patience=patience,
    )
    receiving = Receiving(
        executor=executor,
        lines=lines,
        fingerprints=fingerprints,
        blobs=blobs,
        clock=clock,
        storming=Storming(storms, shared),
    )
    return TextParts(receiving, reporting, sending)


async def start_texts(node: Node, links: Links, closing: AsyncExitStack) -> APIRouter:
    """The webhooks of the SMS channel. Any number of processes may take them."""
    accounts = await open_text_accounts(node.settings, node.base_url, closing)
    parts = _parts(node, links, accounts)
    return texts_router(accounts, parts.receiving, parts.reporting, prefix=PREFIX)


async def start_sending_texts(node: Node, links: Links, closing: AsyncExitStack) -> None:
    """Send what is due, also without accounts, to say that there are none. One process does, so that a number's pace
    is one; of two that both believe they are elected, the log lets one make an attempt.
    """
    accounts = await open_text_accounts(node.settings, node.base_url, closing)
    node.lead("texts", _parts(node, links, accounts).sending.run)


def _parts(node: Node, links: Links, accounts: TextAccounts) -> TextParts:
    stores = node.stores
    return parts_of(
        log=stores.log,
        executor=stores.executor,
        opener=stores.opener,
        configured=node.configured,
        fingerprints=stores.fingerprints,
        blobs=stores.blobs,
        clock=stores.clock,
        links=links,
        accounts=accounts,
        todo=Todo(node.questions, node.configured),
        zone=ZoneInfo(stores.settings.time_zone),
        shared=None if node.settings.embedded else StormStore(node.database),
    )
