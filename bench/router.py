"""The pure router: decisions a second against the size of the board, and how fast a board is rebuilt.

    python -m bench.router [--steps 3000] [--full]

A decision is an event that leads to at least one offer. Two figures tell what it costs. *Decision*: folding what gave
cause (an agent finishes; an item arrives) and deciding, the recorded explanation included. *Sustained*: that, and
folding all that follows in the log: offer, reservation, answer, and in a backlog the next arrival.

*Backlog*: everybody is busy, an agent finishes and takes from the waiting items, another arrives. *Idle*: nothing
waits, an item arrives and goes to one of the idle agents. *Scan*: the same decision by asking about every item (or
agent) in turn, as a multiple of the router's.

Each run is made twice: once to see what happens, then again from its log on a fresh board, so that nothing but the
router is on the clock. Seconds are of processor time, garbage collection included; what a look at the clock costs is
taken off. Prints JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from bench.router_load import POOL, Load
from domain.event import Recorded
from domain.interaction.offers import OfferInteraction
from infra.collecting import tune_collector
from router import Router, matching
from router.instants import micros
from router.records import AgentRecord, Item
from router.rules import Case, judge_agent

#: (agents, waiting) of the table; the last ones only with --full, which takes minutes.
SIZES = ((100, 1_000), (1_000, 1_000), (1_000, 10_000), (1_000, 100_000))
#: Steps before those that are measured, so that every kind of item has been seen: the first one of a kind after a start
#: looks at all agents of its queue, once.
WARM_UP = 2_000
LARGE = ((10_000, 1_000), (10_000, 100_000), (10_000, 1_000_000))


class Step(NamedTuple):
    """`cause` is folded, then it is decided `at`, then `effect` is folded."""

    cause: Sequence[Recorded]
    at: datetime
    effect: Sequence[Recorded]


class Run:
    """What happened: the events before, and the steps that are measured."""

    def __init__(self, agents: int, waiting: int) -> None:
        self.load, self.router = Load(), Router(POOL)
        load = self.load
        self.before = [*load.policy(), *load.agents(agents), *(load.arrival() for _ in range(waiting))]
        for recorded in self.before:
            self.router.fold(recorded)
        began = time.process_time()
        commands = self.router.decide(load.now)
        self.first_seconds = time.process_time() - began
        self.first_offers = len(commands)
        self.before += self._answered(commands)
        self.steps: list[Step] = []

    def _answered(self, commands: Sequence[object]) -> list[Recorded]:
        events: list[Recorded] = []
        for command in commands:
            assert isinstance(command, OfferInteraction)
            events += self.load.offered(command)
        for recorded in events:
            self.router.fold(recorded)
        return events

    def step(self, cause: Sequence[Recorded], after: Callable[[], Sequence[Recorded]]) -> None:
        for recorded in cause:
            self.router.fold(recorded)
        at = self.load.now
        effect = self._answered(self.router.decide(at))
        further = after()
        for recorded in further:
            self.router.fold(recorded)
        self.steps.append(Step(cause, at, [*effect, *further]))

    def backlog(self, steps: int) -> None:
        for _ in range(steps):
            self.step(self.load.finished(), lambda: [self.load.arrival()])

    def idle(self, steps: int, busy: int) -> None:
        """`busy` items are in hand all the time."""
        for number in range(busy + steps):
            enough = number >= busy
            self.step([self.load.arrival()], self.load.finished if enough else lambda: ())


class Watch:
    """The run made again: seconds of each decision, and of each decision with all that follows from it."""

    def __init__(self, run: Run, skip: int = 0) -> None:
        self.router = Router(POOL)
        tune_collector()
        began = time.process_time()
        for recorded in run.before:
            self.router.fold(recorded)
        self.folded = time.process_time() - began
        self.router.board.settle()
        self.rebuilt = time.process_time() - began
        self.router.decide(run.steps[0].at)  # looks at everybody once, as every router does that starts
        self.started = time.process_time() - began
        tune_collector()
        self.offers = self.decisions = 0
        self.alone: list[int] = []
        self.whole: list[int] = []
        for number, step in enumerate(run.steps):
            self._replay(step, measured=number >= skip)

    def _replay(self, step: Step, *, measured: bool) -> None:
        fold, clock = self.router.fold, time.thread_time_ns
        began = clock()
        for recorded in step.cause:
            fold(recorded)
        commands = self.router.decide(step.at)
        decided = clock()
        for recorded in step.effect:
            fold(recorded)
        done = clock()
        if measured and commands:
            self.offers += len(commands)
            self.decisions += 1
            self.alone.append(decided - began - _LOOK)
            self.whole.append(done - began - 2 * _LOOK)

    def report(self) -> dict[str, Any]:
        return {
            "decisions": self.decisions,
            "offers": self.offers,
            "decision": _figures(self.alone),
            "sustained": _figures(self.whole),
        }


def _figures(nanoseconds: Sequence[int]) -> dict[str, Any]:
    ordered = sorted(nanoseconds)
    milliseconds = [round(ordered[len(ordered) * share // 1000] / 1e6, 4) for share in (500, 990, 999)]
    named = dict(zip(("median_ms", "p99_ms", "p999_ms"), milliseconds, strict=True))
    return {"per_second": round(1e9 * len(ordered) / sum(ordered)), **named, "max_ms": round(ordered[-1] / 1e6, 3)}


def _look_at_the_clock() -> int:
    """Nanoseconds that one look takes, at best."""
    looks = [time.thread_time_ns() for _ in range(2_000)]
    return min(b - a for a, b in pairwise(looks))


_LOOK = _look_at_the_clock()


def reference_loop() -> dict[str, float]:
    """Microseconds of a list of 200 made in a loop, at best and as a rule: how fast, and how busy, this machine is."""
    spent: list[int] = []
    for _ in range(5_000):
        began = time.thread_time_ns()
        _ = [None for _ in range(200)]
        spent.append(time.thread_time_ns() - began - _LOOK)
    ordered = sorted(spent)
    return {"best": round(ordered[0] / 1000, 2), "median": round(ordered[len(ordered) // 2] / 1000, 2)}


def scan_items(router: Router, agent: AgentRecord, now_us: int) -> Item | None:
    """The first item that an agent may have, by asking about every item."""
    return min(
        (item for item in router.board.legs.all() if item.status == "waiting" and _may(agent, item, now_us)),
        key=lambda item: item.rank,
        default=None,
    )


def scan_agents(router: Router, item: Item, now_us: int) -> AgentRecord | None:
    """The first agent who may have an item, by asking every agent."""
    may = (agent for agent in router.board.agents.values() if _may(agent, item, now_us))
    return min(may, key=lambda agent: (agent.used, agent.idle_us, agent.agent_id), default=None)


def _may(agent: AgentRecord, item: Item, now_us: int) -> bool:
    return all(verdict.allowed for verdict in judge_agent(Case(agent, item, now_us, 0)))


def _ratio(scan: Callable[[], object], run_ms: float) -> int:
    began = time.process_time()
    scan()
    return round(1000 * (time.process_time() - began) / run_ms)


def measure_backlog(agents: int, waiting: int, steps: int) -> dict[str, Any]:
    run = Run(agents, waiting + 3 * agents)  # enough to fill everybody, and the backlog on top
    run.backlog(WARM_UP + steps)
    watch = Watch(run, skip=WARM_UP)
    board, report = watch.router.board, watch.report()
    now_us = micros(run.load.now)
    agent, median = next(iter(board.agents.values())), report["decision"]["median_ms"]
    return {
        "agents": agents,
        "waiting": sum(item.shelf is not None for item in board.legs.all()),
        "first_decision": {"offers": run.first_offers, "seconds": round(run.first_seconds, 3)},
        "rebuild": {
            "events": len(run.before),
            "folded_per_second": round(len(run.before) / watch.folded),
            "indexed_per_second": round(len(run.before) / watch.rebuilt),
            "until_first_decision_seconds": round(watch.started, 3),
        },
        **report,
        "scan_times_as_long": _ratio(lambda: scan_items(watch.router, agent, now_us), median),
    }


def measure_idle(agents: int, steps: int) -> dict[str, Any]:
    run, busy = Run(agents, 0), agents // 4
    run.idle(WARM_UP + steps, busy)
    watch = Watch(run, skip=busy + WARM_UP)
    report, now_us = watch.report(), micros(run.load.now)
    item = next(watch.router.board.legs.all())
    ratio = _ratio(lambda: scan_agents(watch.router, item, now_us), report["decision"]["median_ms"])
    return {"agents": agents, **report, "scan_times_as_long": ratio}


def bytes_per_item(count: int = 20_000) -> int:
    """What one more waiting item costs on the board, index included, its events not counted."""
    load, router = Load(), Router(POOL)
    for recorded in load.policy():
        router.fold(recorded)
    arrivals = [load.arrival() for _ in range(count)]
    gc.collect()
    tracemalloc.start()
    for recorded in arrivals:
        router.fold(recorded)
    router.board.settle()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(size / count)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.router", description=__doc__)
    parser.add_argument("--steps", type=int, default=3_000, help="decisions measured per size")
    parser.add_argument("--full", action="store_true", help="also 10,000 agents, up to 1,000,000 waiting items")
    parser.add_argument("--only", help="agents,waiting: this size alone")
    options = parser.parse_args()
    sizes = (*SIZES, *(LARGE if options.full else ()))
    if options.only:
        agents, waiting = options.only.split(",")
        sizes = ((int(agents), int(waiting)),)
    report: dict[str, Any] = {
        "mix": {"queues": 100, "skills": 50, "channels": 4, "skills_per_agent": "3 to 8"},
        "compiled": not matching.__file__.endswith(".py"),
        "reference_loop_us": reference_loop(),
        "bytes_per_waiting_item": bytes_per_item(),
        "backlog": [measure_backlog(*size, options.steps) for size in sizes],
        "idle": [measure_idle(agents, options.steps) for agents in dict.fromkeys(agents for agents, _ in sizes)],
    }
    json.dump(report, sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
