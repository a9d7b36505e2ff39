"""What the topic really holds: of each partition, the position of the last event in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from kafka.structs import TopicPartition

from infra.cluster.broker import Broker, BrokerUnavailable, unavailable
from infra.cluster.cloud_event import position_of

#: Milliseconds to wait for records that the broker says are there.
READ_MS = 5_000
#: Records looked at from the end first; more, again and again, where those are markers or of a broken transaction.
FIRST_LOOK = 4


class Last(NamedTuple):
    """The last committed event of a partition: its position (0: there is none) and its stored bytes."""

    position: int
    state: bytes


class End(NamedTuple):
    """Where a partition ends: its last event, and the offset that the next record gets at least."""

    last: Last
    offset: int


_NOTHING = Last(0, b"")


def partition_ends(broker: Broker) -> Mapping[int, End]:
    """Where each partition ends.

    Blocks. Raises `BrokerUnavailable`, also when there is no topic, and `ForeignRecord`.
    """
    try:
        consumer = KafkaConsumer(
            **broker.options(),
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=10_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        try:
            numbers = consumer.partitions_for_topic(broker.topic)
            if not numbers:
                raise BrokerUnavailable(f"Kafka: there is no topic {broker.topic}")
            return _ends(consumer, [TopicPartition(broker.topic, number) for number in sorted(numbers)])
        finally:
            consumer.close()
    except (KafkaError, OSError) as fault:
        raise unavailable("the topic cannot be read", fault) from fault


def _ends(consumer: KafkaConsumer, partitions: Sequence[TopicPartition]) -> dict[int, End]:
    consumer.assign(list(partitions))
    begins, ends = consumer.beginning_offsets(list(partitions)), consumer.end_offsets(list(partitions))
    return {one.partition: End(_last(consumer, one, begins[one], ends[one]), ends[one]) for one in partitions}


def _last(consumer: KafkaConsumer, partition: TopicPartition, begin: int, end: int) -> Last:
    look = FIRST_LOOK
    consumer.pause(*consumer.assignment())
    consumer.resume(partition)
    while begin < end:
        start = max(begin, end - look)
        found = _last_between(consumer, partition, start, end)
        if found is not _NOTHING or start == begin:
            return found
        look *= 8
    return _NOTHING


def _last_between(consumer: KafkaConsumer, partition: TopicPartition, start: int, end: int) -> Last:
    """The last event with an offset from `start` to `end`; nothing when there are only markers."""
    consumer.seek(partition, start)
    found = _NOTHING
    while (before := consumer.position(partition) or 0) < end:
        for record in consumer.poll(READ_MS).get(partition, ()):
            found = Last(position_of(record.headers), record.value)
        if (consumer.position(partition) or 0) == before:
            raise BrokerUnavailable(f"Kafka: partition {partition.partition} does not give what it holds")
    return found
