"""The pure router: decisions a second against the size of the board, and how fast a board is rebuilt.

    python -m bench.router [--steps 3000] [--full]

100 queues, 50 skills, four channels, every agent three to eight skills. A decision is an event that leads to at
least one offer: folding that event, deciding with the recorded explanation, and folding what the offer and its
acceptance add to the log; garbage collection counts. *Backlog*: everybody is busy, an agent finishes and takes
from the waiting items, another arrives. *Idle*: nothing waits, an item arrives and goes to one of the idle agents.
Seconds are of processor time, so that a busy machine does not blur the comparison of sizes. Prints JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from domain.agent.events import (
    AgentBecameReady,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    ProfileAssigned,
    SkillGranted,
)
from domain.centre.configuration import ProjectConfigured
from domain.centre.documents import Profile, ProjectDocument
from domain.event import Event, Recorded
from domain.interaction.events import (
    AgentConnected,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    OfferAccepted,
    WrapUpCompleted,
)
from domain.interaction.offers import OfferInteraction
from router import Router

POOL, PROJECT = "bench", "p"
CHANNELS = ("voice", "email", "sms", "callback")
QUEUES = [f"q{number}" for number in range(100)]
SKILLS = [f"s{number}" for number in range(50)]
START = datetime(2026, 1, 1, tzinfo=UTC)
#: (agents, waiting) of the table; the last ones only with --full, which takes minutes.
SIZES = ((100, 1_000), (1_000, 1_000), (1_000, 10_000), (1_000, 100_000))
LARGE = ((10_000, 1_000), (10_000, 100_000), (10_000, 1_000_000))


class Bench:
    """A pool under load: events are made as the core would make them, without its cost."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)
        self.router = Router(POOL)
        self.now = START
        self.position = 0
        self.in_hand: list[tuple[str, str, str]] = []
        self._number = 0

    def recorded(self, event: Event, project: str = PROJECT) -> Recorded:
        self.position += 1
        where = getattr(event, "interaction_id", "") or getattr(event, "agent_id", PROJECT)
        ids = (f"e{self.position}", project, POOL, "bench")
        return Recorded(self.position, f"x-{where}", 1, event, *ids, self.now, self.now, "", where)

    def policy(self) -> Iterator[Recorded]:
        queues = {
            name: {"title": name, "skills": {SKILLS[number % 50]: 1 + number % 3}} for number, name in enumerate(QUEUES)
        }
        document = ProjectDocument.model_validate(
            {
                "schema_version": 1,
                "project": PROJECT,
                "title": "P",
                "pool": POOL,
                "departments": {"d": {"title": "D", "queue": "q0"}},
                "queues": queues,
            }
        )
        yield self.recorded(ProjectConfigured(document=document.model_dump(mode="json"), sha256="0" * 64, revision=1))

    def agents(self, count: int) -> Iterator[Recorded]:
        for number in range(count):
            agent_id, at = f"a{number:05}", self.random.sample(range(50), self.random.randint(3, 8))
            served = [QUEUES[skill + half] for skill in at for half in (0, 50)]
            profile = Profile.model_validate(
                {
                    "capacity": 4,
                    "channels": {
                        "voice": {"concurrency": 1, "units": 4},
                        "email": {"concurrency": 3},
                        "sms": {"concurrency": 2, "units": 2},
                        "callback": {"concurrency": 1, "units": 4},
                    },
                    "queues": {f"{PROJECT}/{queue}": {} for queue in served},
                }
            )
            yield self.recorded(AgentRegistered(agent_id=agent_id, name="A", site="s"), "")
            yield self.recorded(ProfileAssigned(agent_id=agent_id, profile_name="n", profile=profile), "")
            for skill in at:
                level = self.random.randint(1, 5)
                yield self.recorded(SkillGranted(agent_id=agent_id, skill=SKILLS[skill], level=level), "")
            yield self.recorded(AgentSignedIn(agent_id=agent_id), "")
            self.now += timedelta(milliseconds=1)
            yield self.recorded(AgentBecameReady(agent_id=agent_id), "")

    def arrival(self) -> Recorded:
        self._number += 1
        self.now += timedelta(milliseconds=1)
        number = self.random.randrange(100)
        event = InteractionQueued.model_construct(
            interaction_id=f"i{self._number:07}",
            leg="1",
            channel=CHANNELS[self._number % 4],
            queue=QUEUES[number],
            priority=5,
            skills={SKILLS[number % 50]: 1 + number % 3},
            arrived_at=self.now,
            not_before=None,
            age_credit=0,
            target=60,
            customer_id="c",
            site="",
            language="en",
            trail=(),
            reason="new",
        )
        return self.recorded(event)

    def offered(self, command: OfferInteraction) -> list[Recorded]:
        """What making and accepting the offer adds to the log."""
        work_id = f"w{self.position}"
        where: dict[str, Any] = {"interaction_id": command.interaction_id, "leg": "1", "work_id": work_id}
        where["agent_id"] = command.agent_id
        self.in_hand.append((command.agent_id, command.interaction_id, work_id))
        item = self.router.board.legs.get(command.interaction_id, "1")
        assert item is not None
        units = {"voice": 4, "email": 1, "sms": 2, "callback": 4}[item.channel]
        expires = self.now + timedelta(seconds=30)
        reserved = AgentReserved.model_construct(
            agent_id=command.agent_id,
            work_id=work_id,
            interaction_id=command.interaction_id,
            leg="1",
            channel=item.channel,
            units=units,
        )
        offer = InteractionOffered.model_construct(
            **where, queue=item.queue_name, expires_at=expires, decision=command.decision
        )
        events = (offer, reserved, OfferAccepted.model_construct(**where), AgentConnected.model_construct(**where))
        return [self.recorded(event) for event in events]

    def finished(self) -> list[Recorded]:
        """An agent, whoever it is, finishes a piece of work."""
        number = self.random.randrange(len(self.in_hand))
        self.in_hand[number], self.in_hand[-1] = self.in_hand[-1], self.in_hand[number]
        agent_id, interaction_id, work_id = self.in_hand.pop()
        self.now += timedelta(milliseconds=1)
        done = WrapUpCompleted.model_construct(
            interaction_id=interaction_id, leg="1", work_id=work_id, agent_id=agent_id, disposition="d", timed_out=False
        )
        released = AgentReleased.model_construct(agent_id=agent_id, work_id=work_id, reason="completed", missed=False)
        closed = InteractionClosed.model_construct(interaction_id=interaction_id, reason="completed")
        return [self.recorded(event) for event in (done, closed, released)]


class Watch:
    """Sums the seconds of what is measured, decision by decision."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.decisions = self.offers = 0
        self.seconds: list[float] = []

    def step(self, events: list[Recorded]) -> None:
        bench, router = self.bench, self.bench.router
        began = time.process_time()
        for recorded in events:
            router.fold(recorded)
        commands = router.decide(bench.now)
        spent = time.process_time() - began
        for command in commands:
            assert isinstance(command, OfferInteraction)
            results = bench.offered(command)
            began = time.process_time()
            for recorded in results:
                router.fold(recorded)
            spent += time.process_time() - began
        self.offers += len(commands)
        if commands:
            self.decisions += 1
        self.seconds.append(spent)

    def also(self, event: Recorded) -> None:
        """Fold an event that is part of the load, on the account of the last decision."""
        began = time.process_time()
        self.bench.router.fold(event)
        self.seconds[-1] += time.process_time() - began

    def report(self) -> dict[str, Any]:
        ordered, total = sorted(self.seconds), sum(self.seconds)
        return {
            "decisions": self.decisions,
            "offers": self.offers,
            "decisions_per_second": round(self.decisions / total),
            "median_ms": round(1000 * ordered[len(ordered) // 2], 4),
            "p99_ms": round(1000 * ordered[len(ordered) * 99 // 100], 4),
            "max_ms": round(1000 * ordered[-1], 3),
        }


def measure(agents: int, waiting: int, steps: int) -> dict[str, Any]:
    bench = Bench()
    events = [*bench.policy(), *bench.agents(agents)]
    # enough to fill everybody, and the backlog on top
    events += [bench.arrival() for _ in range(waiting + 3 * agents)]
    began = time.process_time()
    for recorded in events:
        bench.router.fold(recorded)
    folded = time.process_time() - began
    watch = Watch(bench)
    began = time.process_time()
    watch.step([])
    first = time.process_time() - began
    report: dict[str, Any] = {
        "agents": agents,
        "waiting": sum(item.shelf is not None for item in bench.router.board.legs.all()),
        "rebuilt_events_per_second": round(len(events) / folded),
        "first_decision": {"offers": watch.offers, "seconds": round(first, 3)},
    }
    watch = Watch(bench)
    for _ in range(steps):
        watch.step(bench.finished())
        watch.also(bench.arrival())
    report["backlog"] = watch.report()
    return report


def measure_idle(agents: int, steps: int) -> dict[str, Any]:
    bench = Bench()
    for recorded in (*bench.policy(), *bench.agents(agents)):
        bench.router.fold(recorded)
    warm, watch = Watch(bench), Watch(bench)
    for number in range(steps + agents // 4):
        taking = warm if number < agents // 4 else watch
        taking.step([bench.arrival()])
        if number >= agents // 4 and bench.in_hand:
            for recorded in bench.finished():
                bench.router.fold(recorded)
    return {"agents": agents, "idle": watch.report()}


def bytes_per_item(count: int = 20_000) -> int:
    """What one more waiting item costs on the board, its events not counted."""
    bench = Bench()
    for recorded in bench.policy():
        bench.router.fold(recorded)
    arrivals = [bench.arrival() for _ in range(count)]
    gc.collect()
    tracemalloc.start()
    for recorded in arrivals:
        bench.router.fold(recorded)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(size / count)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.router", description=__doc__)
    parser.add_argument("--steps", type=int, default=2_000, help="decisions measured per size")
    parser.add_argument("--full", action="store_true", help="also 10,000 agents, up to 1,000,000 waiting items")
    options = parser.parse_args()
    report: dict[str, Any] = {
        "mix": {"queues": 100, "skills": 50, "channels": dict(Counter(CHANNELS)), "skills_per_agent": "3 to 8"},
        "bytes_per_waiting_item": bytes_per_item(),
        "backlog": [measure(*size, options.steps) for size in (*SIZES, *(LARGE if options.full else ()))],
        "idle": [measure_idle(agents, options.steps) for agents in (100, 1_000)],
    }
    json.dump(report, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
