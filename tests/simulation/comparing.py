"""What must hold at the end of a simulated day, beside what is checked after every event."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from domain.delivery.events import NotificationRequested
from domain.invariants import Broken
from domain.personal import plain
from infra.rebuild import Rebuild
from projections.catalogue import PROJECTIONS
from router.redeciding import redecide
from tests.simulation.centre import POOL

if TYPE_CHECKING:
    from tests.simulation.world import World


async def compare(world: World) -> None:
    """One Message-ID and the same bytes per notification; rebuilt rows are the live rows."""
    by_id: dict[bytes, bytes] = {}
    for mail, envelope_from, _ in world.outbox.sent:
        known = by_id.setdefault(envelope_from.encode(), mail)
        if known != mail:
            raise Broken(f"two different mails were sent for {envelope_from}")
    for delivery in world.checker.of("delivery"):
        if delivery.channel != "email":
            continue
        sent = world.identity.bounce_address(delivery.delivery_id).encode() in by_id
        if delivery.status == "delivered" and not sent:
            raise Broken(f"delivery {delivery.delivery_id} counts as delivered and never was")
    await _compare_texts(world)
    _decide_again(world)
    projecting = asyncio.create_task(world.project())
    await asyncio.sleep(60)
    projecting.cancel()
    await asyncio.gather(projecting, return_exceptions=True)
    rebuild = Rebuild(world.log, world.rows, world.opener)
    for projection in PROJECTIONS.values():
        found = await rebuild.verify(projection)
        if found.differences:
            raise Broken(f"projection {projection.name}: rebuilt rows differ from live rows: {found.differences[:2]}")


async def _compare_texts(world: World) -> None:
    """No attempt was handed over twice, and of no words came more copies than were asked for, or fewer than count.

    Two texts of the same words to the same person are told apart by nobody once what became of both is unknown: then
    one may count as the other, as long as as many arrive as were to.
    """
    marks = [one.mark for one in world.texting.carrier.sent]
    if len(marks) != len(set(marks)):
        raise Broken("an attempt to send a text was made twice")
    said = await _said(world)
    asked, carried, arrived = Counter(said.values()), Counter[_Words](), Counter[_Words]()
    for one in world.texting.carrier.sent:
        words = said[one.mark.partition(".")[0]]
        carried[words] += 1
        arrived[words] += one.state.status == "delivered"
    counted = Counter[_Words]()
    for delivery in world.checker.of("delivery"):
        if delivery.channel == "sms" and delivery.status == "delivered":
            counted[said[delivery.delivery_id]] += 1
            if counted[said[delivery.delivery_id]] > carried[said[delivery.delivery_id]]:
                raise Broken(f"text {delivery.delivery_id} counts as delivered and never was")
        if delivery.channel == "sms" and arrived[said[delivery.delivery_id]] > asked[said[delivery.delivery_id]]:
            raise Broken(f"text {delivery.delivery_id} arrived more often than it was asked for")


_Words = tuple[str, str]


async def _said(world: World) -> dict[str, _Words]:
    """By delivery, to whom it goes and what it says: what a person wrote, or what became of which ticket.

    A ticket that is resolved, reopened and resolved again tells of it twice in the same words.
    """
    found: dict[str, _Words] = {}
    for recorded in await world.log.read(0, 100_000, types=[NotificationRequested.wire]):
        event = world.opener(recorded.event)
        assert isinstance(event, NotificationRequested)
        written = event.kind == "reply" and plain(event.body, otherwise="")
        to = plain(event.to, otherwise="")
        says = written or (event.ticket_id and f"{event.kind} of {event.ticket_id}")
        found[event.delivery_id] = (to, says) if says and to else (event.delivery_id, "")
    return found


def _decide_again(world: World) -> None:
    """Every recorded decision follows from the log alone."""
    differing = [one for one in redecide(POOL, world.log.recorded()) if not one.same]
    if differing:
        raise Broken(f"{len(differing)} decisions come out otherwise when made again: {differing[0]}")
