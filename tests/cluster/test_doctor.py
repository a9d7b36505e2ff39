"""What the doctor says of Kafka, and that looking makes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

from infra.cluster.broker import Broker
from infra.demo.ports import free_port
from infra.operations.doctor import examine
from infra.operations.finding import Finding
from infra.settings import Settings


async def of_kafka(folder: Path, broker: Broker, servers: str) -> list[Finding]:
    settings = Settings(data=folder, kafka_servers=servers, kafka_topic=broker.topic)
    return [one async for one in examine(settings) if one.about == "kafka"]


async def test_the_doctor_says_whether_kafka_answers_and_has_the_topic_and_makes_none(
    tmp_path: Path, broker: Broker
) -> None:
    (there,) = broker.servers
    for _ in range(2):  # had the first look made it, the second would find it
        (lacking,) = await of_kafka(tmp_path, broker, there)
        assert (lacking.severity, "relay" in lacking.mend) == ("warning", True)
    await asyncio.to_thread(broker.ensure_topic)
    (found,) = await of_kafka(tmp_path, broker, there)
    assert (found.severity, found.what) == ("ok", f"answers, topic {broker.topic} has 3 partitions")
    (away,) = await of_kafka(tmp_path, broker, f"127.0.0.1:{free_port()}")
    assert away.severity == "fault"
    assert "TRUNKLINE_KAFKA_SERVERS" in away.mend
    assert await of_kafka(tmp_path, broker, "") == []
