"""Random histories of a pool, from a seed: people arrive, answer, decline, miss, leave, come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

from domain.agent.commands import (
    BecomeNotReady,
    BecomeReady,
    PauseChannel,
    RegisterAgent,
    ResumeChannel,
    SignIn,
    SignOut,
)
from domain.agent.state import Agent
from domain.centre.documents import Profile
from domain.event import Event
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    PriorityRaised,
    RequirementsRelaxed,
)
from domain.interaction.offers import TimeOutOffer
from domain.interaction.work import CompleteWork, CompleteWrapUp, TransferInteraction
from domain.rejection import Rejection
from router import Router
from tests.router.drawing import CHANNELS, POLICIES, QUEUES, Drawing
from tests.router.pool import CENTRE, Pool


class History:
    """Grows a pool; where a router is given, it takes part after every step (or now and then)."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pool = Pool()
        self.pool.now += timedelta(minutes=self.random.choice((0, 25, 55)))
        self.drawing = Drawing(self.random)
        self.plain = self.drawing.plain
        self._configure_centre()
        self._configure()
        for number in range(self.random.randint(1, 7)):
            agent_id, ready = f"agent{number}", self.random.random() < 0.8
            site, languages = self.drawing.site(), self.drawing.languages()
            self.pool.agent(
                agent_id,
                self.drawing.profile(),
                self.drawing.skills(),
                ready=ready,
                site=site,
                languages=languages,
                expiries=self.drawing.expiries(self.pool.now),
            )

    def grow(self, steps: int, router: Router | None = None) -> Pool:
        for _ in range(steps):
            if self.random.random() < 0.6:
                self.pool.wait(self.random.choice((0, 0.5, 1, 7, 20, 45)))
            self._step()
            if router is not None and self.random.random() < 0.7:
                self.pool.route(router)
        return self.pool

    def rush(self) -> Pool:
        """A few at once: people come, agents get free."""
        for _ in range(self.random.randint(0, 5)):
            with suppress(Rejection):
                self.random.choice((self._arrive, self._arrive, self._finish, self._presence))()
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
            (1, self._relax),
        ]
        if not self.plain:
            kinds += [(1, self._outage), (1, self._configure_centre), (1, self._channel)]
        step = self.random.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]
        with suppress(Rejection):  # what people try is not always possible
            step()
        if self.random.random() < 0.03:
            self._configure()

    def _configure(self) -> None:
        for project in ("p", "q"):
            queues: dict[str, dict[str, Any]] = {
                name: self.drawing.queue() for owner, name in QUEUES if owner == project
            }
            if len(queues) > 1 and self.random.random() < 0.1:
                queues.pop("b")
            hours = {"day": {"weekly": {"mon": ["09:00-09:30", "10:00-17:00"]}}}
            self.pool.project(project, queues, hours=hours)

    def _configure_centre(self) -> None:
        random = self.random
        if self.plain or random.random() < 0.2:
            return
        self.pool.centre(
            policy=random.choice(POLICIES),
            head_starts={tier: random.randint(0, 2) for tier in (1, 2, 5) if random.random() < 0.5},
            shares={f"{project}/{queue}": random.randint(1, 4) for project, queue in QUEUES if random.random() < 0.6},
        )

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
        if not self.plain:
            changes |= self.drawing.demands(now, len(self._agents()))
        self.pool.arrive(queue, channel, project=project, **changes)

    def _relax(self) -> None:
        """A waiting leg asks for less, or is more urgent, from now on."""
        waiting = [
            (stream, name, leg)
            for stream, state in sorted(self.pool.states.items())
            if stream.startswith("interaction-") and state.status == "open"
            for name, leg in state.legs.items()
            if leg.status == "waiting"
        ]
        if not waiting:
            return
        stream, name, leg = self.random.choice(waiting)
        where: dict[str, Any] = {"interaction_id": leg.wanted.interaction_id, "leg": name, "step": 1, "waited": 1}
        event: Event = PriorityRaised(**where, priority=1)
        if self.random.random() < 0.7:
            fewer = dict(list(leg.wanted.skills.items())[1:])
            also = self.random.choice((leg.wanted.also, ("a",)))
            event = RequirementsRelaxed(**where, skills=fewer, also=also, rings=2, sites=(), language_required=False)
        self.pool.record(stream, event, project=self._project(leg.wanted.interaction_id))

    def _outage(self) -> None:
        """A site goes down, or comes back."""
        down = self.pool.of("centre", CENTRE).down
        if down and self.random.random() < 0.7:
            self.pool.site_back(self.random.choice(sorted(down)))
        else:
            self.pool.site_down(self.drawing.site())

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

    def _channel(self) -> None:
        """Somebody takes nothing more by one channel, or takes it again."""
        agent_id, channel = self.random.choice(self._agents()).agent_id, self.random.choice(CHANNELS)
        if self.random.random() < 0.6:
            self.pool.do(PauseChannel(agent_id=agent_id, channel=channel, reason="headset broken"))
        else:
            self.pool.do(ResumeChannel(agent_id=agent_id, channel=channel))

    def _retrain(self) -> None:
        agent = self.random.choice(self._agents())
        register = RegisterAgent(
            agent_id=agent.agent_id,
            name=agent.name,
            site=self.drawing.site(),
            profile_name="new",
            profile=Profile.model_validate(self.drawing.profile()),
            skills=self.drawing.skills(),
            languages=self.drawing.languages(),
            centre=CENTRE,
            expiries=self.drawing.expiries(self.pool.now),
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
