"""Webhooks of a project: which events another company's system is told of, and where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated

from pydantic import Field

from domain.centre.faults import Fault, Subject, suggest
from domain.centre.routing import Document, Name
from domain.sentence import say

Events = Annotated[str, Field(pattern=r"^[a-z][a-z_]*\.(\*|[a-z][a-z_]*\.v[1-9][0-9]*)$", max_length=100)]


class Webhook(Document):
    """An address that is told of events. Its secret is a setting (`webhooks`), never part of a document."""

    url: str = Field(
        pattern=r"^https?://[^\s@/?#]+([/?][^\s#]*)?$", max_length=500, description="where it is told; https outside"
    )
    events: tuple[Events, ...] = Field(
        min_length=1, max_length=200, description="wire names such as ticket.opened.v1, or ticket.* for all of a kind"
    )
    personal: bool = Field(
        default=False, description="whether it is told names, addresses and texts; without, those fields are null"
    )


def wires_of(webhook: Webhook, known: Iterable[str]) -> list[str]:
    """The wire names of the events that it is told of, in order."""
    return sorted(wire for wire in known if any(_meant(pattern, wire) for pattern in webhook.events))


def _meant(pattern: str, wire: str) -> bool:
    return wire == pattern or (pattern.endswith(".*") and wire.startswith(pattern[:-1]))


def check_webhooks(
    subject: Subject, webhooks: Iterable[tuple[Name, Webhook]], known: Collection[str]
) -> Iterator[Fault]:
    """An event that does not exist would be waited for in vain."""
    for name, webhook in webhooks:
        for number, pattern in enumerate(webhook.events):
            if not any(_meant(pattern, wire) for wire in known):
                kinds = {f"{wire.split('.')[0]}.*" for wire in known}
                yield Fault(
                    subject=subject,
                    path=("webhooks", name, "events", number),
                    what=say("there_is_no_event", "there is no event {pattern!r}", pattern=pattern),
                    mend=suggest(pattern, [*known, *kinds]),
                )
