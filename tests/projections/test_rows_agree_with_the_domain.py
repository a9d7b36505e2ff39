"""Read models and decisions fold the same events: where both know something, they must say the same."""

from __future__ import annotations

import pytest

from domain.agent.state import Agent
from domain.customer.state import Customer
from domain.delivery.state import Delivery
from domain.interaction.state import Interaction
from domain.states import fold
from domain.stream import category_of, identity_of
from domain.ticket.state import Ticket
from infra.rows.memory import MemoryRows
from projections.queries import (
    agents,
    customer_card,
    delivery,
    due_notifications,
    find_customers,
    pending_notification,
    queue_lengths,
    service_levels,
    ticket,
    timeline,
    waiting_work,
)
from tests.projections.given import project
from tests.projections.happenings import lived
from tests.projections.histories import BEGIN, POOL, PROJECT, Centre

SEEDS = range(8)


async def states(centre: Centre) -> dict[str, object]:
    """Every stream folded by the domain, from the opened events."""
    streams: dict[str, list[object]] = {}
    for recorded in await centre.log.read(0, 100_000):
        streams.setdefault(recorded.stream, []).append(centre.opener(recorded.event))
    return {stream: fold(stream, events) for stream, events in streams.items()}


def of(folded: dict[str, object], category: str) -> dict[str, object]:
    return {identity_of(s): state for s, state in folded.items() if category_of(s) == category}


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_row_says_what_the_domain_says(seed: int) -> None:
    centre = await lived(seed)
    folded, store = await states(centre), MemoryRows()
    project(store, await centre.log.read(0, 100_000), centre.opener, size=centre.dice.choice((1, 7, 50, 5_000)))
    with store.reading() as read:
        for ticket_id, wanted in of(folded, "ticket").items():
            assert isinstance(wanted, Ticket)
            seen = ticket(read, ticket_id)
            assert seen is not None
            assert (seen.status, seen.department, seen.settled_by) == (
                wanted.status,
                wanted.department,
                wanted.settled_by,
            )
            rating = (seen.agent_score, seen.company_score)
            assert rating == (wanted.rating or (None, None))
            assert seen.interaction_id == wanted.interaction_id
        shown = {agent.agent_id: agent for agent in agents(read, POOL).items}
        for agent_id, wanted in of(folded, "agent").items():
            assert isinstance(wanted, Agent)
            seen = shown[agent_id]
            assert (seen.presence, seen.used, dict(seen.skills)) == (wanted.presence, wanted.used, dict(wanted.skills))
            assert {item.work_id for item in seen.work} == set(wanted.work)
            for channel, room in seen.channels.items():
                assert room.held == wanted.count(channel)
                assert (room.free > 0) == (wanted.lacks_room(channel) is None)
        for delivery_id, wanted in of(folded, "delivery").items():
            assert isinstance(wanted, Delivery)
            seen = delivery(read, delivery_id)
            assert seen is not None
            assert (seen.status, seen.attempts) == (wanted.status, wanted.attempts)
            erased = of(folded, "customer")[wanted.customer_id].status == "erased"
            to_do = pending_notification(read, delivery_id)
            assert (to_do is not None) == (wanted.status in ("pending", "attempting", "accepted") and not erased)


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_waits_and_whose_history_it_is_agree_with_the_domain(seed: int) -> None:
    centre = await lived(seed)
    folded, store = await states(centre), MemoryRows()
    history = await centre.log.read(0, 100_000)
    project(store, history, centre.opener)
    with store.reading() as read:
        waiting = {
            (interaction_id, leg): len(state.offers)
            for interaction_id, one in of(folded, "interaction").items()
            if isinstance(one, Interaction) and one.status == "open"
            for leg, state in one.legs.items()
            if state.status == "waiting"
        }
        listed = [w for q in ("help", "billing") for w in waiting_work(read, PROJECT, q, limit=200).items]
        assert {(w.interaction_id, w.leg): w.offers for w in listed} == waiting
        lengths = queue_lengths(read, PROJECT, centre.now)
        assert sum(length.waiting + length.scheduled for length in lengths) == len(waiting)
        for figure in service_levels(read, PROJECT, BEGIN, centre.now):
            assert figure.in_time <= figure.answered <= figure.offered
            assert figure.answered + figure.abandoned + figure.cancelled <= figure.offered
        for customer_id, wanted in of(folded, "customer").items():
            assert isinstance(wanted, Customer)
            card = customer_card(read, PROJECT, customer_id)
            assert card is not None
            if wanted.status == "registered":
                assert card.customer_id == (wanted.merged_into or customer_id)
                assert wanted.merged_into or set(card.merged) == set(wanted.merged)
            else:
                assert not [e for e in timeline(read, PROJECT, customer_id, limit=200).items if e.title or e.text]
        assert len(due_notifications(read, POOL, centre.now.replace(year=2100), limit=200)) <= 200


@pytest.mark.parametrize("seed", SEEDS)
async def test_everybody_registered_is_found_by_every_address_and_nobody_erased_by_any(seed: int) -> None:
    centre = await lived(seed)
    folded, store = await states(centre), MemoryRows()
    project(store, await centre.log.read(0, 100_000), centre.opener)
    addresses = {c.fingerprint: c.address for c in centre.ids.addresses}
    with store.reading() as read:
        for customer_id, one in of(folded, "customer").items():
            assert isinstance(one, Customer)
            for point in one.contacts:
                found = find_customers(read, PROJECT, point.address, limit=200)
                assert (one.merged_into or customer_id) in [f.customer_id for f in found]
                addresses.pop(point.fingerprint, None)
        for address in addresses.values():
            assert not find_customers(read, PROJECT, address)
