"""Events for the tests of this folder, the ways to append them, and what the topic holds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from domain.event import Event, Proposed
from domain.personal import Personal
from domain.ports import Change
from infra.cluster.broker import Broker
from infra.cluster.cloud_event import Carried, carried
from infra.log.stored import StoredLog

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
POOLS = ("north", "south", "east", "west")
_numbers = itertools.count(1)


class Counted(Event, wire="cluster.counted.v1"):
    """Something in a pool."""

    number: int
    text: str = ""


class Said(Event, wire="cluster.said.v1"):
    """Something with personal data."""

    customer_id: str
    text: Personal[str]


def proposed(event: Event, pool: str) -> Proposed:
    number = next(_numbers)
    return Proposed(event, f"event-{number}", "acme", pool, "agent:anna", MOMENT, "command", f"chain-{number}")


async def append(log: StoredLog, count: int, pools: Sequence[str] = POOLS, text: str = "") -> None:
    """Events in turn for each pool, each in a stream of its own, in as few transactions as possible."""
    changes = [
        Change(f"{pool}-{next(_numbers)}", 0, [proposed(Counted(number=number, text=text), pool)])
        for number, pool in zip(range(count), itertools.cycle(pools), strict=False)
    ]
    await log.append(*changes)


def held(broker: Broker) -> list[list[Carried]]:
    """What each partition of the topic holds, in its order. Blocks."""
    consumer = KafkaConsumer(
        **broker.options(), isolation_level="read_committed", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        numbers = sorted(consumer.partitions_for_topic(broker.topic) or ())
        return [_held(consumer, TopicPartition(broker.topic, number)) for number in numbers]
    finally:
        consumer.close()


def _held(consumer: KafkaConsumer, partition: TopicPartition) -> list[Carried]:
    consumer.assign([partition])
    end, found = consumer.end_offsets([partition])[partition], list[Carried]()
    consumer.seek_to_beginning(partition)
    while (consumer.position(partition) or 0) < end:
        for record in consumer.poll(1_000).get(partition, ()):
            found.append(carried(record.headers, record.value))
    return found
