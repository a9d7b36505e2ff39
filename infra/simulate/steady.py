"""Whether the work can be done at all: a load above capacity, without patience, has no steady state.

Classes pour their load into the groups that can take them, groups are as wide as their agents: if the greatest flow
(L. Ford, D. Fulkerson, 1956) is less than the load, the classes on the source's side of the least cut are too many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from infra.simulate.able import able, factor, share_of_agent
from infra.simulate.checking import Fault, present
from infra.simulate.draws import mean_of, streams_of
from infra.simulate.scenario import Arrivals, CustomerClass, ScenarioDocument
from infra.simulate.traces import Columns

_SOURCE, _SINK = "source", "sink"


def check_load(scenario: ScenarioDocument, columns: Columns) -> list[Fault]:
    """Faults where patient customers bring more work than those who may take it can do."""
    bounded = {queue for places in scenario.waiting_places for queue in (places.queues or tuple(scenario.queues))}
    loads = {
        name: load
        for name, customers in scenario.classes.items()
        if customers.patience is None
        and customers.queue not in bounded
        and (load := _load(scenario, customers, columns)) is not None
    }
    return list(_overloaded(scenario, loads))


def rate(arrivals: Arrivals) -> float | None:
    """Arrivals a second in the long run; None where there is no long run (a trace, or steps that do not repeat)."""
    if arrivals.per_hour is not None:
        return arrivals.per_hour / 3600
    if arrivals.steps is None or (arrivals.repeat is None and len(arrivals.steps) > 1):
        return None
    if arrivals.repeat is None:
        return arrivals.steps[0].per_hour / 3600
    ends = [*(step.start for step in arrivals.steps[1:]), arrivals.repeat]
    counts = ((end - step.start) * step.per_hour / 3600 for step, end in zip(arrivals.steps, ends, strict=True))
    return sum(counts) / arrivals.repeat


def _load(scenario: ScenarioDocument, customers: CustomerClass, columns: Columns) -> float | None:
    """Agents that the class keeps busy at least: with the quickest who may take it, side by side as far as it fits."""
    a_second = rate(customers.arrivals)
    if a_second is None:
        return None
    seconds = mean_of(customers.handling, streams_of(columns, customers.handling))
    after = 0.0
    if customers.wrap_up is not None:
        after = mean_of(customers.wrap_up, streams_of(columns, customers.wrap_up))
    shares = [
        (seconds * factor(customers, group.skills) + after) * share_of_agent(scenario, group, customers)
        for group in scenario.groups.values()
        if able(scenario, group, customers)
    ]
    return a_second * min(shares) if shares else None


def _overloaded(scenario: ScenarioDocument, loads: Mapping[str, float]) -> Iterator[Fault]:
    widths = {
        name: group.count * present(group.shifts, group.repeat, scenario.run.length)
        for name, group in scenario.groups.items()
    }
    flow = _Flow()
    for name, load in loads.items():
        flow.add(_SOURCE, f"class {name}", load)
        for group_name, group in scenario.groups.items():
            if able(scenario, group, scenario.classes[name]):
                flow.add(f"class {name}", f"group {group_name}", load)
    for group_name, width in widths.items():
        flow.add(f"group {group_name}", _SINK, width)
    carried, reached = flow.greatest()
    if carried < sum(loads.values()) * (1 - 1e-9):
        tight = [name for name in loads if f"class {name}" in reached]
    else:  # exactly full is too much as well: the queue has no bound then either
        tight = [n for n in loads if sum(loads.values()) >= sum(widths.values()) * (1 - 1e-12)]
    if tight:
        takers = [
            g for g, group in scenario.groups.items() if any(able(scenario, group, scenario.classes[n]) for n in tight)
        ]
        load, width = sum(loads[name] for name in tight), sum(widths[name] for name in takers)
        what = (
            f"no steady state exists: {' and '.join(tight)}: a load of {load:.4g} erlangs,"
            f" {' and '.join(takers)} are {width:.4g} agents, and nobody gives up, so the queue grows for ever"
        )
        mend = f"{int(load) + 1} agents or more, fewer arrivals, a `patience`, or `waiting_places`"
        yield Fault(("classes", tight[0], "arrivals"), what, mend)


class _Flow:
    """The greatest flow by shortest augmenting paths (Edmonds and Karp)."""

    def __init__(self) -> None:
        self._left: dict[str, dict[str, float]] = {}

    def add(self, start: str, end: str, width: float) -> None:
        self._left.setdefault(start, {})[end] = width
        self._left.setdefault(end, {}).setdefault(start, 0.0)

    def greatest(self) -> tuple[float, set[str]]:
        """The flow, and what the source still reaches when nothing more fits."""
        total = 0.0
        while True:
            came_from = self._reach()
            if _SINK not in came_from:
                return total, set(came_from)
            total += self._augment(came_from)

    def _reach(self) -> dict[str, str]:
        came_from, waiting = {_SOURCE: ""}, deque([_SOURCE])
        while waiting:
            node = waiting.popleft()
            for neighbour, left in self._left.get(node, {}).items():
                if left > 1e-12 and neighbour not in came_from:
                    came_from[neighbour] = node
                    waiting.append(neighbour)
        return came_from

    def _augment(self, came_from: Mapping[str, str]) -> float:
        path, node = [], _SINK
        while came_from[node]:
            path.append((came_from[node], node))
            node = came_from[node]
        most = min(self._left[start][end] for start, end in path)
        for start, end in path:
            self._left[start][end] -= most
            self._left[end][start] += most
        return most
