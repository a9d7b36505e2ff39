"""One relay's spell at the topic: from what the topic holds, window after window, each a transaction of Kafka's.

A window is in the topic as a whole or not at all, so there is never a gap in a partition; and a younger producer of the
same name shuts this one out for ever, so that of two relays that both believe it is their turn one gets nowhere.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from infra.cluster.broker import MAX_RECORD_BYTES, REQUEST_MS, Broker, BrokerUnavailable, partition_of, unavailable
from infra.cluster.cloud_event import Attributes
from infra.cluster.topic import End, Last, partition_ends
from infra.cluster.transactions import PATIENCE, commit, let_go
from infra.log.rows import Filter, StoredRow
from infra.log.stored import StoredLog

#: Bytes of one request to the broker.
BATCH_BYTES = 256 * 1024
#: Events after which the producer's own thread has its turn, and seconds it gets at least. It wants the interpreter for
#: each of the many small steps of a request, and while ours does not pause it waits five milliseconds for every one
#: (`sys.getswitchinterval`): nothing left until all was handed over.
HANDFUL, TURN = 100, 0.0001
#: Milliseconds until the broker ends a transaction that a dead relay left open.
TRANSACTION_MS = 15_000


class OtherLog(Exception):
    """The topic carries what this log does not have: nothing may follow it there."""

    def __init__(self, topic: str, partition: int, position: int) -> None:
        super().__init__(
            f"topic {topic}, partition {partition} ends with an event of position {position} that the log does not "
            "have: the topic is another log's, or the log was restored from a backup. Delete the topic, or name "
            "another by TRUNKLINE_KAFKA_TOPIC; it is filled from the log"
        )


class Publishing:
    """Made by `begin`; blocking, for one thread at a time. After a fault, begin another."""

    def __init__(self, broker: Broker, producer: KafkaProducer, ends: Mapping[int, End], source: str) -> None:
        self._broker, self._producer, self._attributes = broker, producer, Attributes(source)
        #: By partition the position of its last event, and the offset that the next record gets at least.
        self.ends = {partition: end.last.position for partition, end in ends.items()}
        self._found = ends
        self._offsets = {partition: end.offset for partition, end in ends.items()}

    @classmethod
    def begin(cls, broker: Broker, source: str) -> Publishing:
        """Shut out any relay before this one, then look what is in the topic. Raises `BrokerUnavailable`."""
        broker.ensure_topic()
        try:
            producer = KafkaProducer(
                **broker.options(),
                transactional_id=f"{broker.topic}.relay",
                transaction_timeout_ms=TRANSACTION_MS,
                delivery_timeout_ms=2 * REQUEST_MS,
                max_block_ms=REQUEST_MS,
                batch_size=BATCH_BYTES,
                max_request_size=MAX_RECORD_BYTES + BATCH_BYTES,
                retry_backoff_ms=20,
                allow_auto_create_topics=False,
                metrics_enabled=False,
            )
        except (KafkaError, OSError) as fault:
            raise unavailable("the relay cannot connect", fault) from fault
        try:
            producer.init_transactions()
            return cls(broker, producer, partition_ends(broker), source)
        except BaseException as fault:
            let_go(producer)
            if isinstance(fault, KafkaError | OSError):
                raise unavailable("the relay cannot begin", fault) from fault
            raise

    def publish(self, rows: Sequence[StoredRow]) -> int:
        """Put the rows that the topic lacks into it, all or none; how many they were. Raises `BrokerUnavailable`."""
        try:
            wanted = [(row, part) for row in rows if row.position > self.ends[part := self._partition(row.pool)]]
            if wanted:
                self._transact(wanted)
            return len(wanted)
        except KafkaError as fault:
            raise unavailable("events cannot be published", fault) from fault

    def _transact(self, wanted: Sequence[tuple[StoredRow, int]]) -> None:
        topic, producer, ends = self._broker.topic, self._producer, dict(self.ends)
        first: dict[int, Any] = {}
        producer.begin_transaction()
        for number, (row, partition) in enumerate(wanted, 1):
            told = self._attributes.of(row, ends[partition])
            sent = producer.send(topic, row.state, row.pool.encode(), told, partition)
            first.setdefault(partition, sent)
            ends[partition] = row.position
            if number % HANDFUL == 0:
                time.sleep(TURN)
        producer.flush(PATIENCE)
        self._check_offsets(first)
        commit(producer)
        self.ends = ends

    def _check_offsets(self, first: Mapping[int, Any]) -> None:
        """A topic that was deleted and made again begins anew: what is in it has to be looked at again."""
        for partition, sent in first.items():
            offset = sent.get(0).offset
            if offset < self._offsets[partition]:
                raise BrokerUnavailable(f"Kafka: topic {self._broker.topic} was made anew")
            self._offsets[partition] = offset + 1

    def _partition(self, pool: str) -> int:
        return partition_of(pool, len(self.ends))

    def check_partitions(self) -> None:
        """Raises `BrokerUnavailable` when the topic has other partitions than it had: pools lie elsewhere then."""
        known = self._producer.partitions_for(self._broker.topic)
        if known and len(known) != len(self.ends):
            raise BrokerUnavailable(f"Kafka: topic {self._broker.topic} has {len(known)} partitions now")

    def close(self) -> None:
        let_go(self._producer)

    async def first_missing(self, log: StoredLog) -> int:
        """The position after which everything has to be looked at: all that the topic lacks comes later.

        Raises `OtherLog`.
        """
        for partition, end in self._found.items():
            await self._compare(log, partition, end.last)
        # first of all: what is written while pool after pool is looked at is seen in those that come later alone
        first = await log.head()
        for pool in await log.pools():
            following = await log.rows(self.ends[self._partition(pool)], 1, Filter(pool=pool))
            first = min([first, *(row.position - 1 for row in following)])
        return first

    async def _compare(self, log: StoredLog, partition: int, last: Last) -> None:
        if not last.position:
            return
        rows = await log.rows(last.position - 1, 1)
        if not rows or (rows[0].position, rows[0].state) != last:
            raise OtherLog(self._broker.topic, partition, last.position)
