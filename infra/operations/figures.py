"""The figures of a process, as Prometheus reads them (text exposition format 0.0.4, names by its own guide).

Counters and histograms are raised where things happen; gauges of positions and queues are looked up when somebody
asks (`infra/operations/looking.py`). Labels are names of code, pools, projects and parts: never of people, and few.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

#: Upper bounds in seconds: a command takes milliseconds, a page tenths, a mail server seconds.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figures:
    """One registry per process: two centres in one process (tests do it) do not count into each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.process = self._gauge("process_info", "1, with what this process is for.", "role", "version")
        self.held_up = self._counter(
            "loop_held_up_seconds", "Time in which the event loop was held up for over a second."
        )
        self.collecting = self._counter("collecting_seconds", "Time spent on collecting garbage.")
        self._of_commands()
        self._of_the_web()
        self._of_the_log()
        self._of_mail()
        self._of_the_relay()
        self._of_webhooks()

    def _of_commands(self) -> None:
        self.commands = self._counter(
            "commands",
            "Commands, by what came of them: done, replayed, rejected, busy, unavailable.",
            "name",
            "outcome",
        )
        self.command_seconds = self._histogram("command_seconds", "From a command to its events being durable.")

    def _of_the_web(self) -> None:
        self.requests = self._counter("http_requests", "Requests answered.", "method", "route", "status")
        self.request_seconds = self._histogram("http_request_seconds", "Until the answer begins.", "route")
        self.streams = self._gauge("live_streams", "Browsers connected to the live events.")
        self.live_position = self._gauge("live_position", "Last position handed out to browsers.")

    def _of_the_log(self) -> None:
        self.head = self._gauge("log_head", "Last position of the log.")
        self.unreachable = self._gauge("store_unreachable", "1 while a store does not answer.", "store")
        self.behind = self._gauge("follower_behind_events", "Positions between a follower and the head.", "part")
        self.stopped = self._gauge(
            "projection_stopped", "1 while an event keeps a projection from going on.", "projection"
        )
        self.projections_waiting = self._gauge(
            "projection_waiting", "1 while log, rows or keys keep a projection waiting.", "projection"
        )
        self.failures = self._gauge(
            "projection_failures", "Faults of a projection since the process began.", "projection"
        )
        self.leads = self._gauge("elected", "1 where this process is the one that does it.", "name")
        self.waiting = self._gauge("router_waiting", "Items that wait on a pool's board.", "pool")
        self.ready_agents = self._gauge("router_ready_agents", "Agents of a pool who may be offered work.", "pool")
        self.snapshot_behind = self._gauge(
            "snapshot_behind_events", "Positions since the last snapshot of a pool: a take-over reads them.", "pool"
        )

    def _of_mail(self) -> None:
        self.mails = self._counter("mails_received", "Mails brought to us: stored, or kept by their sender.", "outcome")
        self.attempts = self._counter("delivery_attempts", "Attempts to deliver a mail, by outcome.", "outcome")
        self.due = self._gauge("deliveries_due", "Mails that wait for an attempt now (counted up to a hundred).")

    def _of_the_relay(self) -> None:
        self.relay_publishing = self._gauge("relay_publishing", "1 where this process carries the log to Kafka.")
        self.relay_published = self._gauge("relay_published", "Events that this process has published since it began.")
        self.relay_failures = self._gauge("relay_failures", "Faults of the relay since the process began.")

    def _of_webhooks(self) -> None:
        self.webhooks = self._counter("webhook_attempts", "Attempts to tell a peer, by outcome.", "endpoint", "outcome")
        self.webhooks_parked = self._gauge("webhooks_parked", "Messages to a peer that were given up.", "endpoint")
        self.webhooks_behind = self._gauge("webhook_behind_events", "Positions a peer's webhook is behind.", "endpoint")

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"trunkline_{name}", what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"trunkline_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, *labels: str) -> Histogram:
        return Histogram(f"trunkline_{name}", what, labels, registry=self.registry, buckets=SECONDS)
