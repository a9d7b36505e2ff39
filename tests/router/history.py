"""Random histories of a pool, from a seed: people arrive, answer, decline, miss, leave, come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from domain.agent.commands import BecomeNotReady, BecomeReady, RegisterAgent, SignIn, SignOut
from domain.agent.state import Agent
from domain.centre.documents import Profile
from domain.interaction.events import InteractionAbandoned, InteractionClosed
from domain.interaction.offers import TimeOutOffer
from domain.interaction.work import CompleteWork, CompleteWrapUp, TransferInteraction
from domain.rejection import Rejection
from router import Router
from tests.router.pool import Pool

CHANNELS = ("voice", "email", "sms", "callback")
SKILLS = ("billing", "french", "network")
QUEUES = (("p", "a"), ("p", "b"), ("q", "a"))


class History:
    """Grows a pool; where a router is given, it takes part after every step (or now and then)."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pool = Pool()
        self._configure()
        for number in range(self.random.randint(1, 7)):
            self.pool.agent(f"agent{number}", self._profile(), self._skills(), ready=self.random.random() < 0.8)

    def grow(self, steps: int, router: Router | None = None) -> Pool:
        for _ in range(steps):
            if self.random.random() < 0.6:
                self.pool.wait(self.random.choice((0, 0.5, 1, 7, 20, 45)))
            self._step()
            if router is not None and self.random.random() < 0.7:
                self.pool.route(router)
        return self.pool

    def _step(self) -> None:
        kinds: list[tuple[int, Callable[[], None]]] = [
            (8, self._arrive),
            (6, self._answer),
            (3, self._finish),
            (3, self._presence),
            (1, self._retrain),
            (1, self._hand_on),
            (1, self._leave),
        ]
        step = self.random.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]
        with suppress(Rejection):  # what people try is not always possible
            step()
        if self.random.random() < 0.03:
            self._configure()

    def _configure(self) -> None:
        for project in ("p", "q"):
            queues: dict[str, dict[str, Any]] = {name: self._queue() for owner, name in QUEUES if owner == project}
            if len(queues) > 1 and self.random.random() < 0.1:
                queues.pop("b")
            self.pool.project(project, queues)

    def _queue(self) -> dict[str, Any]:
        random = self.random
        wrap_up = random.choice(("none", "optional", "mandatory"))
        return {
            "priority": random.choice((1, 5, 5)),
            "skills": self._skills() if random.random() < 0.5 else {},
            "offer": {"timeout": random.choice((5, 30)), "ring_width": random.choice((1, 1, 2, 3)), "misses": 2},
            "wrap_up": {"mode": wrap_up, "limit": 15},
        }

    def _skills(self) -> dict[str, int]:
        return {skill: self.random.choice((1, 3, 5)) for skill in SKILLS if self.random.random() < 0.6}

    def _profile(self) -> dict[str, Any]:
        random = self.random
        channels = random.sample(CHANNELS, random.randint(1, 4))
        queues = random.sample(QUEUES, random.randint(1, 3))
        return {
            "capacity": random.choice((1, 2, 4, 6)),
            "channels": {
                channel: {"concurrency": random.randint(1, 3), "units": random.randint(1, 3)} for channel in channels
            },
            "queues": {
                f"{project}/{queue}": {"priority": random.choice((1, 1, 2)), "delay": random.choice((0, 0, 0, 10, 30))}
                for project, queue in queues
            },
        }

    def _arrive(self) -> None:
        random, now = self.random, self.pool.now
        project, queue = random.choice(QUEUES)
        channel = random.choice(CHANNELS)
        changes: dict[str, Any] = {}
        if channel == "callback":
            changes["not_before"] = now + timedelta(seconds=random.choice((0, 0, 15, 40)))
        if random.random() < 0.1:
            changes["age_credit"] = random.choice((5, 60))
        if random.random() < 0.1:
            changes["arrived_at"] = now - timedelta(seconds=random.choice((3, 30)))
        self.pool.arrive(queue, channel, project=project, **changes)

    def _answer(self) -> None:
        offers = self.pool.offers()
        if not offers:
            return
        offer = self.random.choice(offers)
        match self.random.choice(("accept", "accept", "accept", "decline", "miss")):
            case "accept":
                self.pool.accept(offer)
            case "decline":
                self.pool.decline(offer)
            case _:
                project = self._project(offer.interaction_id)
                self.pool.now = max(self.pool.now, offer.expires_at)
                where = {"interaction_id": offer.interaction_id, "leg": offer.leg}
                self.pool.do(TimeOutOffer(project=project, **where, work_id=offer.work_id))

    def _agents(self) -> list[Agent]:
        return [state for stream, state in sorted(self.pool.states.items()) if stream.startswith("agent-")]

    def _in_hand(self) -> tuple[dict[str, str], str] | None:
        works = [(agent.agent_id, held) for agent in self._agents() for held in agent.work.values()]
        if not works:
            return None
        agent_id, held = self.random.choice(works)
        return (
            {"interaction_id": held.interaction_id, "leg": held.leg, "agent_id": agent_id},
            self._project(held.interaction_id),
        )

    def _finish(self) -> None:
        if (mine := self._in_hand()) is not None:
            where, project = mine
            if self.pool.of("interaction", where["interaction_id"]).leg(where["leg"]).status == "wrap_up":
                self.pool.do(CompleteWrapUp(project=project, **where, disposition="answered"))
            else:
                self.pool.do(CompleteWork(project=project, **where))

    def _hand_on(self) -> None:
        if (mine := self._in_hand()) is not None:
            where, project = mine
            self.pool.do(TransferInteraction(project=project, **where, department="all"))

    def _presence(self) -> None:
        agent_id = self.random.choice(self._agents()).agent_id
        kind = self.random.choice((SignIn, BecomeReady, BecomeReady, BecomeReady, SignOut, BecomeNotReady))
        self.pool.do(kind(agent_id=agent_id, reason="lunch") if kind is BecomeNotReady else kind(agent_id=agent_id))

    def _retrain(self) -> None:
        agent = self.random.choice(self._agents())
        register = RegisterAgent(
            agent_id=agent.agent_id,
            name=agent.name,
            site="there",
            profile_name="new",
            profile=Profile.model_validate(self._profile()),
            skills=self._skills(),
        )
        self.pool.do(register)

    def _leave(self) -> None:
        """A customer hangs up while waiting, or an interaction is closed under everybody's hands."""
        open_ones = [
            (stream, state)
            for stream, state in sorted(self.pool.states.items())
            if stream.startswith("interaction-") and state.status == "open"
        ]
        if not open_ones:
            return
        stream, state = self.random.choice(open_ones)
        for name, leg in state.legs.items():
            if leg.status == "waiting" and not leg.offers:
                gone = InteractionAbandoned(interaction_id=state.interaction_id, leg=name, waited=1)
                closed = InteractionClosed(interaction_id=state.interaction_id, reason="abandoned")
                self.pool.record(stream, gone, closed, project=self._project(state.interaction_id))
                return

    def _project(self, interaction_id: str) -> str:
        return next(one.project for one in self.pool.log if one.stream == f"interaction-{interaction_id}")
