"""Webhooks of the voice providers: `/voice/{provider}/{topic}`, signed, answered with the call's next steps.

Whatever is not signed is refused before it is read; a fault of ours is a 503, which the provider repeats or takes to
its fallback address.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from channels.twilio.forms import BadWebhook, Fields
from channels.twilio.signature import NotSigned
from channels.twilio.steps import TOPICS
from channels.voice.control import Step
from domain.execute import TooBusy
from domain.ports import LogUnavailable
from infra.signed import signed_fields
from infra.voice.accounts import Account, Accounts
from infra.voice.answering import Answering

_log = logging.getLogger("trunkline.voice.webhooks")
#: Topics that only tell; all others ask what comes next.
_TELLING = frozenset({"progress", "conference", "recording"})


def voice_router(accounts: Accounts, answering: Answering, *, prefix: str = "/voice") -> APIRouter:
    """The routes. `accounts` by the name that stands in the path."""
    router = APIRouter()

    async def webhook(request: Request) -> Response:
        topic = str(request.path_params["topic"])
        account = accounts.get(str(request.path_params["provider"]))
        if account is None or topic not in TOPICS:
            return Response("there is nothing here", 404, media_type="text/plain")
        try:
            fields = await signed_fields(account.signatures, request)
        except NotSigned as fault:
            _log.warning("a webhook was refused: %s", fault)
            return Response("the signature does not fit", 403, media_type="text/plain")
        except BadWebhook as fault:
            return Response(str(fault), 400, media_type="text/plain")
        return await _answered(account, topic, fields, request)

    async def _answered(account: Account, topic: str, fields: Fields, request: Request) -> Response:
        then, mark = request.query_params.get("then", ""), request.query_params.get("mark", "")
        try:
            steps = await answering.answer(topic, fields, then, mark, account.name)
        except BadWebhook as fault:
            return Response(str(fault), 400, media_type="text/plain")
        except (LogUnavailable, TooBusy) as fault:
            _log.warning("a webhook could not be stored: %s", type(fault).__name__)
            return Response("try again", 503, media_type="text/plain", headers={"Retry-After": "1"})
        return _reply(account, topic, steps)

    # a plain route: there is nothing in a signed form for the framework to read
    router.add_route(f"{prefix}/{{provider}}/{{topic}}", webhook, methods=["GET", "POST"], include_in_schema=False)
    return router


def _reply(account: Account, topic: str, steps: Sequence[Step]) -> Response:
    if topic in _TELLING:
        return Response(status_code=204)
    reply = account.control.reply(steps)
    return Response(reply.body, media_type=reply.content_type)
