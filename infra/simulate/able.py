"""Which group can take which class, and how much of an agent one piece of it takes."""

from __future__ import annotations

from infra.simulate.scenario import CustomerClass, Group, ScenarioDocument


def able(scenario: ScenarioDocument, group: Group, customers: CustomerClass) -> bool:
    """Whether the agents of the group may get the class's work at all."""
    profile = scenario.profiles.get(group.profile)
    if profile is None or customers.queue not in profile.queues:
        return False
    use = profile.channels.get(customers.channel)
    if use is None or use.units > profile.capacity:
        return False
    needed = scenario.queues[customers.queue].skills
    return all(group.skills.get(skill, 0) >= level for skill, level in needed.items())


def share_of_agent(scenario: ScenarioDocument, group: Group, customers: CustomerClass) -> float:
    """How much of an agent's capacity one piece of the class's work takes: 1, or less where several fit."""
    profile = scenario.profiles[group.profile]
    use = profile.channels[customers.channel]
    return 1 / min(use.concurrency, profile.capacity // use.units)


def factor(customers: CustomerClass, skills: dict[str, int]) -> float:
    """By how much an agent with these skills is slower (or faster) than the class's handling time says."""
    by_level = customers.handling_by_level
    if by_level is None:
        return 1.0
    level = skills.get(by_level.skill, 0)
    return by_level.factors[min(max(level, 1), len(by_level.factors)) - 1]
