"""The relay: everything in the log comes to the topic, once, in order, whoever relays and whatever breaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient, NewTopic

from domain.ports import Change
from infra.cluster.broker import Broker, BrokerUnavailable, partition_of
from infra.cluster.publishing import Publishing
from infra.cluster.relay import Relay
from infra.cluster.turn import PostgresTurn
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.postgres import PostgresLog
from infra.log.rows import EVERYTHING, Filter, StoredRow
from infra.log.stored import StoredLog
from tests.cluster.broker import USER, RealBroker
from tests.cluster.conftest import fresh
from tests.cluster.events import POOLS, Counted, Said, append, held, proposed
from tests.conformance.waiting import eventually


@asynccontextmanager
async def relaying(log: StoredLog, broker: Broker, dsn: str) -> AsyncGenerator[Relay]:
    relay = Relay(log, broker, turn=PostgresTurn(dsn, f"relay {broker.topic}"))
    running = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        relay.stop()
        await running


async def level(relay: Relay, log: StoredLog) -> None:
    """Wait until the relay has published all there is."""

    async def reached() -> bool:
        return relay.standing.state == "publishing" and relay.standing.position >= await log.head()

    await eventually(reached, 60)


async def complete(log: StoredLog, broker: Broker) -> None:
    """Each partition holds the events of its pools: all, in order, once, each after the one it names."""
    parts = await asyncio.to_thread(held, broker)
    rows = await log.rows(0, 100_000)
    for number, part in enumerate(parts):
        assert [one.row for one in part] == [row for row in rows if partition_of(row.pool, len(parts)) == number]
        assert [one.previous for one in part] == [0, *[one.row.position for one in part]][: len(part)]


async def test_every_event_comes_to_the_partition_of_its_pool_in_the_order_of_the_log(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    await append(log, 50)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
        await append(log, 50)
        await level(relay, log)
        assert relay.standing.published == 100
    await complete(log, broker)


async def test_a_relay_that_begins_goes_on_from_what_the_topic_holds(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    for _ in range(3):
        await append(log, 30)
        async with relaying(log, broker, postgres) as relay:
            await level(relay, log)
            assert relay.standing.published == 30
    await append(log, 5, ["south"])  # the others' partitions lie behind, and lack nothing
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
        assert relay.standing.published == 5
    await complete(log, broker)


class WrittenMeanwhile:
    """A log in which a pool gets another event right after somebody has looked at it for the first time.

    The pools of `then` get one each after it.
    """

    def __init__(self, log: StoredLog, then: Sequence[str]) -> None:
        self._log, self._then, self._seen = log, then, set[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)

    async def rows(self, after: int, limit: int, wanted: Filter = EVERYTHING) -> Sequence[StoredRow]:
        found = await self._log.rows(after, limit, wanted)
        if wanted.pool is not None and wanted.pool not in self._seen:
            self._seen.add(wanted.pool)
            await append(self._log, 1 + len(self._then), [wanted.pool, *self._then])
        return found


@pytest.mark.parametrize("then", [(), POOLS])
async def test_what_is_written_while_a_relay_looks_what_the_topic_lacks_is_published_too(
    log: PostgresLog, broker: Broker, postgres: str, then: Sequence[str]
) -> None:
    """It was passed over for ever, by everybody who follows the topic (found by a kill run)."""
    await append(log, 8)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    meanwhile = cast("StoredLog", WrittenMeanwhile(log, then))
    async with relaying(meanwhile, broker, postgres) as relay:
        await level(relay, log)
    await complete(log, broker)


async def test_of_two_relays_one_publishes_and_the_other_follows_when_it_ends(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    async with relaying(log, broker, postgres) as second:
        async with relaying(log, broker, postgres) as first:
            await append(log, 40)

            async def one_did() -> bool:
                return first.standing.published + second.standing.published == 40

            await eventually(one_did)
            assert {first.standing.state, second.standing.state} == {"publishing", "waiting"}
        await append(log, 40)
        await level(second, log)
    await complete(log, broker)


async def test_a_relay_that_lost_its_turn_without_noticing_is_shut_out(log: PostgresLog, broker: Broker) -> None:
    await append(log, 20)
    rows = await log.rows(0, 100)
    sleeper = await asyncio.to_thread(Publishing.begin, broker, "urn:test")
    successor = await asyncio.to_thread(Publishing.begin, broker, "urn:test")
    assert await asyncio.to_thread(successor.publish, rows[:10]) == 10
    with pytest.raises(BrokerUnavailable):
        await asyncio.to_thread(sleeper.publish, rows)
    assert await asyncio.to_thread(successor.publish, rows) == 10
    await asyncio.to_thread(sleeper.close)
    await asyncio.to_thread(successor.close)
    await complete(log, broker)


async def test_a_topic_that_is_deleted_is_made_and_filled_again(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    await append(log, 25)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
        admin = KafkaAdminClient(**broker.options())
        await asyncio.to_thread(admin.delete_topics, [broker.topic])
        await append(log, 25)

        async def filled() -> bool:
            return relay.standing.published == 75 and relay.standing.state == "publishing"

        await eventually(filled, 90)
        admin.close()
    await complete(log, broker)


async def test_a_topic_made_anew_behind_the_relays_back_is_filled_from_its_beginning(
    log: PostgresLog, broker: Broker
) -> None:
    await append(log, 25)
    rows = await log.rows(0, 100)
    publishing = await asyncio.to_thread(Publishing.begin, broker, "urn:test")
    await asyncio.to_thread(publishing.publish, rows[:20])
    admin = KafkaAdminClient(**broker.options())

    async def gone() -> bool:
        return broker.topic not in await asyncio.to_thread(admin.list_topics)

    await asyncio.to_thread(admin.delete_topics, [broker.topic])
    await eventually(gone)
    await asyncio.to_thread(broker.ensure_topic)
    admin.close()
    with pytest.raises(BrokerUnavailable):
        await asyncio.to_thread(publishing.publish, rows)
    await asyncio.to_thread(publishing.close)
    again = await asyncio.to_thread(Publishing.begin, broker, "urn:test")
    assert await asyncio.to_thread(again.publish, rows) == 25
    await asyncio.to_thread(again.close)
    await complete(log, broker)


async def test_a_topic_is_there_once_it_was_asked_for_however_busy_the_broker_is(broker: Broker) -> None:
    # the broker hears of each topic only when it has made the files of the one before, which are many
    files = replace(broker, topic=f"{broker.topic}-large", partitions=40)
    admin = KafkaAdminClient(**broker.options())
    await asyncio.to_thread(admin.create_topics, [NewTopic(files.topic, files.partitions, -1)])
    assert await asyncio.to_thread(broker.ensure_topic) == broker.partitions
    assert await asyncio.to_thread(broker.partitions_there) == broker.partitions
    await asyncio.to_thread(admin.delete_topics, [files.topic])
    admin.close()


async def test_a_broker_that_is_killed_and_comes_back_costs_no_event(
    log: PostgresLog, real_broker: RealBroker, postgres: str
) -> None:
    broker = fresh(real_broker.address)
    async with relaying(log, broker, postgres) as relay:
        await append(log, 20)
        await level(relay, log)
        await asyncio.to_thread(real_broker.kill)
        await append(log, 20)
        await asyncio.to_thread(real_broker.start)
        await append(log, 20)
        await level(relay, log)
    await complete(log, broker)


async def test_personal_fields_stay_sealed_on_their_way_and_the_headers_name_the_event(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    await log.append(Change("talk-1", 0, [proposed(Said(customer_id="c-1", text="my secret"), "north")]))
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    consumer = KafkaConsumer(broker.topic, **broker.options(), auto_offset_reset="earliest")
    record = await asyncio.to_thread(next, consumer)
    consumer.close()
    told = {name: value.decode() for name, value in record.headers}
    document = json.loads(record.value)
    assert record.key == b"north"
    assert "my secret" not in record.value.decode()
    assert document["data"]["text"]["sealed"]
    assert told["ce_specversion"] == "1.0"
    assert told["ce_type"] == "cluster.said.v1"
    assert told["ce_id"] == document["meta"]["id"]
    assert told["ce_time"] == document["meta"]["at"]
    assert (told["ce_subject"], told["ce_streamversion"], told["ce_project"]) == ("talk-1", "1", "acme")
    assert int(told["ce_sequence"]) == 1


async def test_an_event_as_large_as_the_log_takes_comes_through(
    log: PostgresLog, broker: Broker, postgres: str
) -> None:
    await append(log, 2, ["north"], text="x" * 4_000_000)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    await complete(log, broker)


async def test_nothing_follows_what_another_log_has_published(log: PostgresLog, broker: Broker, postgres: str) -> None:
    await append(log, 10)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    restored = MemoryLog(MemoryKeyring())
    await append(restored, 20)
    relay = Relay(restored, broker)
    running = asyncio.create_task(relay.run())

    async def refused() -> bool:
        return relay.standing.state == "stopped"

    await eventually(refused)
    assert "the topic is another log's, or the log was restored from a backup" in relay.standing.fault
    relay.stop()
    await running
    await complete(log, broker)


async def test_the_relay_logs_in_over_tls(log: PostgresLog, real_broker: RealBroker, postgres: str) -> None:
    secure = {"tls": True, "ca": real_broker.certificate, "sasl": "plain", "username": USER}
    broker = fresh(f"127.0.0.1:{real_broker.secure_port}", **secure, password=real_broker.password)
    await append(log, 10)
    async with relaying(log, broker, postgres) as relay:
        await level(relay, log)
    await complete(log, broker)
    wrong = fresh(f"127.0.0.1:{real_broker.secure_port}", **secure, password="guessed")
    with pytest.raises(BrokerUnavailable):
        await asyncio.to_thread(wrong.ensure_topic)


async def test_a_broker_that_is_nowhere_is_named_as_away(log: PostgresLog, postgres: str) -> None:
    async with relaying(log, fresh("127.0.0.1:1"), postgres) as relay:

        async def told() -> bool:
            return relay.standing.failures > 0

        await eventually(told)
        assert relay.standing.fault.startswith("Kafka: ")


def test_a_pool_lies_where_any_client_of_kafka_would_put_its_key() -> None:
    # the values of the Java client's own test of murmur2, masked and divided as its partitioner does
    assert [partition_of(pool, 1_000) for pool in ("21", "foobar", "a-little-bit-long-string")] == [
        (value & 0x7FFFFFFF) % 1_000 for value in (-973932308, -790332482, -985981536)
    ]
    assert {partition_of(pool, 3) for pool in POOLS} <= {0, 1, 2}
    assert Counted.wire == "cluster.counted.v1"
