"""What a queue's work asks of an agent, at first and after each of its steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.centre.documents import AgentEntry, Profile, Queue, Step

ANY = "any"


@dataclass(frozen=True, slots=True)
class Asked:
    """`queues`: by their names within the project; `sites`: that joined the item's own, None for any."""

    queues: tuple[str, ...]
    skills: Mapping[str, int]
    rings: int
    sites: frozenset[str] | None
    language: bool
    priority: int

    @staticmethod
    def first(name: str, queue: Queue) -> Asked:
        """What is asked on arrival."""
        sites = frozenset[str]() if queue.sites == "own" else None
        return Asked((name,), queue.skills, queue.rings, sites, queue.language == "required", queue.priority)

    def after(self, step: Step) -> Asked:
        """What is asked once `step` has fired too."""
        lowered = {skill: min(level, step.lower.get(skill, level)) for skill, level in self.skills.items()}
        sites = self.sites
        if sites is not None:
            sites = None if ANY in step.add_sites else sites | set(step.add_sites)
        more = (step.add_queue,) if step.add_queue is not None and step.add_queue not in self.queues else ()
        return Asked(
            queues=(*self.queues, *more),
            skills={skill: level for skill, level in lowered.items() if skill not in step.drop},
            rings=max(self.rings, step.open_rings or 0),
            sites=sites,
            language=self.language and not step.any_language,
            priority=min(self.priority, step.priority or self.priority),
        )

    @staticmethod
    def last(name: str, queue: Queue) -> Asked:
        """What is asked when all steps have fired."""
        asked = Asked.first(name, queue)
        for step in queue.steps:
            asked = asked.after(step)
        return asked

    def serves(self, project: str, profile: Profile) -> bool:
        """Whether the profile serves one of the queues, in whatever ring."""
        return any(f"{project}/{queue}" in profile.queues for queue in self.queues)

    def in_ring(self, project: str, profile: Profile) -> bool:
        """Whether the first of the queues that it serves is served in a ring that is open."""
        uses = (profile.queues.get(f"{project}/{queue}") for queue in self.queues)
        return next((use.ring <= self.rings for use in uses if use is not None), False)

    def able(self, agent: AgentEntry) -> bool:
        """Whether the agent has the skills."""
        return all(agent.skills.get(skill, 0) >= level for skill, level in self.skills.items())
