"""Texts and mails end to end through a process of each role, PostgreSQL and Kafka, all on this machine.

Customers come at a steady rate; the router offers each contact to one of a hundred agents, whose desk hears of it on
its stream; the agent takes it, works for a second or so and resolves the matter, and who wrote a mail gets status
mails. What counts is the way from the moment a text or a mail was due to the moment it rings at a desk, and that in the
end the log has every one of them, offered once and closed. Memory of each role is looked at all the while. With
`--steps` further rates follow, until the centre falls behind.

    python -m bench.roles [--rate 50] [--minutes 10] [--steps 60,75,90] [--mails 10]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.contact import child, spread
from bench.desk_centre import House
from bench.kafka_ground import kafka_server
from bench.log_ground import bar, publish
from bench.roles_centre import Processes, centre_of_roles
from bench.roles_people import Agents, Customers
from domain.delivery.events import NotificationDelivered, NotificationRequested
from domain.interaction.events import InteractionClosed, InteractionOffered, MessageReceived
from infra.logs import configure_logs

AGENTS = 100
#: What is looked at for how old rows are.
BOARD = "ticket_board"
#: Seconds of a step, and those that the centre gets to finish what came before.
STEP, FINISHES = 30.0, 90.0
LOOK = 5.0
#: What the log is read for.
KINDS = (MessageReceived, InteractionOffered, InteractionClosed, NotificationRequested, NotificationDelivered)
P99_OFFER, GROWTH = 500.0, 0.05
WARM_UP = 10.0


class Bench:
    def __init__(self, house: House, customers: Customers, agents: Agents, processes: Processes) -> None:
        self._house, self._customers, self._agents, self._processes = house, customers, agents, processes
        self._after = 0
        self._interactions: dict[str, str] = {}
        self._offers: dict[str, int] = {}
        self._closed: set[str] = set()
        #: Status mails asked for, and those that the customers' server took, each with when.
        self._mails, self._taken = dict[str, datetime](), dict[str, datetime]()

    async def at(self, rate: float, seconds: float) -> dict[str, Any]:
        """What so many a second come to."""
        log = self._house.node.stores.log
        used, began, head, finished = (
            self._processes.seconds(),
            time.perf_counter(),
            await log.head(),
            self._agents.finished,
        )
        looking, behind = asyncio.Event(), list[float]()
        watching = asyncio.create_task(self._rows_behind(looking, behind))
        mails = set(self._mails)
        ids = await self._customers.come(rate, seconds)
        looking.set()
        took = time.perf_counter() - began
        busy = {name: one - used[name] for name, one in self._processes.seconds().items()}
        done = self._agents.finished - finished
        events = await log.head() - head
        drained = await self._finished(ids)
        await watching
        sent = [
            (self._taken[one] - at).total_seconds()
            for one, at in self._mails.items()
            if one not in mails and one in self._taken
        ]
        rang = [self._rang(one) for one in ids]
        late = [seconds for seconds in rang if seconds is not None]
        return {
            "rate": rate,
            "seconds": round(took, 1),
            "sent": len(ids),
            "events_per_second": round(events / took),
            "finished_meanwhile_per_second": round(done / took, 1),
            "to_offer": spread(late or [FINISHES]),  # none at all: as late as was waited
            "to_stored": spread([self._customers.stored[one] - self._customers.sent[one] for one in ids]),
            "to_row_of_the_ticket": spread(behind),
            "status_mail_asked_for_to_sent": spread(sent or [FINISHES]),
            "never_offered": rang.count(None),
            "finished_after_seconds": drained,
            "share_of_a_core": {name: round(one / took, 2) for name, one in busy.items()},
        }

    async def _rows_behind(self, ending: asyncio.Event, found: list[float]) -> None:
        """Seconds until the board of tickets has what the log has, looked at every other second."""
        log, rows = self._house.node.stores.log, self._house.node.rows
        while not ending.is_set():
            began, head = time.perf_counter(), await log.head()
            while max((await asyncio.to_thread(rows.positions, BOARD)).values(), default=0) < head:
                await asyncio.sleep(0.02)
                if time.perf_counter() - began > FINISHES:
                    break
            found.append(time.perf_counter() - began)
            await asyncio.sleep(2.0)

    def _rang(self, sent: str) -> float | None:
        """Seconds from the moment it was due until it rang at a desk."""
        at = self._agents.offered.get(self._interactions.get(sent, ""))
        return None if at is None else at - self._customers.sent[sent]

    async def _finished(self, ids: Sequence[str]) -> float | None:
        """Seconds until the last of them was closed and each status mail sent; None when some never were."""
        began = time.perf_counter()
        while time.perf_counter() - began < FINISHES:
            await self._read()
            if self._mails.keys() <= self._taken.keys() and all(
                self._interactions.get(one) in self._closed for one in ids
            ):
                return round(time.perf_counter() - began, 1)
            await asyncio.sleep(0.2)
        return None

    async def _read(self) -> None:
        """What the log has of what was sent."""
        stores = self._house.node.stores
        while batch := await stores.log.read(self._after, 2_000, types=[kind.wire for kind in KINDS]):
            for one in batch:
                match event := stores.opener(one.event):
                    case MessageReceived():
                        self._interactions[str(event.external_id).strip("<>")] = event.interaction_id
                    case InteractionOffered():
                        self._offers[event.interaction_id] = self._offers.get(event.interaction_id, 0) + 1
                    case InteractionClosed():
                        self._closed.add(event.interaction_id)
                    case NotificationRequested() if event.channel == "email":
                        self._mails[event.delivery_id] = one.recorded_at
                    case NotificationDelivered():
                        self._taken[event.delivery_id] = one.recorded_at
                    case _:
                        pass
            self._after = batch[-1].position

    def verdict(self) -> dict[str, int]:
        """What the log has of all that was acknowledged."""
        known = [self._interactions.get(one) for one in self._customers.sent]
        return {
            "acknowledged": len(self._customers.stored),
            "refused": self._customers.refused,
            "lost": sum(one is None for one in known),
            "never_closed": sum(one is not None and one not in self._closed for one in known),
            "status_mails": len(self._mails),
            "status_mails_not_sent": len(self._mails.keys() - self._taken.keys()),
            "offered_more_than_once": sum(self._offers.get(one or "", 0) > 1 for one in known),
        }


async def run(rate: float, minutes: float, steps: Sequence[float], mails: int) -> dict[str, Any]:
    document: dict[str, Any] = {"bench": "roles", "agents": AGENTS, "mails_of_a_hundred": mails}
    with kafka_server() as kafka, tempfile.TemporaryDirectory(prefix="trunkline-bench-", dir="/tmp") as made:
        folder = Path(made)
        async with (
            child("bench.contact_empty") as empty,
            centre_of_roles(folder, AGENTS, kafka, smtp_out=empty["smtp"], twilio=empty["base_url"]) as house,
        ):
            processes = Processes.of(house, folder)
            agents = Agents(house.url)
            customers = Customers(house.url, house.cluster.member("mail").settings.smtp_in_port, mails)
            bench = Bench(house, customers, agents, processes)
            watching = None
            try:
                await agents.begin(house.tokens)
                _say("warming up")
                await bench.at(rate / 2, WARM_UP)
                watching = asyncio.create_task(processes.watch(LOOK))
                _say(f"{rate:g} a second for {minutes:g} minutes")
                document["steady"] = await bench.at(rate, minutes * 60)
                watching.cancel()
                document["memory_mb"] = processes.memory()
                document["steps"] = await _further(bench, steps)
                document["log"] = bench.verdict()
                document["answers"] = dict(agents.answers)
            finally:
                if watching is not None:
                    watching.cancel()
                await agents.end()
    return document | {"bars": bars(document, rate)}


async def _further(bench: Bench, steps: Sequence[float]) -> list[dict[str, Any]]:
    """Higher rates, until one is too much."""
    found: list[dict[str, Any]] = []
    for rate in steps:
        _say(f"{rate:g} a second")
        found.append(await bench.at(rate, STEP))
        if found[-1]["to_offer"]["p99_ms"] > P99_OFFER:
            break
    return found


def bars(document: dict[str, Any], rate: float) -> list[dict[str, Any]]:
    steady, log = document["steady"], document["log"]
    wrong = sum(
        log[name] for name in ("refused", "lost", "never_closed", "status_mails_not_sent", "offered_more_than_once")
    )
    growth = max(one["growth"] for one in document["memory_mb"].values())
    return [
        bar(f"due → offer on the stream at {rate:g}/s, p99 ms", steady["to_offer"]["p99_ms"], P99_OFFER, at_most=True),
        bar("lost, refused, never closed, never sent or offered twice", wrong, 0, at_most=True),
        bar("memory of a role, last quarter against the third", growth, GROWTH, at_most=True),
    ]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0, help="contacts a second")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--steps", default="60,75,90", help="rates to go on with, half a minute each")
    parser.add_argument("--mails", type=int, default=10, help="so many of a hundred contacts are mails")
    given = parser.parse_args()
    configure_logs("error")  # on standard error: what is printed is read
    steps = [float(one) for one in given.steps.split(",") if one]
    publish(asyncio.run(run(given.rate, given.minutes, steps, given.mails)))


if __name__ == "__main__":
    main()
