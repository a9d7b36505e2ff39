"""One member of a consumer group, in a thread of its own, telling the event loop what the group gives it.

While a group is sorted out anew a member keeps what it had, and so it does while the broker is away: two members that
both believe a pool to be theirs do no harm, since rows move by compare-and-set and streams by version, whereas a pool
that nobody tends is a queue that nobody answers.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import structlog
from kafka import KafkaConsumer
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from kafka.errors import InvalidSessionTimeoutError
from kafka.structs import TopicPartition

from infra.cluster.broker import Broker, BrokerUnavailable
from infra.cluster.cloud_event import Carried, carried

_log = structlog.get_logger("membership")

#: Milliseconds that one look for records takes at most, and so the longest that stopping waits for it.
POLL_MS = 50
#: The same while the group is being sorted out: the client forgets what it was given when nobody waits for it at that
#: moment, and asks anew, so that short looks on a busy machine may never see an end of it.
JOIN_MS = 500
#: Records in one delivery.
MAX_RECORDS = 500
#: Seconds before another try when the broker is away: doubled each time, from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
#: Seconds of a session that every broker allows unless told otherwise (group.min.session.timeout.ms).
USUAL_SESSION = 6.0
#: Signs of life in a session.
BEATS = 20
#: Milliseconds between two looks at what a member may do before the group gives up waiting for it.
MAX_POLL_MS = 15_000
#: Seconds after which a member that the group gives nothing begins anew: longer than a group waits for anybody.
MOST_JOINING = 20.0

Deliver = Callable[[int, Sequence[Carried]], None]


class Assignment(NamedTuple):
    """The partitions that the group gives this member, and how many there are."""

    partitions: frozenset[int]
    of: int


class Membership:
    """Belongs to `group` while `run` runs. Without `deliver` nothing is fetched: it only takes part in the sharing out.

    `deliver` is called in the event loop with the number of a partition and records of it, in their order.
    """

    def __init__(self, broker: Broker, group: str, deliver: Deliver | None = None) -> None:
        self._broker, self._group, self._deliver = broker, group, deliver
        self._session = broker.session
        self._ending = threading.Event()
        self._joined = False
        self._given: list[TopicPartition] | None = None
        self._of = 0
        #: None until the group has given anything for the first time.
        self.assignment: Assignment | None = None
        #: Set whenever the assignment has changed; who waits for it clears it.
        self.changed = asyncio.Event()
        #: Why it is not connected; empty while it is.
        self.fault = ""

    def stop(self) -> None:
        """Leave the group, so that it need not wait for the session to run out."""
        self._ending.set()

    async def run(self) -> None:
        """Until `stop`, or cancelled, which stops it too. A broker that is away is waited for."""
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        thread = threading.Thread(target=self._work, args=(loop, done), name=f"member of {self._group}", daemon=True)
        thread.start()
        try:
            await done.wait()
        finally:
            self._ending.set()

    # --- in the thread

    def _work(self, loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
        pause = FIRST_PAUSE
        try:
            while not self._ending.is_set():
                began = time.monotonic()
                try:
                    self._belong(loop)
                except InvalidSessionTimeoutError:
                    _log.warning("the broker wants a longer session: take-over takes longer", seconds=USUAL_SESSION)
                    self._session = max(self._session * 2, USUAL_SESSION)
                except Exception as fault:  # noqa: BLE001  whatever it is: who silently left leaves pools to nobody
                    pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
                    self.fault = f"{type(fault).__name__}: {fault}"
                    _log.warning("not in the group", group=self._group, reason=self.fault, seconds=pause)
                    self._ending.wait(pause)
        finally:
            if not loop.is_closed():
                loop.call_soon_threadsafe(done.set)

    def _belong(self, loop: asyncio.AbstractEventLoop) -> None:
        self._of = self._broker.ensure_topic()
        consumer = KafkaConsumer(**self._options())
        self._joined, waits_since = False, time.monotonic()
        try:
            consumer.subscribe([self._broker.topic], listener=_Listener(partial(self._note, loop)))
            while not self._ending.is_set():
                polled: dict[Any, list[Any]] = consumer.poll(POLL_MS if self._joined else JOIN_MS)
                self.fault = ""
                if self._joined:
                    waits_since = time.monotonic()
                elif time.monotonic() - waits_since > MOST_JOINING:
                    raise BrokerUnavailable(f"Kafka: the group {self._group} gave nothing for {MOST_JOINING:g} s")
                self._recount(loop)
                if self._deliver is None:
                    consumer.pause(*consumer.assignment())
                for partition, records in polled.items():
                    events = [carried(record.headers, record.value) for record in records]
                    if self._deliver is not None:
                        loop.call_soon_threadsafe(self._deliver, partition.partition, events)
        finally:
            consumer.close(timeout_ms=2_000)

    def _options(self) -> dict[str, Any]:
        return {
            **self._broker.options(),
            "group_id": self._group,
            "session_timeout_ms": int(self._session * 1_000),
            "heartbeat_interval_ms": int(self._session * 1_000 / BEATS),
            "max_poll_interval_ms": max(MAX_POLL_MS, int(self._session * 1_000)),
            "partition_assignment_strategy": [StickyPartitionAssignor],
            "isolation_level": "read_committed",
            "auto_offset_reset": "latest",
            # how far it has come is what the rows say; this is for who watches the lag
            "enable_auto_commit": self._deliver is not None,
            "auto_commit_interval_ms": 2_000,
            "fetch_max_wait_ms": 100,
            "max_poll_records": MAX_RECORDS,
            "metadata_max_age_ms": 30_000,
            "allow_auto_create_topics": False,
            "metrics_enabled": False,
        }

    def _recount(self, loop: asyncio.AbstractEventLoop) -> None:
        """A topic that got more partitions is shared out anew: its pools lie elsewhere then."""
        given, self._given = self._given, None
        if given is None:
            return
        of = self._broker.ensure_topic()
        if of != self._of:
            self._of = of
            self._note(loop, given)

    def _note(self, loop: asyncio.AbstractEventLoop, partitions: list[TopicPartition] | None) -> None:
        """What the group gives, in the client's thread; None while it is being sorted out."""
        self._joined = partitions is not None
        if partitions is not None:
            self._given = partitions
            given = Assignment(frozenset(one.partition for one in partitions), self._of)
            loop.call_soon_threadsafe(self._take, given)

    # --- in the event loop

    def _take(self, given: Assignment) -> None:
        if given != self.assignment:
            _log.info("given by the group", group=self._group, partitions=len(given.partitions), of=given.of)
            self.assignment = given
            self.changed.set()


class _Listener(ConsumerRebalanceListener):
    """Notes what is given, in the client's own thread; what is taken away is told by the next thing given."""

    def __init__(self, note: Callable[[list[TopicPartition] | None], None]) -> None:
        self._note = note

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._note(list(assigned))

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._note(None)

    def on_partitions_lost(self, lost: Any) -> None:
        self._note(None)
