"""A pool under load, for measuring the router: events as the core would make them, without its cost.

100 queues, 50 skills, four channels, every agent three to eight skills.
"""

from __future__ import annotations

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

POOL, PROJECT = "bench", "p"
CHANNELS = ("voice", "email", "sms", "callback")
QUEUES = [f"q{number}" for number in range(100)]
SKILLS = [f"s{number}" for number in range(50)]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Load:
    """A pool under load: events are made as the core would make them, without its cost."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)
        self.now = START
        self.position = 0
        #: Agent, interaction and work id of what agents have in hand; channel and queue of what waits.
        self.in_hand: list[tuple[str, str, str]] = []
        self.waiting: dict[str, tuple[str, str]] = {}
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
        self.waiting[f"i{self._number:07}"] = (CHANNELS[self._number % 4], QUEUES[number])
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
        channel, queue = self.waiting.pop(command.interaction_id)
        units = {"voice": 4, "email": 1, "sms": 2, "callback": 4}[channel]
        expires = self.now + timedelta(seconds=30)
        reserved = AgentReserved.model_construct(
            agent_id=command.agent_id,
            work_id=work_id,
            interaction_id=command.interaction_id,
            leg="1",
            channel=channel,
            units=units,
        )
        offer = InteractionOffered.model_construct(**where, queue=queue, expires_at=expires, decision=command.decision)
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
