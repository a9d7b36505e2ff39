"""kafka-python's transactions with bounds: its own `commit_transaction` and `close` may wait for ever.

Reaches into the producer of 3.0.12, as there is no public way; the tests with a stalled and a killed broker hold it.
"""

from __future__ import annotations

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

#: Seconds that sending and committing a window may each take.
PATIENCE = 10.0


def commit(producer: KafkaProducer) -> None:
    """Commit what was sent. Raises `KafkaError`; after a `KafkaTimeoutError` it may be committed or not."""
    manager = producer._transaction_manager  # pyright: ignore[reportAttributeAccessIssue]
    assert manager is not None, "made with a transactional id"
    result = manager.begin_commit()
    producer._sender.wakeup()  # pyright: ignore[reportAttributeAccessIssue]
    if not result.wait(timeout_ms=PATIENCE * 1_000):
        raise KafkaTimeoutError(f"a transaction was not committed within {PATIENCE:g} seconds")


def let_go(producer: KafkaProducer) -> None:
    """End the producer's thread and connections, whatever it is waiting for; an open transaction is left to abort."""
    producer._sender.force_close()  # pyright: ignore[reportAttributeAccessIssue]
    try:
        producer.close(timeout=1)
    except KafkaError:
        producer._sender.join(1)  # pyright: ignore[reportAttributeAccessIssue]
