"""The board: what the router knows of one pool, folded from its events in log order.

Waiting legs, agents with what they hold, open offers, wrap-ups with a limit, the documents in force and the sites
that are down. No personal field is read, so the board of an old log is the same after an erasure.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from domain.centre.configuration import CentreConfigured, ProjectConfigured
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.event import Event, Recorded
from router.agents import Agents, Fold
from router.backlog import Backlog
from router.deadlines import Deadline, Deadlines
from router.index import Index
from router.kept import Kept
from router.leg_folds import LegFolds
from router.legs import Legs
from router.openings import Openings
from router.orders import item_order
from router.policies import Policies
from router.records import AgentRecord, Item, OpenOffer
from router.rules import Case, offerable

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def proposal(agent_id: str, item: Item) -> str:
    """The work id under which capacity is held for an offer that the log does not know yet."""
    return f"proposed:{item.interaction_id}:{item.leg}:{agent_id}"


class _Turn(NamedTuple):
    """A turn at a queue that an offer on its way into the log takes."""

    agent: AgentRecord
    queue: str
    turn: int

    def begin(self) -> None:
        self.agent.asking.setdefault(self.queue, []).append(self.turn)

    def end(self) -> None:
        """Made or not: what counts from now on is what the log says."""
        turns = self.agent.asking[self.queue]
        turns.remove(self.turn)
        if not turns:
            del self.agent.asking[self.queue]


class Board(Kept):
    def __init__(self, pool: str) -> None:
        self.pool = pool
        self.position = 0
        self.seen = _BEGINNING
        self.policies = Policies()
        #: Sites that are down.
        self.down: set[str] = set()
        self.deadlines = Deadlines(self.wanted)
        self._backlog = Backlog()
        self.index = Index(self.deadlines, self._backlog, self.down)
        self.openings = Openings(self.policies, self.index)
        self.order = item_order(self.policies.routing, self._backlog)
        self.legs = Legs()
        #: Waiting items that may be kept for an agent, by that agent.
        self._preferring: dict[str, dict[Item, None]] = {}
        #: Offers on their way into the log, by the work id they are held under, with the turn each takes where any
        #: queue asks for turns.
        self._proposed: dict[str, _Turn | None] = {}
        crew = Agents(self.index, self.down, self._may_be_kept)
        self.agents: dict[str, AgentRecord] = crew.known
        self.certifications = crew.certifications
        self._crew = crew
        folds: dict[type[Event], Fold] = {
            ProjectConfigured: self._project_configured,
            CentreConfigured: self._centre_configured,
            SiteWentDown: self._site_went_down,
            SiteCameBack: self._site_came_back,
            **crew.folds(),
            **LegFolds(self.legs, self.agents, self.index, self.deadlines, self._entered).folds(),
        }
        #: What is done with each event, in turn: by the board first, then by who joined it.
        self._folds: dict[type[Event], tuple[Fold, ...]] = {kind: (fold,) for kind, fold in folds.items()}

    def join(self, kind: type[Event], fold: Fold) -> None:
        """Let somebody else take in each event of a kind too, once the board has."""
        self._folds[kind] = (*self._folds.get(kind, ()), fold)

    @property
    def kinds(self) -> frozenset[type[Event]]:
        """The events that change the board, or what joined it; all others only move its position."""
        return frozenset(self._folds)

    def fold(self, recorded: Recorded) -> None:
        """Take in the next event of the pool. Raises `ValueError` for another pool's, or one out of order."""
        position, event = recorded.position, recorded.event
        if recorded.pool != self.pool:
            raise ValueError(f"event {position} is of pool {recorded.pool!r}, this board of {self.pool!r}")
        if position <= self.position:
            raise ValueError(f"event {position} comes after {self.position}: fold events in log order, once")
        self.position = position
        if recorded.recorded_at > self.seen:
            self.seen = recorded.recorded_at
        for fold in self._folds.get(type(event), ()):
            fold(event, recorded)

    def settle(self) -> None:
        """Bring the index up to date with what was folded."""
        self.index.settle(self.place)

    # --- documents and sites

    def _project_configured(self, event: ProjectConfigured, recorded: Recorded) -> None:
        document = ProjectDocument.model_validate(event.document)
        self.policies.configure_project(document, event.sha256)
        self.index.forget(document.project)
        for item in self.legs.of_project(document.project):
            self.index.change(item)
        self.openings.configured(document.project, recorded.recorded_at)

    def _centre_configured(self, event: CentreConfigured, recorded: Recorded) -> None:
        if self.policies.configure_centre(CentreDocument.model_validate(event.document), event.sha256):
            routing = self.policies.routing
            self.index.take_all()
            self._backlog.begin(counting=routing.policy == "fixed_queue_ratio")
            self._backlog.weigh(routing.shares)
            self.order = item_order(routing, self._backlog)
            for item in self.legs.all():
                self.index.change(item)  # the rank of what cannot be offered now is told too

    def _site_went_down(self, event: SiteWentDown, recorded: Recorded) -> None:
        self.down.add(event.site)
        self._site_changed(event.site)

    def _site_came_back(self, event: SiteCameBack, recorded: Recorded) -> None:
        self.down.discard(event.site)
        self._site_changed(event.site)

    def _site_changed(self, site: str) -> None:
        self._crew.site_changed(site)
        self.index.site_changed(site)

    # --- items

    def kept(self, item: Item) -> bool:
        """Whether an item waits for its preferred agent alone: in time, and as long as that agent is ready for it."""
        if not item.preferable:
            return False
        agent = self.agents.get(item.preferred)
        return agent is not None and agent.ready and agent.up and item.channel not in agent.paused

    def _may_be_kept(self, agent_id: str) -> None:
        """Work may be kept for this agent from now on, or no longer."""
        for item in self._preferring.get(agent_id, ()):
            self.index.change(item)

    def place(self, item: Item) -> None:
        """Let agents find an item if, and only if, no rule keeps it from being offered."""
        if item.preferred:
            self._prefer(item)
        rules = self.policies.rules(item.project, item.queue_name)
        if item.status == "waiting":
            item.rank = self.order.place(item), item.interaction_id, item.leg
        if rules is None or not offerable(item, rules):
            self.index.take(item)
            return
        key = (  # the fields of a `NeedKey`
            tuple(dict.fromkeys((item.queue, *item.also))) if item.also else (item.queue,),
            item.channel,
            item.skills,
            item.rings,
            item.sites,
            item.language if item.language_required else "",
            item.site if rules.own_first else "",
        )
        self.index.put(item, key, rules, kept=item.preferable and self.kept(item))

    def _prefer(self, item: Item) -> None:
        if item.status == "waiting" and item.preferable:
            self._preferring.setdefault(item.preferred, {})[item] = None
        elif (items := self._preferring.get(item.preferred)) is not None:
            items.pop(item, None)
            if not items:
                del self._preferring[item.preferred]

    def case(self, agent: AgentRecord, item: Item, now_us: int) -> Case:
        """What the rules need to judge an agent for an item. The board must be settled."""
        fewest = 0 if item.need is None else item.need.fewest_tries(item)
        rules = self.policies.rules(item.project, item.queue_name)
        never = rules is not None and rules.never_again(item.channel)
        return Case(agent, item, now_us, fewest, self.kept(item), never, self.down)

    # --- offers on their way into the log

    def propose(self, agent: AgentRecord, item: Item) -> None:
        """Hold the agent and the item for an offer that is about to be made."""
        assert agent.profile is not None, "only an agent with a profile is eligible"
        work_id = proposal(agent.agent_id, item)
        self._proposed[work_id] = self._turn(agent, item.queue) if "round_robin" in self.index.strategies else None
        agent.hold(work_id, item.channel, agent.profile.channels[item.channel].units)
        item.ring(work_id, OpenOffer(agent.agent_id, None))
        self.index.resettle(agent)
        rules = self.policies.rules(item.project, item.queue_name)
        if rules is None or len(item.offers) >= rules.ring_width:
            self.index.take(item)
        else:
            self.place(item)

    def _turn(self, agent: AgentRecord, queue: str) -> _Turn:
        turn = _Turn(agent, queue, self.position + len(self._proposed) + 1)
        turn.begin()
        return turn

    def _forget(self, proposed: str) -> None:
        """The offer is on its way no longer."""
        turn = self._proposed.pop(proposed)
        if turn is not None:
            turn.end()

    def withdraw(self, agent_id: str, item: Item) -> None:
        """The offer will not be made: agent and item are as before."""
        agent, work_id = self.agents[agent_id], proposal(agent_id, item)
        if work_id in self._proposed:
            self._forget(work_id)
        item.hush(work_id)
        if agent.free(work_id) is not None:
            self.index.touch(agent)
        self.index.change(item)

    def _entered(self, agent: AgentRecord, item: Item, work_id: str) -> bool:
        """An offer is in the log: if it was proposed here, it bears its own work id now. Whether it was."""
        if not self._proposed:
            return False
        proposed = proposal(agent.agent_id, item)
        if proposed not in self._proposed:
            return False
        self._forget(proposed)
        item.hush(proposed)
        if work_id in agent.work:
            if agent.free(proposed) is not None:
                self.index.touch(agent)
            return True
        return agent.rename(proposed, work_id)

    # --- time

    def pass_time(self, now_us: int) -> list[Deadline]:
        """Let what is due by now be due; the offers and wrap-ups whose time is out."""
        self.index.now_us = now_us
        self.openings.pass_time(now_us)
        self._crew.pass_time(now_us)
        out: list[Deadline] = []
        while (deadline := self.deadlines.pop_due(now_us)) is not None:
            item = deadline.item
            match deadline.kind:
                case "due":
                    item.due = True
                    self.index.change(item)
                case "expires":
                    item.expired = True
                    self.index.change(item)
                case "preferred":
                    item.preferable = False
                    self.index.change(item)
                case "visible":
                    self.index.came_in_sight(item, now_us)
                case "offer" | "wrap_up":
                    out.append(deadline)
        return out

    def wake_us(self) -> int | None:
        """When something becomes possible next if no event comes before."""
        first = self.deadlines.first()
        instants = (None if first is None else first.at_us, self.openings.first_us(), self.certifications.wake_us())
        return min((at_us for at_us in instants if at_us is not None), default=None)

    def wanted(self, deadline: Deadline) -> bool:
        """Whether a deadline still means something."""
        item = deadline.item
        match deadline.kind:
            case "due":
                return item.status == "waiting" and not item.due
            case "expires":
                return item.status == "waiting" and item.expires_us == deadline.at_us and not item.expired
            case "preferred":
                return item.status == "waiting" and item.preferred_us == deadline.at_us and item.preferable
            case "visible":
                return item.shelf is not None
            case "offer":
                return deadline.work_id in item.offers
            case "wrap_up":
                return item.status == "wrap_up" and item.work_id == deadline.work_id
