"""Webhooks of the providers of texts: `/texts/{provider}/incoming` and `/texts/{provider}/status?mark=…`, signed.

Whatever is not signed is refused before it is read. An answer of 2xx means that all of it is stored; 503 is a fault of
ours, 429 a storm: the provider keeps the text then, or takes it to the number's fallback address.
"""

from __future__ import annotations

import logging
from typing import Final

from fastapi import APIRouter, Request, Response

from channels.twilio.callbacks import incoming_message, message_progress
from channels.twilio.forms import BadWebhook, Fields
from channels.twilio.signature import NotSigned
from channels.twilio.text_control import state_of
from domain.execute import TooBusy
from domain.ports import LogUnavailable
from infra.signed import signed_fields
from infra.texts.accounts import TextAccount, TextAccounts
from infra.texts.receiving import NotOurs, NotTaken, Receiving
from infra.texts.reporting import Reporting

_log = logging.getLogger("trunkline.texts.webhooks")
#: Nothing is answered at once: what is to be said goes out as a text of its own, on record.
_NOTHING: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
_LONGEST_MARK: Final = 200


def texts_router(
    accounts: TextAccounts, receiving: Receiving, reporting: Reporting, *, prefix: str = "/texts"
) -> APIRouter:
    """The routes. `accounts` by the name that stands in the path."""
    router = APIRouter()

    async def webhook(request: Request) -> Response:
        topic = str(request.path_params["topic"])
        account = accounts.get(str(request.path_params["provider"]))
        if account is None or topic not in ("incoming", "status"):
            return _plain("there is nothing here", 404)
        try:
            fields = await signed_fields(account.signatures, request)
            return await _taken(account, topic, fields, request.query_params.get("mark", ""))
        except (NotSigned, BadWebhook, NotOurs, NotTaken, LogUnavailable, TooBusy) as fault:
            return _refused(fault)

    async def _taken(account: TextAccount, topic: str, fields: Fields, mark: str) -> Response:
        if topic == "incoming":
            await receiving.accept(account, incoming_message(fields))
            return Response(_NOTHING, media_type="text/xml; charset=utf-8")
        if len(mark) > _LONGEST_MARK:
            raise BadWebhook(f"the mark is longer than {_LONGEST_MARK} characters")
        await reporting.told(mark, state_of(message_progress(fields)))
        return Response(status_code=204)

    # a plain route: there is nothing in a signed form for the framework to read
    router.add_route(f"{prefix}/{{provider}}/{{topic}}", webhook, methods=["GET", "POST"], include_in_schema=False)
    return router


def _refused(fault: Exception) -> Response:
    """Why nothing is acknowledged. What a text says, and who wrote it, is in none of these reasons."""
    _log.warning("a webhook is not taken: %s", str(fault) or type(fault).__name__)
    match fault:
        case NotSigned():
            return _plain("the signature does not fit", 403)
        case BadWebhook():
            return _plain(str(fault), 400)
        case NotOurs():
            return _plain(str(fault), 404)
        case NotTaken():
            return _plain("too many texts from one number", 429, retry_after=600)
        case _:
            return _plain("it could not be stored: try again", 503, retry_after=1)


def _plain(said: str, status: int, *, retry_after: int | None = None) -> Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(said, status, media_type="text/plain", headers=headers)
