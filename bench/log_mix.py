"""The events the log's figures are measured with: one e-mail interaction of a hotline, start to end.

Nine events over three streams, three of them with personal fields (eight sealed fields in all), so
sealing is part of every figure. `describe` states names and sizes beside the figures.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.agent.events import AgentReleased, AgentReserved
from domain.event import Event, Proposed
from domain.interaction.events import (
    Candidate,
    Decision,
    InteractionOffered,
    InteractionQueued,
    InteractionStarted,
    MessageReceived,
    MessageSent,
    OfferAccepted,
)
from domain.ticket.events import TicketOpened
from infra.keys.memory import MemoryKeyring
from infra.log.mapper import EventMapper

_AT = datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=UTC)
_TEXT = (
    "Good morning,\n\nthe invoice for February shows two deliveries, but we had only one. Could you have a look and"
    " send a corrected one? The number is 2026-02-4711.\n\nKind regards\nAnna Nowak\n"
)
_CUSTOMERS = 500


def _events(n: int) -> list[tuple[str, Event]]:
    """Stream concept and event, in the order in which they happen."""
    interaction, ticket, agent = f"interaction-{n:08x}", f"ticket-{n:08x}", f"agent-{n % 200:03d}"
    customer, leg, work = f"customer-{n % _CUSTOMERS:05d}", "leg-1", f"work-{n:08x}"
    decision = Decision(
        position=n,
        at=_AT,
        policy="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        strategy="longest_idle",
        chosen=Candidate(agent_id=agent, place=1, idle_since=_AT),
        runners_up=(Candidate(agent_id="agent-201", place=2, idle_since=_AT),),
        excluded={"state": 12, "skill": 3, "capacity": 4},
    )
    started = InteractionStarted(
        interaction_id=interaction, channel="email", direction="inbound", customer_id=customer, ticket_id=ticket,
        entry="billing@acme.example", language="en",
    )  # fmt: skip
    received = MessageReceived(
        interaction_id=interaction, customer_id=customer, message_id=f"message-{n:08x}", via="email",
        sender="anna.nowak@customer.example", sender_name="Anna Nowak", subject="Invoice 2026-02-4711 is wrong",
        text=_TEXT, external_id=f"<{n:032x}@customer.example>", raw="0f" * 16,
    )  # fmt: skip
    opened = TicketOpened(
        ticket_id=ticket, number=f"{n:08d}", customer_id=customer, interaction_id=interaction, department="billing",
        mailbox="billing@acme.example", language="en", subject="Invoice 2026-02-4711 is wrong",
        deadline=_AT + timedelta(days=2),
    )  # fmt: skip
    queued = InteractionQueued(
        interaction_id=interaction, leg=leg, channel="email", queue="billing", priority=5,
        skills={"billing": 3, "en": 5}, arrived_at=_AT, not_before=None, age_credit=0, target=14400,
        customer_id=customer, site="lyon", language="en", trail=(), reason="new",
    )  # fmt: skip
    reserved = AgentReserved(
        agent_id=agent, work_id=work, interaction_id=interaction, leg=leg, channel="email", units=20
    )
    offered = InteractionOffered(
        interaction_id=interaction, leg=leg, work_id=work, agent_id=agent, queue="billing",
        expires_at=_AT + timedelta(seconds=60), decision=decision,
    )  # fmt: skip
    accepted = OfferAccepted(interaction_id=interaction, leg=leg, work_id=work, agent_id=agent)
    sent = MessageSent(
        interaction_id=interaction, customer_id=customer, message_id=f"message-{n:08x}r", leg=leg, agent_id=agent,
        delivery_id=f"delivery-{n:08x}", subject="Re: Invoice 2026-02-4711 is wrong", text=_TEXT,
    )  # fmt: skip
    released = AgentReleased(agent_id=agent, work_id=work, reason="closed")
    mine = [started, received, queued, offered, accepted, sent]
    return [
        *(("interaction", event) for event in mine[:2]),
        ("ticket", opened),
        ("interaction", queued),
        ("agent", reserved),
        *(("interaction", event) for event in mine[3:]),
        ("agent", released),
    ]


EVENTS_EACH = len(_events(0))


def proposals(count: int, first: int = 0) -> list[Proposed]:
    """`count` events of the mix in the order in which they happen, ready to append to any stream."""
    made: list[Proposed] = []
    n = first
    while len(made) < count:
        for number, (_, event) in enumerate(_events(n)):
            made.append(
                Proposed(
                    event=event,
                    event_id=f"0195{n:024x}{number:04x}",
                    project="acme",
                    pool="main",
                    actor="router",
                    occurred_at=_AT,
                    causation_id=f"0195{n:024x}cafe",
                    correlation_id=f"0195{n:024x}beef",
                )
            )
        n += 1
    return made[:count]


def describe() -> dict[str, Any]:
    """Names, how many of each in a round, stored sizes."""
    mapper = EventMapper(MemoryKeyring())
    encoded = [mapper.encode_event(proposal) for proposal in proposals(EVENTS_EACH)]
    sizes = [len(state) for _, state in encoded]
    return {
        "events": dict(Counter(wire for wire, _ in encoded)),
        "bytes_mean": round(sum(sizes) / len(sizes)),
        "bytes_largest": max(sizes),
        "sealed_fields_per_round": sum(len(type(proposal.event).personal) for proposal in proposals(EVENTS_EACH)),
        "events_per_round": EVENTS_EACH,
        "encryption": "AES-256-GCM under one key per customer, on",
    }
