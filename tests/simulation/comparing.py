"""What must hold at the end of a simulated day, beside what is checked after every event."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from domain.invariants import Broken
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
    _compare_texts(world)
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


def _compare_texts(world: World) -> None:
    """No attempt was handed over twice, and what counts as delivered was handed over."""
    marks = [one.mark for one in world.texting.carrier.sent]
    if len(marks) != len(set(marks)):
        raise Broken("an attempt to send a text was made twice")
    handed_over = {mark.partition(".")[0] for mark in marks}
    arrived = Counter(
        one.mark.partition(".")[0] for one in world.texting.carrier.sent if one.state.status == "delivered"
    )
    for delivery in world.checker.of("delivery"):
        if delivery.channel == "sms" and delivery.status == "delivered" and delivery.delivery_id not in handed_over:
            raise Broken(f"text {delivery.delivery_id} counts as delivered and never was")
        if arrived[delivery.delivery_id] > 1:
            raise Broken(f"text {delivery.delivery_id} arrived {arrived[delivery.delivery_id]} times")


def _decide_again(world: World) -> None:
    """Every recorded decision follows from the log alone."""
    differing = [one for one in redecide(POOL, world.log.recorded()) if not one.same]
    if differing:
        raise Broken(f"{len(differing)} decisions come out otherwise when made again: {differing[0]}")
