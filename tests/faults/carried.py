"""A centre with its log on Kafka: a broker of its own that suffers too, and what its topic must hold in the end."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from random import Random

import structlog

from domain.ports import LogUnavailable
from infra.cluster.broker import Broker, BrokerUnavailable, partition_of
from infra.log.rows import StoredRow
from infra.log.stored import StoredLog
from infra.stores import open_stores
from tests.cluster.broker import RealBroker
from tests.cluster.events import held
from tests.faults.life import Life

#: Seconds that the relay may take for what is left once everything is up again; a transaction that a dead relay left
#: open is ended by the broker after fifteen.
RELAYED = 60.0
PARTITIONS = 3
#: Events in one read.
PORTION = 5_000

_log = structlog.get_logger("faults")


class OwnBroker:
    """A Kafka broker that nobody else uses."""

    def __init__(self, real: RealBroker) -> None:
        self._real = real
        self.broker = Broker(servers=(real.address,), topic="carried", partitions=PARTITIONS)

    def settings(self) -> dict[str, object]:
        return {
            "kafka_servers": self._real.address,
            "kafka_topic": self.broker.topic,
            "kafka_partitions": PARTITIONS,
            # as short as the broker allows here: less than a life lasts
            "kafka_session": 2.0,
        }

    async def suffer(self, dice: Random) -> str:
        """One of the things that happen to brokers."""
        what = dice.choice(("broker restarted", "broker killed", "broker silent"))
        if what == "broker silent":
            self._real.pause()
            await asyncio.sleep(dice.uniform(0.0, 4.0))
            self._real.resume()
        else:
            await asyncio.to_thread(self._real.stop if what == "broker restarted" else self._real.kill)
            await asyncio.sleep(dice.uniform(0.0, 2.0))
            await asyncio.to_thread(self._real.start)
        return what

    async def judge(self, life: Life) -> dict[str, list[str]]:
        """Wait until the relay has caught up, then hold the topic against the log; faults by check."""
        async with open_stores(life.centre.settings, write=False) as stores:
            head = await stores.log.head()
            written = await _written(stores.log, head)
            with suppress(TimeoutError):
                async with asyncio.timeout(RELAYED):
                    while not await self._has(written):  # noqa: ASYNC110  other processes fill it
                        await asyncio.sleep(1.0)
            faults = differences(await self._positions(), written, head)
        return {"the topic carries every event once, in the order of its pool": faults[:20]}

    async def _has(self, written: Sequence[StoredRow]) -> bool:
        return {row.position for row in written} <= set(itertools.chain(*await self._positions()))

    async def _positions(self) -> list[list[int]]:
        try:
            return [[one.row.position for one in partition] for partition in await asyncio.to_thread(held, self.broker)]
        except (BrokerUnavailable, LogUnavailable) as fault:
            _log.warning("the topic cannot be read", reason=str(fault))
            return [[] for _ in range(PARTITIONS)]


async def _written(log: StoredLog, head: int) -> Sequence[StoredRow]:
    found: list[StoredRow] = []
    while not found or found[-1].position < head:
        found += await log.rows(found[-1].position if found else 0, PORTION)
    return [row for row in found if row.position <= head]


def differences(topic: Sequence[Sequence[int]], written: Sequence[StoredRow], head: int) -> list[str]:
    """What a topic's partitions (positions as they stand there) hold otherwise than the log up to `head`."""
    faults: list[str] = []
    for number, partition in enumerate(topic):
        positions = [position for position in partition if position <= head]
        wanted = [row.position for row in written if partition_of(row.pool, len(topic)) == number]
        if positions == wanted:
            continue
        lacking, foreign = sorted(set(wanted) - set(positions)), sorted(set(positions) - set(wanted))
        faults += [f"partition {number} lacks the event at {position}" for position in lacking]
        faults += [f"partition {number} has an event at {position} that belongs elsewhere" for position in foreign]
        faults += [
            f"partition {number} has the event at {following} after that at {before}"
            for before, following in itertools.pairwise(positions)
            if following <= before
        ]
    return faults


@asynccontextmanager
async def own_broker() -> AsyncGenerator[OwnBroker]:
    """A new broker, gone afterwards. Raises `NoBroker` where none can be started."""
    real = await asyncio.to_thread(RealBroker)
    try:
        await asyncio.to_thread(real.start)
        yield OwnBroker(real)
    finally:
        await asyncio.to_thread(real.close)
