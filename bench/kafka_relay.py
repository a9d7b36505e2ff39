"""The relay against kafka-python's bare producer with the same keys, headers and bytes, in turn.

    python -m bench.kafka_relay [--events 20000] [--rounds 3]

The producer has its records ready and sends them without transactions (idempotent, acks=all, the same batch size). The
relay reads the same events from PostgreSQL, makes the headers and commits windows. One partition, as for one pool.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

from kafka import KafkaProducer

from bench.kafka_ground import kafka_server, topic_on
from bench.log_ground import bar, database, facts, in_turn, postgres_server, publish, ratio
from bench.log_mix import describe, proposals
from domain.ports import Change
from infra.cluster.cloud_event import Attributes, Header
from infra.cluster.publishing import BATCH_BYTES
from infra.cluster.relay import SOURCE, Relay
from infra.collecting import tune_collector
from infra.keys.memory import MemoryKeyring
from infra.log.postgres import PostgresLog
from infra.logs import configure_logs

Record = tuple[bytes, bytes, list[Header]]


async def filled(dsn: str, events: int) -> PostgresLog:
    log = await PostgresLog.open(dsn, MemoryKeyring())
    made = proposals(events)
    for start in range(0, events, 1_000):
        part = made[start : start + 1_000]
        await log.append(*(Change(f"s-{start + n}", 0, [one]) for n, one in enumerate(part)))
    return log


async def records(log: PostgresLog) -> list[Record]:
    """As the relay would send them."""
    made: list[Record] = []
    attributes = Attributes(SOURCE)
    previous = 0
    for row in await log.rows(0, 100_000):
        made.append((row.pool.encode(), row.state, attributes.of(row, previous)))
        previous = row.position
    return made


def bare(address: str, ready: list[Record]) -> float:
    broker = topic_on(address)
    broker.ensure_topic()
    producer = KafkaProducer(**broker.options(), batch_size=BATCH_BYTES, metrics_enabled=False)
    producer.partitions_for(broker.topic)
    began = time.perf_counter()
    for key, value, told in ready:
        producer.send(broker.topic, value, key, told, 0)
    producer.flush()
    took = time.perf_counter() - began
    producer.close()
    return len(ready) / took


async def relayed(address: str, log: PostgresLog, events: int) -> float:
    """From when it has its turn and knows where to begin until everything is in the topic."""
    relay = Relay(log, topic_on(address))
    running = asyncio.create_task(relay.run())
    while relay.standing.state != "publishing":  # noqa: ASYNC110  it has no event for it
        await asyncio.sleep(0.001)
    began = time.perf_counter()
    before = relay.standing.published
    while relay.standing.published < events:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    took = time.perf_counter() - began
    relay.stop()
    await running
    return (events - before) / took


async def measure(dsn: str, address: str, events: int, rounds: int) -> dict[str, Any]:
    log = await filled(dsn, events)
    try:
        ready = await records(log)
        tune_collector()  # as `trunkline serve` does; the producer has as much of it

        async def producer() -> float:
            return await asyncio.to_thread(bare, address, ready)

        async def relay() -> float:
            return await relayed(address, log, events)

        return await in_turn(rounds, {"bare producer": producer, "relay": relay})
    finally:
        await log.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    configure_logs("error")  # on standard error: what is printed is read
    with postgres_server() as server, database(server) as dsn, kafka_server() as address:
        figures = asyncio.run(measure(dsn, address, options.events, options.rounds))
        reached = ratio(figures, "relay", "bare producer")
        document = {
            "bench": "kafka_relay",
            "facts": facts(server),
            "mix": describe(),
            "events": options.events,
            "events_per_second": figures,
            "bars": [bar("relay, share of a bare producer with the same bytes", reached, 0.6)],
        }
    publish(document)


if __name__ == "__main__":
    main()
