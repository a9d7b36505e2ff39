"""The board: what the router knows of one pool, folded from its events in log order.

Waiting legs, agents with what they hold, open offers, wrap-ups with a limit and each project's rules. No
personal field is read, so the board of an old log is the same after an erasure.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ProfileAssigned,
    SkillGranted,
    SkillWithdrawn,
)
from domain.agent.state import PRESENCE
from domain.centre.configuration import ProjectConfigured
from domain.centre.documents import ProjectDocument
from domain.event import Event, Recorded
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    InteractionQueued,
    InteractionTransferred,
)
from domain.interaction.state import LEG
from router.deadlines import Deadline, Deadlines
from router.index import Index
from router.instants import micros
from router.legs import Legs
from router.orders import AgentOrder, ItemOrder
from router.records import AgentRecord, Cause, Item, OpenOffer, Policy, QueueRules
from router.rules import offerable

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_LEG_EVENTS = frozenset(kind for _, kind in LEG)
#: Events of a leg that name no agent and no work.
_NO_AGENT = frozenset({InteractionQueued, InteractionTransferred, InteractionAbandoned})


def proposal(agent_id: str, item: Item) -> str:
    """The work id under which capacity is held for an offer that the log does not know yet."""
    return f"proposed:{item.interaction_id}:{item.leg}:{agent_id}"


class Board:
    def __init__(self, pool: str, agents: AgentOrder, items: ItemOrder) -> None:
        self.pool = pool
        self.position = 0
        self.seen = _BEGINNING
        self.agents: dict[str, AgentRecord] = {}
        self.policies: dict[str, Policy] = {}
        self.deadlines = Deadlines(self.wanted)
        self.index = Index(agents, self.deadlines)
        self.legs = Legs(items)
        self._folds: dict[type[Event], Callable[[Any, Recorded], None]] = {
            ProjectConfigured: self._configured,
            AgentRegistered: self._registered,
            ProfileAssigned: self._profile,
            AgentMoved: self._moved,
            SkillGranted: self._granted,
            SkillWithdrawn: self._withdrawn,
            AgentSignedIn: self._presence,
            AgentBecameReady: self._presence,
            AgentBecameNotReady: self._presence,
            AgentStoppedResponding: self._presence,
            AgentSignedOut: self._presence,
            AgentReserved: self._reserved,
            AgentReleased: self._released,
            InteractionClosed: self._closed,
        } | dict.fromkeys(_LEG_EVENTS, self._leg)

    def fold(self, recorded: Recorded) -> None:
        """Take in the next event of the pool. Raises `ValueError` for another pool's, or one out of order."""
        if recorded.pool != self.pool:
            raise ValueError(f"event {recorded.position} is of pool {recorded.pool!r}, this board of {self.pool!r}")
        if recorded.position <= self.position:
            raise ValueError(f"event {recorded.position} comes after {self.position}: fold events in log order, once")
        self.position, self.seen = recorded.position, max(self.seen, recorded.recorded_at)
        fold = self._folds.get(type(recorded.event))
        if fold is not None:
            fold(recorded.event, recorded)

    # --- projects

    def _configured(self, event: ProjectConfigured, recorded: Recorded) -> None:
        document = ProjectDocument.model_validate(event.document)
        queues = {name: QueueRules(queue.offer.ring_width) for name, queue in document.queues.items()}
        self.policies[document.project] = Policy(event.sha256, queues)
        for item in self.legs.of_project(document.project):
            self.place(item)

    # --- agents

    def _agent(self, agent_id: str, recorded: Recorded) -> AgentRecord:
        agent = self.agents[agent_id]
        agent.cause = _cause(recorded)
        return agent

    def _registered(self, event: AgentRegistered, recorded: Recorded) -> None:
        self.agents[event.agent_id] = AgentRecord(event.agent_id, event.site, _cause(recorded))

    def _profile(self, event: ProfileAssigned, recorded: Recorded) -> None:
        agent = self._agent(event.agent_id, recorded)
        agent.profile, agent.profile_name = event.profile, event.profile_name
        self.index.touch(agent, moved=True)

    def _moved(self, event: AgentMoved, recorded: Recorded) -> None:
        self._agent(event.agent_id, recorded).site = event.site

    def _granted(self, event: SkillGranted, recorded: Recorded) -> None:
        agent = self._agent(event.agent_id, recorded)
        agent.skills[event.skill] = event.level
        self.index.touch(agent, moved=True)

    def _withdrawn(self, event: SkillWithdrawn, recorded: Recorded) -> None:
        agent = self._agent(event.agent_id, recorded)
        agent.skills.pop(event.skill, None)
        self.index.touch(agent, moved=True)

    def _presence(self, event: Any, recorded: Recorded) -> None:
        """A table decides, so that the board cannot know a state the domain does not."""
        agent = self._agent(event.agent_id, recorded)
        agent.presence = PRESENCE[agent.presence, type(event)]
        if isinstance(event, AgentBecameReady):
            self._idle_from(agent, recorded)
        self.index.touch(agent, moved=True)

    def _reserved(self, event: AgentReserved, recorded: Recorded) -> None:
        agent = self._agent(event.agent_id, recorded)
        if agent.hold(event.work_id, event.channel, event.units):
            self.index.touch(agent)

    def _released(self, event: AgentReleased, recorded: Recorded) -> None:
        agent = self._agent(event.agent_id, recorded)
        held = agent.free(event.work_id)
        if held is not None and held.worked:
            self._idle_from(agent, recorded)
        self.index.touch(agent)

    def _idle_from(self, agent: AgentRecord, recorded: Recorded) -> None:
        agent.idle_since, agent.idle_us = recorded.recorded_at, micros(recorded.recorded_at)

    # --- legs

    def _leg(self, event: Any, recorded: Recorded) -> None:
        item = self.legs.fold(event, recorded, _cause(recorded))
        if type(event) not in _NO_AGENT:
            self._agent_side(event.work_id, event.agent_id, item)
        for deadline in self.legs.deadlines(event, item):
            self.deadlines.set(deadline)
        self.place(item)
        if item.status == "ended":
            self.legs.forget(item)

    def _agent_side(self, work_id: str, agent_id: str, item: Item) -> None:
        """What an offer means for the agent before the agent's own event of the same append is folded."""
        agent = self.agents[agent_id]
        if work_id in item.offers:
            proposed = proposal(agent_id, item)
            item.offers.pop(proposed, None)
            if work_id in agent.work:
                changed = agent.free(proposed) is not None
            else:
                changed = not agent.rename(proposed, work_id) and self._ring(agent, work_id, item)
            if changed:
                self.index.touch(agent)
        elif item.work_id == work_id and work_id in agent.work:
            agent.work[work_id].worked = True

    def _ring(self, agent: AgentRecord, work_id: str, item: Item) -> bool:
        """Hold for another router's offer what the agent's own event is about to say."""
        use = agent.profile.channels.get(item.channel) if agent.profile is not None else None
        return agent.hold(work_id, item.channel, use.units if use else 0)

    def _closed(self, event: InteractionClosed, recorded: Recorded) -> None:
        for item in self.legs.drop(event.interaction_id):
            self.index.take(item)

    def place(self, item: Item) -> None:
        """Let agents find an item if, and only if, no rule keeps it from being offered."""
        known = self.legs.get(item.interaction_id, item.leg) is item
        if known and offerable(item, self.policies.get(item.project)):
            self.index.put(item)
        else:
            self.index.take(item)

    # --- offers on their way into the log

    def propose(self, agent: AgentRecord, item: Item) -> None:
        """Hold the agent and the item for an offer that is about to be made."""
        assert agent.profile is not None, "only an agent with a profile is eligible"
        work_id = proposal(agent.agent_id, item)
        agent.hold(work_id, item.channel, agent.profile.channels[item.channel].units)
        item.offers[work_id] = OpenOffer(agent.agent_id, None)
        self.index.resettle(agent)
        self.place(item)

    def withdraw(self, agent_id: str, item: Item) -> None:
        """The offer will not be made: agent and item are as before."""
        self._unpropose(self.agents[agent_id], item)
        self.place(item)

    def _unpropose(self, agent: AgentRecord, item: Item) -> None:
        work_id = proposal(agent.agent_id, item)
        item.offers.pop(work_id, None)
        if agent.free(work_id) is not None:
            self.index.touch(agent)

    # --- time

    def pass_time(self, now_us: int) -> list[Deadline]:
        """Let what is due by now be due; the offers and wrap-ups whose time is out."""
        out: list[Deadline] = []
        while (deadline := self.deadlines.pop_due(now_us)) is not None:
            item = self.legs.get(deadline.interaction_id, deadline.leg)
            assert item is not None, "a wanted deadline is about a leg on the board"
            if deadline.kind == "due":
                item.due = True
                self.place(item)
            elif deadline.kind == "visible":
                self.index.came_in_sight(item, now_us)
            else:
                out.append(deadline)
        return out

    def wanted(self, deadline: Deadline) -> bool:
        """Whether a deadline still means something."""
        item = self.legs.get(deadline.interaction_id, deadline.leg)
        if item is None:
            return False
        match deadline.kind:
            case "due":
                return item.status == "waiting" and not item.due
            case "visible":
                return item.shelf is not None
            case "offer":
                return deadline.work_id in item.offers
            case "wrap_up":
                return item.status == "wrap_up" and item.work_id == deadline.work_id


def _cause(recorded: Recorded) -> Cause:
    return Cause(recorded.position, recorded.event_id, recorded.project, recorded.correlation_id)
