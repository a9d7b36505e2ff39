"""What the benches of Kafka stand on: `TRUNKLINE_BENCH_KAFKA` (`host:port`), or the broker that the tests start."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator

from infra.cluster.broker import Broker


@contextlib.contextmanager
def kafka_server() -> Iterator[str]:
    """Address of a broker. Raises `NoBroker` saying what is missing; outside of a checkout it must be named."""
    given = os.environ.get("TRUNKLINE_BENCH_KAFKA")
    if given:
        yield given
        return
    from tests.cluster.broker import RealBroker  # comes with the checkout, not with the wheel

    server = RealBroker()
    try:
        server.start()
        yield server.address
    finally:
        server.close()


def topic_on(address: str, partitions: int = 1) -> Broker:
    """A topic that nobody has used."""
    return Broker(servers=(address,), topic=f"bench-{uuid.uuid4().hex[:12]}", partitions=partitions)
