"""How to reach Kafka, and the topic that carries the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.partitioner.default import murmur2

from domain.ports import LogUnavailable
from infra.log.mapper import MAX_STATE_BYTES
from infra.settings import Settings

# While a broker is away kafka-python tells of every try; our own logs tell once, and why.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

#: An event's stored bytes with its headers: what a record may have.
MAX_RECORD_BYTES = MAX_STATE_BYTES + 64 * 1024
#: Milliseconds until a broker that does not answer counts as away.
REQUEST_MS, CONNECT_MS = 10_000, 5_000
#: Seconds that the brokers have to hear of a topic that was made, and between two questions whether they have.
KNOWN_WITHIN, ASK_AGAIN = 10.0, 0.05
Sasl = Literal["none", "plain", "scram-sha-256", "scram-sha-512"]


class BrokerUnavailable(LogUnavailable):
    """Kafka cannot be reached, refuses us, or has not what we need. Nothing is lost: the log has it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """A Kafka cluster and our topic in it. `servers`: `host:port`, some of its brokers."""

    servers: tuple[str, ...]
    topic: str = "trunkline.events"
    #: Of a topic that we make; one that is there keeps its own.
    partitions: int = 16
    #: Copies of each partition; 0 leaves it to the cluster.
    replication: int = 0
    #: Seconds after which a group gives up a member it does not hear from.
    session: float = 3.0
    tls: bool = False
    ca: Path | None = None
    certificate: Path | None = None
    private_key: Path | None = None
    sasl: Sasl = "none"
    username: str = ""
    password: str = field(default="", repr=False)

    def options(self) -> dict[str, Any]:
        """What every client of kafka-python is told."""
        security = {(False, False): "PLAINTEXT", (True, False): "SSL", (False, True): "SASL_PLAINTEXT"}
        told: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "security_protocol": security.get((self.tls, self.sasl != "none"), "SASL_SSL"),
            "ssl_cafile": _text(self.ca),
            "ssl_certfile": _text(self.certificate),
            "ssl_keyfile": _text(self.private_key),
            "reconnect_backoff_max_ms": 1_000,
            "bootstrap_timeout_ms": CONNECT_MS,
            "request_timeout_ms": REQUEST_MS,
        }
        if self.sasl != "none":
            told |= {
                "sasl_mechanism": self.sasl.upper(),
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return told

    def ensure_topic(self) -> int:
        """Make the topic where there is none; how many partitions it has. Blocks. Raises `BrokerUnavailable`."""
        with self._administering() as admin:
            self._make_topic(admin)
            # the controller has answered, the broker that is asked may not have heard of it yet
            until = time.monotonic() + KNOWN_WITHIN
            while not (partitions := self._described(admin)):
                if time.monotonic() > until:
                    raise BrokerUnavailable(f"Kafka: topic {self.topic} is not known to every broker yet")
                time.sleep(ASK_AGAIN)
            return partitions

    def partitions_there(self) -> int:
        """How many partitions the topic has, 0 where there is none. Blocks. Raises `BrokerUnavailable`."""
        with self._administering() as admin:
            return self._described(admin)

    @contextmanager
    def _administering(self) -> Generator[KafkaAdminClient]:
        """Asked of the cluster as an administrator does: a consumer that is asked may wait for an answer for ever."""
        try:
            with closing(KafkaAdminClient(**self.options())) as admin:
                yield admin
        except (KafkaError, OSError, ValueError) as fault:
            raise unavailable("the topic cannot be made or looked at", fault) from fault

    def _described(self, admin: KafkaAdminClient) -> int:
        """How many partitions it has for the broker that answers; 0 where that one does not know it."""
        # to ask for a topic that is not there may make it, where the cluster makes topics by itself
        if self.topic not in admin.list_topics():
            return 0
        found = [one for one in admin.describe_topics([self.topic]) if not one["error_code"]]
        return len(found[0]["partitions"]) if found else 0

    def _make_topic(self, admin: KafkaAdminClient) -> None:
        if self.topic in admin.list_topics():
            return
        sizes = {"max.message.bytes": str(MAX_RECORD_BYTES), "cleanup.policy": "delete"}
        wanted = NewTopic(self.topic, self.partitions, self.replication or -1, topic_configs=sizes)
        try:
            admin.create_topics([wanted])
        except TopicAlreadyExistsError:
            return  # another process made it


def broker_of(settings: Settings) -> Broker | None:
    """The broker that the settings name, None where they name none."""
    if not settings.kafka_servers:
        return None
    password = settings.kafka_password
    return Broker(
        servers=servers(settings.kafka_servers),
        topic=settings.kafka_topic,
        partitions=settings.kafka_partitions,
        replication=settings.kafka_replication,
        session=settings.kafka_session,
        tls=settings.kafka_tls,
        ca=settings.kafka_ca,
        certificate=settings.kafka_certificate,
        private_key=settings.kafka_private_key,
        sasl=settings.kafka_sasl,
        username=settings.kafka_username,
        password="" if password is None else password.get_secret_value(),
    )


def servers(listed: str) -> tuple[str, ...]:
    """`host:port` separated by commas."""
    return tuple(part.strip() for part in listed.split(",") if part.strip())


@lru_cache(10_000)
def partition_of(pool: str, partitions: int) -> int:
    """Where a pool lies: as every Kafka client places a record with that key (murmur2 of its UTF-8, 31 bits)."""
    return (murmur2(pool.encode()) & 0x7FFFFFFF) % partitions


def pools_in(partitions: Sequence[int] | frozenset[int], of: int, pools: Sequence[str]) -> list[str]:
    """Those of `pools` that lie in `partitions`, of a topic that has `of`."""
    return [pool for pool in pools if partition_of(pool, of) in partitions]


def unavailable(what: str, fault: Exception) -> BrokerUnavailable:
    """Says what could not be done, and why, in one line."""
    return BrokerUnavailable(f"Kafka: {what}: {fault or type(fault).__name__}")


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
