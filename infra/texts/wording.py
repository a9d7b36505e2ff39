"""The words of a text that is to be sent: a function of its request, so that an attempt is known again by them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from channels.sms.notices import said
from domain.delivery.events import NotificationRequested
from domain.personal import plain
from web.links import Links

#: What the customer waits for: it goes at any hour, and is not counted among what nobody asked for.
AWAITED: Final = frozenset({
    "reply", "deflection", "callback_registered", "ticket_opened", "texts_stopped", "texts_started", "texts_help",
})  # fmt: skip
#: What answers somebody who wants no texts and has just written one.
DESPITE_STOP: Final = frozenset({"texts_stopped", "texts_help", "callback_registered"})
#: What a person wrote: it is never held back.
BY_PERSONS: Final = frozenset({"reply"})


def words_of(request: NotificationRequested, links: Links, at: datetime) -> str:
    """The text itself. `at`: when it was asked for. Raises `Unsayable`."""
    params = dict(request.params)
    if request.kind == "ticket_resolved" and request.ticket_id:
        params["url"] = links.ticket_url(request.ticket_id, at)
    return said(request.kind, request.language, params, plain(request.body, otherwise=""))
