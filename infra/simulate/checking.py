"""What a scenario's schema cannot say: that its names lead somewhere and its numbers fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import available_timezones

from domain.centre import references
from domain.centre.references import suggest
from domain.centre.staffing import check_staffing
from infra.marked_yaml import Path
from infra.simulate.able import able
from infra.simulate.documents import centre_document, project_document
from infra.simulate.measures import GROUP_MEASURES, MEASURES
from infra.simulate.scenario import Arrivals, Duration, Group, ScenarioDocument, Shift
from infra.simulate.stage import PROJECT


class Fault(NamedTuple):
    """One thing that is wrong; `at_key`: the name before the colon is meant."""

    path: Path
    what: str
    mend: str
    at_key: bool = False


def check(scenario: ScenarioDocument) -> list[Fault]:
    """Everything that is wrong, but for the load (`steady`) and the formulas (`exact`)."""
    faults = [
        *_run(scenario),
        *_queues_and_profiles(scenario),
        *_groups(scenario),
        *_classes(scenario),
        *_places(scenario),
        *_expected(scenario),
    ]
    # a wrong name elsewhere would make groups look unable
    return faults or [*_rules(scenario), *_unserved(scenario)]


def _rules(scenario: ScenarioDocument) -> Iterator[Fault]:
    """What `trunkline check` would say of these queues, hours and this policy; its warnings are no faults here."""
    centres, projects = [centre_document(scenario)], [project_document(scenario)]
    faults = references.check(centres, projects, time_zones=available_timezones())
    for fault in (*faults, *check_staffing(centres, projects)):
        key, *rest = fault.path
        shared = key in ("queues", "hours", "routing") or (key == "profiles" and "queues" not in fault.path)
        if fault.severity == "fault" and shared:
            path: Path = (key, *(_own(name) for name in rest))
            yield Fault(path, fault.what, fault.mend, fault.at_key)


def _own(name: str | int) -> str | int:
    """A queue as the scenario names it."""
    return name.removeprefix(f"{PROJECT}/") if isinstance(name, str) else name


def _unknown(kind: str, name: str, known: Iterable[str], path: Path, *, at_key: bool = False) -> Iterator[Fault]:
    known = list(known)
    if name not in known:
        yield Fault(path, f"there is no {kind} {name!r} in this scenario", suggest(name, known), at_key)


def _run(scenario: ScenarioDocument) -> Iterator[Fault]:
    if scenario.run.warm_up >= scenario.run.length:
        what = f"the warm-up of {scenario.run.warm_up:g} s leaves nothing of the {scenario.run.length:g} s to measure"
        yield Fault(("run", "warm_up"), what, f"for example `warm_up: {scenario.run.length / 10:g}`")


def _queues_and_profiles(scenario: ScenarioDocument) -> Iterator[Fault]:
    for name, queue in scenario.queues.items():
        for skill in queue.skills:
            yield from _unknown("skill", skill, scenario.skills, ("queues", name, "skills", skill), at_key=True)
    for name, profile in scenario.profiles.items():
        for queue_name in profile.queues:
            place: Path = ("profiles", name, "queues", queue_name)
            yield from _unknown("queue", queue_name, scenario.queues, place, at_key=True)
        if all(use.units > profile.capacity for use in profile.channels.values()):
            what = f"this profile can take nothing: every channel needs more than its capacity of {profile.capacity}"
            yield Fault(("profiles", name, "capacity"), what, "give it the units of its smallest channel or more")


def _groups(scenario: ScenarioDocument) -> Iterator[Fault]:
    for name, group in scenario.groups.items():
        place: Path = ("groups", name)
        yield from _unknown("profile", group.profile, scenario.profiles, (*place, "profile"))
        if group.site is not None:
            yield from _unknown("site", group.site, scenario.sites, (*place, "site"))
        for skill in group.skills:
            yield from _unknown("skill", skill, scenario.skills, (*place, "skills", skill), at_key=True)
        if group.answers_after is not None:
            yield from _duration(group.answers_after, (*place, "answers_after"))
        yield from _shifts(group, place)


def _shifts(group: Group, place: Path) -> Iterator[Fault]:
    for number, shift in enumerate(group.shifts):
        if shift.end <= shift.start:
            what = f"this shift ends at {shift.end:g} s, before it begins"
            yield Fault((*place, "shifts", number, "end"), what, f"for example `end: {shift.start + 28_800:g}`")
    for number, (one, next_one) in enumerate(pairwise(group.shifts), 1):
        if next_one.start < one.end:
            what = f"this shift begins at {next_one.start:g} s, before the one above it ends"
            yield Fault((*place, "shifts", number, "start"), what, f"{one.end:g} or later")
    yield from _repeat(group.repeat, [shift.end for shift in group.shifts], "shifts", place)


def _repeat(repeat: float | None, until: Sequence[float], what: str, place: Path) -> Iterator[Fault]:
    if repeat is None:
        return
    if not until:
        yield Fault((*place, "repeat"), f"there are no {what} to repeat", f"declare `{what}` or leave `repeat` out")
    elif repeat < max(until):
        said = f"the {what} reach to {max(until):g} s, beyond their repetition after {repeat:g} s"
        yield Fault((*place, "repeat"), said, f"{max(until):g} or more, such as 86400 for a day")


def _classes(scenario: ScenarioDocument) -> Iterator[Fault]:
    for name, customers in scenario.classes.items():
        place: Path = ("classes", name)
        yield from _unknown("queue", customers.queue, scenario.queues, (*place, "queue"))
        if customers.site is not None:
            yield from _unknown("site", customers.site, scenario.sites, (*place, "site"))
        yield from _arrivals(customers.arrivals, (*place, "arrivals"))
        for key in ("handling", "wrap_up", "patience"):
            duration: Duration | None = getattr(customers, key)
            if duration is not None:
                yield from _duration(duration, (*place, key))
        if customers.handling_by_level is not None:
            skill = customers.handling_by_level.skill
            yield from _unknown("skill", skill, scenario.skills, (*place, "handling_by_level", "skill"))


def _unserved(scenario: ScenarioDocument) -> Iterator[Fault]:
    for name, customers in scenario.classes.items():
        if not any(able(scenario, group, customers) for group in scenario.groups.values()):
            what = (
                f"no group can take {customers.channel} work of the queue {customers.queue!r}:"
                " it takes a profile with both, and the queue's skills at its levels"
            )
            yield Fault(
                ("classes", name), what, "mend the group's `profile` or `skills`, or the queue's `skills`", True
            )


def _duration(duration: Duration, place: Path) -> Iterator[Fault]:
    kinds = list(Duration.model_fields)
    yield from _one_of(duration, kinds, place, "`exponential: 180`")


def _one_of(document: Arrivals | Duration, kinds: Sequence[str], place: Path, example: str) -> Iterator[Fault]:
    given = [kind for kind in kinds if getattr(document, kind) is not None]
    if len(given) != 1:
        said = "none of them stands here" if not given else f"here stand {' and '.join(given)}"
        what = f"exactly one of {', '.join(kinds)} is needed, {said}"
        yield Fault((*place, given[1]) if given else place, what, f"for example {example}", bool(given))


def _arrivals(arrivals: Arrivals, place: Path) -> Iterator[Fault]:
    yield from _one_of(arrivals, ("per_hour", "steps", "times", "trace"), place, "`per_hour: 200`")
    starts = [step.start for step in arrivals.steps or ()]
    yield from _in_order(starts, (*place, "steps"), "start")
    yield from _in_order(arrivals.times or (), (*place, "times"), None)
    yield from _repeat(arrivals.repeat, starts, "steps", place)
    if arrivals.steps and not any(step.per_hour for step in arrivals.steps):
        yield Fault((*place, "steps"), "nobody ever comes: every step has 0 an hour", "for example `per_hour: 200`")


def _in_order(moments: Sequence[float], place: Path, key: str | None) -> Iterator[Fault]:
    for number, (one, next_one) in enumerate(pairwise(moments), 1):
        if next_one < one or (key is not None and next_one == one):
            path = (*place, number) if key is None else (*place, number, key)
            yield Fault(path, f"{next_one:g} s comes after {one:g} s", "write them in order of time")


def _places(scenario: ScenarioDocument) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for number, places in enumerate(scenario.waiting_places):
        for at, queue in enumerate(places.queues or tuple(scenario.queues)):
            path: Path = ("waiting_places", number, "queues", at) if places.queues else ("waiting_places", number)
            yield from _unknown("queue", queue, scenario.queues, path)
            if queue in seen:
                what = f"the queue {queue!r} has waiting places twice"
                yield Fault(path, what, "name each queue in one entry of `waiting_places`")
            seen[queue] = number
    for number, cut in enumerate(scenario.power_cuts):
        path = ("power_cuts", number)
        yield from _unknown("site", cut.site, scenario.sites, (*path, "site"))
        if cut.end <= cut.start:
            what = f"this power cut ends at {cut.end:g} s, before it begins"
            yield Fault((*path, "end"), what, f"for example `end: {cut.start + 3600:g}`")


def _expected(scenario: ScenarioDocument) -> Iterator[Fault]:
    for number, bound in enumerate(scenario.expect):
        path: Path = ("expect", number)
        of_group = bound.of in scenario.groups
        if bound.of is not None and not of_group:
            known = [*scenario.classes, *scenario.groups]
            yield from _unknown("class or group", bound.of, known, (*path, "of"))
        known = GROUP_MEASURES if of_group else (*MEASURES, *(f"wait_within_{t:g}" for t in scenario.within))
        yield from _unknown("measure", bound.measure, known, (*path, "measure"))
        if bound.below is None and bound.above is None:
            yield Fault(path, "`below` or `above` is needed", "for example `below: 12`")


def present(shifts: Sequence[Shift], repeat: float | None, length: float) -> float:
    """Share of a run's time that a group with these shifts is at work."""
    if not shifts:
        return 1.0
    if repeat is not None:
        return sum(shift.end - shift.start for shift in shifts) / repeat
    return sum(max(0.0, min(shift.end, length) - shift.start) for shift in shifts) / length
