"""A member of a group stays one, whatever goes wrong in the client."""

from __future__ import annotations

import asyncio

from infra.cluster.broker import Broker
from infra.cluster.membership import Membership
from tests.conformance.waiting import eventually


class Broken(Broker):
    """A client that fails as nobody foresaw, each time."""

    def ensure_topic(self) -> None:
        raise IndexError("in the client's own code")


async def test_a_fault_that_nobody_foresaw_is_told_and_the_group_is_tried_again() -> None:
    membership = Membership(Broken(servers=("127.0.0.1:1",)), "group")
    running = asyncio.create_task(membership.run())

    async def told() -> bool:
        return membership.fault == "IndexError: in the client's own code"

    await eventually(told, 20)
    membership.fault = ""
    await eventually(told, 20)
    assert not running.done()
    membership.stop()
    await running
