"""What the documents in force say to the router: each project's queues, the pool's routing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.hours import Hours
from domain.centre.routing import Queue, Routing, Strategy
from router.kept import Kept


class QueueRules(Kept):
    """What the router needs of a queue in a project's document. `hours` None: always open."""

    __slots__ = (
        "handling",
        "handling_by_level",
        "hours",
        "levels",
        "never",
        "never_on",
        "open",
        "own_first",
        "ring_width",
        "strategy",
        "target",
    )  # fmt: skip

    def __init__(self, queue: Queue, hours: Mapping[str, Hours]) -> None:
        self.ring_width, self.target = queue.offer.ring_width, queue.target
        self.strategy: Strategy = queue.strategy
        self.own_first = queue.sites == "own_first"
        self.hours: Hours | None = hours.get(queue.hours) if queue.hours is not None else None
        self.open = True
        self.never = queue.offer.again == "never"
        self.never_on = {channel: queue.offer.on(channel).again == "never" for channel in queue.offer.channels}
        self.handling, self.handling_by_level = queue.handling, queue.handling_by_level
        #: Skills of the queue, whose least level says how long an agent takes.
        self.levels = tuple(queue.skills)

    def never_again(self, channel: str) -> bool:
        """Whether who declined or missed an item is not asked for it again."""
        return self.never_on.get(channel, self.never)

    def handling_of(self, skills: Mapping[str, int]) -> int:
        """Seconds that an item takes an agent with these skills."""
        if not self.levels or not self.handling_by_level:
            return self.handling
        return self.handling_by_level.get(min(skills.get(skill, 0) for skill in self.levels), self.handling)


class Policy(NamedTuple):
    """The rules of one project: the SHA-256 of its document, and its queues."""

    sha256: str
    queues: Mapping[str, QueueRules]

    @staticmethod
    def of(document: ProjectDocument, sha256: str) -> Policy:
        return Policy(sha256, {name: QueueRules(queue, document.hours) for name, queue in document.queues.items()})


class Policies:
    """The documents in force."""

    def __init__(self) -> None:
        self.projects: dict[str, Policy] = {}
        self.routing = Routing()
        #: SHA-256 of the centre's document; empty before there is one.
        self.routing_sha256 = ""

    def configure_project(self, document: ProjectDocument, sha256: str) -> None:
        self.projects[document.project] = Policy.of(document, sha256)

    def configure_centre(self, document: CentreDocument, sha256: str) -> bool:
        """Whether the routing is another now."""
        before, self.routing, self.routing_sha256 = self.routing, document.routing, sha256
        return before != self.routing

    def rules(self, project: str, queue_name: str) -> QueueRules | None:
        """None for a queue that is not in its project's document."""
        policy = self.projects.get(project)
        return None if policy is None else policy.queues.get(queue_name)

    def with_hours(self) -> Iterator[tuple[str, str, QueueRules]]:
        """Project, queue and rules of every queue that closes."""
        for project, policy in self.projects.items():
            for name, rules in policy.queues.items():
                if rules.hours is not None:
                    yield project, name, rules
