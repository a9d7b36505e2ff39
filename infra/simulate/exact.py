"""The exact values that stand beside simulated ones, where a formula has them and the scenario keeps its conditions."""

from __future__ import annotations

from collections.abc import Iterator

from infra.simulate.able import able
from infra.simulate.checking import Fault
from infra.simulate.draws import HOUR
from infra.simulate.scenario import CustomerClass, ScenarioDocument
from router.erlang import ErlangC
from router.impatience import ErlangA
from router.waiting_places import WaitingPlaces

FORMULAS = {"erlang_c": "Erlang C", "erlang_a": "Erlang A", "waiting_places": "M/M/n with waiting places"}


def exact_values(scenario: ScenarioDocument) -> dict[str, float]:
    """Exact values of the total's measures, by name; those of the first formula that tells one."""
    values: dict[str, float] = {}
    for name in scenario.exact:
        if name != "equal_occupancy":
            values = _values(name, scenario) | values
    return values


def _values(name: str, scenario: ScenarioDocument) -> dict[str, float]:
    classes = list(scenario.classes.values())
    handling = classes[0].handling.exponential
    assert handling is not None, "the formula's conditions were checked"
    load = sum(one.arrivals.per_hour or 0.0 for one in classes) / HOUR * handling
    agents = sum(group.count for group in scenario.groups.values())
    if name == "waiting_places":
        bounded = WaitingPlaces(load, agents, scenario.waiting_places[0].places, handling)
        return {
            "blocked_share": bounded.blocked_share,
            "waiting_share": bounded.waiting_share,
            "mean_wait": bounded.mean_wait,
            "queue_length": bounded.queue_length,
            "occupancy": bounded.occupancy,
        }
    patience = classes[0].patience
    queue: ErlangA | ErlangC = (
        ErlangC(load, agents, handling)
        if patience is None
        else ErlangA(load, agents, handling, patience.exponential or 0.0)
    )
    values = {
        "waiting_share": queue.waiting_share,
        "abandoned_share": queue.abandoned_share,
        "mean_wait": queue.mean_wait,
        "mean_wait_of_those_who_wait": queue.mean_wait_of_those_who_wait,
        "queue_length": queue.queue_length,
        "occupancy": queue.occupancy,
    }
    for seconds in scenario.within:
        values[f"wait_within_{seconds:g}"] = queue.wait_within(seconds)
        values[f"answered_within_{seconds:g}"] = queue.answered_within(seconds)
    return values


def check_formulas(scenario: ScenarioDocument) -> Iterator[Fault]:
    """Where a scenario asks for a formula whose conditions it does not keep."""
    for number, name in enumerate(scenario.exact):
        for why in _agents_differ(scenario) if name == "equal_occupancy" else _broken(name, scenario):
            what = f"{name} does not hold here: {why}"
            yield Fault(("exact", number), what, "leave it out, or change the scenario")
            break


def _agents_differ(scenario: ScenarioDocument) -> Iterator[str]:
    groups = list(scenario.groups.values())
    if any(group.model_copy(update={"count": 1}) != groups[0].model_copy(update={"count": 1}) for group in groups):
        yield "the groups differ"
    if scenario.power_cuts:
        yield "a power cut takes some agents away"


def _broken(name: str, scenario: ScenarioDocument) -> Iterator[str]:
    yield from _agents(scenario)
    means = {customers.handling.exponential for customers in scenario.classes.values()}
    if len(means) > 1 or None in means:
        yield "it needs one exponential handling time in all classes"
    for class_name, customers in scenario.classes.items():
        yield from _customers(class_name, customers)
    patience = {one.patience.exponential if one.patience else 0.0 for one in scenario.classes.values()}
    if name == "erlang_a" and (len(patience) > 1 or not any(patience)):
        yield "it needs one exponential patience in all classes"
    if name != "erlang_a" and patience != {0.0}:
        yield "it needs customers without patience"
    if name == "waiting_places":
        one = len(scenario.waiting_places) == 1
        if not one or ((places := scenario.waiting_places[0]).queues and set(places.queues) != set(scenario.queues)):
            yield "it needs one entry in `waiting_places`, for all queues"
    elif scenario.waiting_places:
        yield "it needs unbounded waiting places"


def _agents(scenario: ScenarioDocument) -> Iterator[str]:
    for name, group in scenario.groups.items():
        if group.shifts or group.answers_after is not None:
            yield f"it needs agents who are always there and answer at once, unlike {name}"
        for customers in scenario.classes.values():
            if not able(scenario, group, customers):
                yield f"it needs agents who can take all work, unlike {name}"
            elif not _one_at_a_time(scenario, group.profile, customers):
                yield f"it needs agents with one piece of work at a time, unlike {name}"
    if scenario.power_cuts:
        yield "a power cut takes agents away"


def _one_at_a_time(scenario: ScenarioDocument, profile_name: str, customers: CustomerClass) -> bool:
    profile = scenario.profiles[profile_name]
    use = profile.channels[customers.channel]
    delay = any(queue.delay for queue in profile.queues.values())
    return not delay and (2 * use.units > profile.capacity or (use.concurrency == 1 and len(profile.channels) == 1))


def _customers(name: str, customers: CustomerClass) -> Iterator[str]:
    if customers.arrivals.per_hour is None:
        yield f"it needs Poisson arrivals (`per_hour`), unlike those of {name}"
    if customers.wrap_up is not None or customers.handling_by_level is not None:
        yield f"it needs a handling time without `wrap_up` and `handling_by_level`, unlike that of {name}"
