"""A scenario brought to life: the events that configure the pool, its teams and its classes of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import isnan

from domain.agent.events import AgentRegistered, LanguagesStated, ProfileAssigned, SkillGranted
from domain.centre.configuration import CentreConfigured, Project, ProjectConfigured, canonical
from infra.simulate.able import factor
from infra.simulate.documents import HERE, centre_document, in_project, project_document
from infra.simulate.draws import MICROS, Chance, Draw, arrival_times, durations, streams_of
from infra.simulate.measures import Tally, Window
from infra.simulate.people import Due, Line, Person, Room, Team
from infra.simulate.scenario import CustomerClass, Duration, ScenarioDocument
from infra.simulate.stage import POOL, PROJECT, Stage
from infra.simulate.traces import Columns


def configure(stage: Stage, scenario: ScenarioDocument) -> Project:
    """The project's and the centre's documents, as `trunkline apply` would put them on record; the former's state."""
    project = project_document(scenario)
    plain, sha256 = canonical(project)
    stage.say(ProjectConfigured(document=plain, sha256=sha256, revision=1), f"project-{PROJECT}")
    whole, of_centre = canonical(centre_document(scenario))
    stage.say(CentreConfigured(document=whole, sha256=of_centre, revision=1), f"centre-{POOL}", "")
    return Project(1, sha256, project)


def register(stage: Stage, scenario: ScenarioDocument, chance: Chance, columns: Columns, window: Window) -> list[Team]:
    """Every agent exists and has a profile and skills; nobody is signed in yet."""
    teams: list[Team] = []
    for name, group in scenario.groups.items():
        answer = _draw(group.answers_after, f"{name}/answers_after", chance, columns)
        team = Team(name, group, answer, round(group.back_after * MICROS))
        profile = in_project(scenario.profiles[group.profile])
        units = {channel: use.units for channel, use in profile.channels.items()}
        for number in range(1, group.count + 1):
            person = Person(f"{name}_{number:05}", team, units, window)
            team.people.append(person)
            stream = f"agent-{person.agent_id}"
            registered = AgentRegistered(agent_id=person.agent_id, name=person.agent_id, site=group.site or HERE)
            stage.say(registered, stream, "")
            assigned = ProfileAssigned(agent_id=person.agent_id, profile_name=group.profile, profile=profile)
            stage.say(assigned, stream, "")
            if group.languages:
                stage.say(LanguagesStated(agent_id=person.agent_id, languages=group.languages), stream, "")
            for skill, level in group.skills.items():
                stage.say(SkillGranted(agent_id=person.agent_id, skill=skill, level=level), stream, "")
        teams.append(team)
    return teams


def lines(
    scenario: ScenarioDocument, teams: Sequence[Team], chance: Chance, columns: Columns, window: Window
) -> list[Line]:
    """The classes, each with its draws."""
    limits = [round(t * MICROS) for t in scenario.within]
    rooms = _rooms(scenario)
    found: list[Line] = []
    for name, customers in scenario.classes.items():
        line = Line(name, customers, _due(name, customers, chance, columns), Tally(window, limits))
        line.handling = _must(customers.handling, f"{name}/handling", chance, columns)
        line.after = _draw(customers.wrap_up, f"{name}/wrap_up", chance, columns)
        line.patience = _draw(customers.patience, f"{name}/patience", chance, columns)
        line.places = rooms.get(customers.queue)
        line.queue_values = _queue_values(scenario, customers)
        queue = scenario.queues[customers.queue]
        offer = queue.offer.on(customers.channel)
        line.timeout, line.misses = offer.timeout * MICROS, offer.misses
        line.wrap_up_limit = queue.wrap_up.limit * MICROS if queue.wrap_up.mode in ("mandatory", "fixed") else None
        line.factors = {team.name: factor(customers, team.group.skills) for team in teams}
        found.append(line)
    return found


def _rooms(scenario: ScenarioDocument) -> dict[str, Room]:
    rooms: dict[str, Room] = {}
    for places in scenario.waiting_places:
        rooms |= dict.fromkeys(places.queues or tuple(scenario.queues), Room(places.places))
    return rooms


def _queue_values(scenario: ScenarioDocument, customers: CustomerClass) -> dict[str, object]:
    queue = scenario.queues[customers.queue]
    site = customers.site or ""
    return {
        "leg": "1",
        "channel": customers.channel,
        "queue": customers.queue,
        "priority": queue.priority if customers.priority is None else customers.priority,
        "skills": queue.skills,
        "not_before": None,
        "age_credit": customers.age_credit,
        "target": queue.target,
        "customer_id": "",
        "site": site,
        "language": customers.language,
        "rings": queue.rings,
        "sites": (site,) if site and queue.sites == "own" else (),
        "language_required": queue.language == "required",
        "excluded": (),
        "preferred": "",
        "preferred_until": None,
        "expires_at": None,
        "steps": (),
        "also": (),
    }


def _due(name: str, customers: CustomerClass, chance: Chance, columns: Columns) -> Iterator[Due]:
    trace = customers.arrivals.trace
    traced = () if trace is None else columns[trace.file, trace.at]
    moments = arrival_times(customers.arrivals, chance.uniform(f"{name}/arrivals"), traced)
    if trace is None:
        return ((moment, None, None) for moment in moments)
    handling = columns.get((trace.file, trace.handling or ""), ())
    patience = columns.get((trace.file, trace.patience or ""), ())
    rows = sorted(zip_longest(moments, _micros(handling), _micros(patience)), key=lambda row: row[0])
    return iter(rows)


def _micros(seconds: Sequence[float]) -> Iterator[int | None]:
    return (None if isnan(value) else round(value * MICROS) for value in seconds)


def _draw(duration: Duration | None, name: str, chance: Chance, columns: Columns) -> Draw | None:
    return None if duration is None else _must(duration, name, chance, columns)


def _must(duration: Duration, name: str, chance: Chance, columns: Columns) -> Draw:
    return durations(duration, chance.uniform(name), streams_of(columns, duration))
