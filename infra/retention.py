"""What is due to go by the projects' rules, found by one reading of the log, and its going.

A customer is erased as on their own request: keys destroyed, rows dropped, the event on record; what stays can be
counted and not read. An attachment's bytes are removed; the event that names it stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from domain.centre.documents import ProjectDocument
from domain.customer.decide import EraseCustomer
from domain.customer.events import CustomerErased, CustomersMerged, CustomersUnmerged
from domain.event import Recorded
from domain.execute import Executor, Origin
from domain.interaction.events import (
    CustomerRecognised,
    InteractionClosed,
    InteractionStarted,
    MessageReceived,
    MessageSent,
)
from domain.ports import Log
from domain.rejection import Rejection
from domain.ticket.events import TicketClosed, TicketOpened, TicketReopened
from infra.blobs import FolderBlobs

_log = structlog.get_logger("retention")
_BATCH = 5_000
ACTOR = "system:retention"


@dataclass(frozen=True, slots=True)
class Due:
    """What goes of one project now: ids of customers, and (customer, reference) of attachments."""

    project: str
    pool: str
    customers: list[str]
    attachments: list[tuple[str, str]]


@dataclass(slots=True)
class _Project:
    """What one reading finds of a project that has rules."""

    document: ProjectDocument
    last: dict[str, datetime] = field(default_factory=dict[str, datetime])
    #: Whose each open matter is, by stream.
    open: dict[str, str] = field(default_factory=dict[str, str])
    owners: dict[str, str] = field(default_factory=dict[str, str])
    #: Into whom others are merged at present: who goes takes them along.
    merged: dict[str, str] = field(default_factory=dict[str, str])
    files: list[tuple[datetime, str, str]] = field(default_factory=list[tuple[datetime, str, str]])

    def take(self, one: Recorded) -> None:
        event = one.event
        customer = str(getattr(event, "customer_id", "") or "")
        if customer:
            self.last[customer] = one.occurred_at
        match event:
            case TicketOpened() | InteractionStarted():
                self.open[one.stream] = self.owners[one.stream] = customer
            case TicketReopened():
                self.open[one.stream] = self.owners.get(one.stream, customer)
            case TicketClosed() | InteractionClosed():
                self.open.pop(one.stream, None)
            case CustomerRecognised() if one.stream in self.open:
                self.open[one.stream] = self.owners[one.stream] = customer
            case CustomersMerged():
                self.merged[event.merged_id] = customer
            case CustomersUnmerged():
                self.merged.pop(event.merged_id, None)
            case CustomerErased():
                self.last.pop(customer, None)
            case MessageReceived() | MessageSent():
                self.files += [(one.occurred_at, owner, reference) for owner, reference in _files(event)]
            case _:
                return

    def due(self, now: datetime) -> Due:
        rules = self.document.retention
        assert rules is not None
        busy = set(self.open.values())
        gone = [] if rules.customers is None else self._silent_since(now - timedelta(days=rules.customers), busy)
        before = None if rules.attachments is None else now - timedelta(days=rules.attachments)
        files = [(customer, ref) for at, customer, ref in self.files if before is not None and at < before]
        return Due(self.document.project, self.document.pool, gone, files)

    def _silent_since(self, moment: datetime, busy: set[str]) -> list[str]:
        last: dict[str, datetime] = {}
        for customer, at in self.last.items():
            whole = self.merged.get(customer, customer)
            last[whole] = max(at, last.get(whole, at))
        spared = {self.merged.get(one, one) for one in busy}
        return sorted(one for one, at in last.items() if at < moment and one not in spared)


async def due(log: Log, projects: Mapping[str, ProjectDocument], now: datetime) -> list[Due]:
    """What is due in every project that has rules. Reads the whole log; raises `LogUnavailable`."""
    found = {name: _Project(one) for name, one in projects.items() if one.retention is not None}
    after = 0
    while found and (batch := await log.read(after, _BATCH)):
        after = batch[-1].position
        for one in batch:
            if one.project in found:
                found[one.project].take(one)
    return [one.due(now) for one in found.values()]


async def let_go(dues: list[Due], executor: Executor, blobs: FolderBlobs) -> tuple[int, int]:
    """Do what is due: customers erased and files removed now. Harmless twice.

    The processes of the centre destroy keys and rows when they see the events, or when they start next.
    """
    erased = removed = 0
    for one in dues:
        origin = Origin(project=one.project, pool=one.pool, actor=ACTOR)
        for customer_id in one.customers:
            try:
                await executor.execute(EraseCustomer(customer_id=customer_id), origin)
                erased += 1
            except Rejection as rejection:
                # merged into somebody who is still known: goes with them
                _log.info("a customer is not erased by itself", code=rejection.code)
        for customer_id, reference in one.attachments:
            removed += await blobs.remove(customer_id, reference)
    return erased, removed


def _files(event: MessageReceived | MessageSent) -> Iterator[tuple[str, str]]:
    """Under whose key each lies, and where."""
    if isinstance(event, MessageSent):
        yield from ((one.owner, one.reference) for one in event.files)
        return
    if event.raw:
        yield event.customer_id, event.raw
    for one in event.attachments:
        yield event.customer_id, one.reference
