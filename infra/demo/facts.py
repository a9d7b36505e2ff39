"""What one reading of a demo's log says, to be held against what people outside saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from domain.customer.events import ConsentWithdrawn
from domain.delivery.events import NotificationRequested
from domain.event import Event, Recorded
from domain.interaction.events import CallbackRequested, MessageReceived
from domain.personal import plain
from domain.ticket.events import ServiceRated, TicketHandedOver, TicketOpened, TicketResolved
from infra.demo.telephone_checks import TelephoneFacts


@dataclass(slots=True)
class Facts:
    """In the words of the ledger. Only events of one run count, but for what `before` tells."""

    received: Counter[str] = field(default_factory=Counter[str])
    automatic: set[str] = field(default_factory=set[str])
    raw: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    requests: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    causes: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    ratings: Counter[tuple[str, int | None, int | None]] = field(
        default_factory=Counter[tuple[str, int | None, int | None]]
    )
    callbacks: Counter[str] = field(default_factory=Counter[str])
    chats: Counter[str] = field(default_factory=Counter[str])
    on_pages: Counter[str] = field(default_factory=Counter[str])
    positions: set[int] = field(default_factory=set[int])
    telephone: TelephoneFacts = field(default_factory=TelephoneFacts)
    owners: dict[str, str] = field(default_factory=dict[str, str])

    def before(self, event: Event) -> None:
        """What holds from then on, whichever run it was said in."""
        match event:
            case TicketOpened():
                self.owners[event.ticket_id] = event.customer_id
            case ConsentWithdrawn():
                self.telephone.stopped.add(event.customer_id)
            case _:
                return

    def add(self, one: Recorded) -> None:  # noqa: C901 - one flat match over the events
        self.positions.add(one.position)
        self.telephone.add(one.event)
        match one.event:
            case MessageReceived(via="page") as event:
                self.on_pages[plain(event.text)] += 1
            case MessageReceived(via="chat") as event:
                self.chats[plain(event.text)] += 1
            case MessageReceived() as event:
                message_id = plain(event.external_id)
                self.received[message_id] += 1
                self.raw[message_id] = (event.customer_id, event.raw)
                if event.automatic:
                    self.automatic.add(message_id)
            case NotificationRequested() as event:
                self.requests[event.ticket_id, event.kind] += 1
            case TicketOpened() as event:
                self.causes[event.ticket_id, "ticket_opened"] += 1
            case TicketResolved() as event:
                self.causes[event.ticket_id, "ticket_resolved"] += 1
            case TicketHandedOver() as event:
                self.causes[event.ticket_id, "ticket_handed_over"] += 1
            case ServiceRated() as event:
                self.ratings[event.ticket_id, event.agent_score, event.company_score] += 1
            case CallbackRequested() as event:
                self.callbacks[plain(event.about)] += 1
            case _:
                return
