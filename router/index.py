"""The index: ready agents by what they can take, waiting items by what they need, and what changed since last looked.

Folding only notes what changed; `settle` brings the index up to date before a decision, so that rebuilding a
board from a long log pays for its last state, not for every state on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domain.centre.routing import Strategy
from router.backlog import Backlog
from router.deadlines import Deadlines
from router.kept import Kept
from router.needs import Key, Need, NeedKey
from router.policies import QueueRules
from router.qualifications import Asked, Qualification
from router.records import AgentRecord, Item
from router.roster import Roster

#: Something that somebody may have become able to take: the plain items of a need, or one that is not plain.
Source = Need | Item

#: The tallies may be behind for so many agents: a decision corrects them for the one need that it is about.
FEW = 8


class Index(Kept):
    """`down` are the sites that are down, as the board knows them."""

    def __init__(self, deadlines: Deadlines, backlog: Backlog, down: set[str]) -> None:
        self._deadlines, self._backlog = deadlines, backlog
        self.roster = Roster(down)
        self._needs: dict[Key, Need] = {}
        #: What is asked of agents, whatever the channel, and the same by the queues whose agents may take it.
        self._asked: dict[Asked, Qualification] = {}
        self._served_by: dict[str, dict[Qualification, None]] = {}
        # What changed since the last decision; a moved agent needs new seats, not only a new place.
        self._touched: dict[AgentRecord, bool] = {}
        self._changed: list[Item] = []
        self._unseated: dict[Need, None] = {}
        self._stirred: dict[Source, None] = {}
        #: Agents with room, of whom it is not known yet whether anything waits for them; the others are parked.
        self.loose: dict[AgentRecord, None] = {}
        #: Strategies by which agents are sorted somewhere.
        self.strategies: set[Strategy] = set()
        #: The moment of the last look at the clock.
        self.now_us = 0

    # --- what changed

    def touch(self, agent: AgentRecord, *, moved: bool = False) -> None:
        """Note that an agent changed; `moved` when it was presence, site, profile, skills or languages."""
        self._touched[agent] = moved or self._touched.get(agent, False)

    def change(self, item: Item) -> None:
        """Note that an item may have to be found, or no more, or by others."""
        if not item.noted:
            item.noted = True
            self._changed.append(item)

    def settle(self, place: Callable[[Item], None]) -> None:
        """Bring the index up to date with what was noted; `place` puts or takes an item."""
        if not self._changed and not self._touched and not self._unseated:
            return
        if self._changed:
            changed, self._changed = self._changed, []
            for item in changed:
                item.noted = False
                place(item)
        if self._unseated:
            for need in self._unseated:
                self._seat(need)
            self._unseated.clear()
        if self._touched:
            touched, self._touched = self._touched, {}
            for agent, moved in touched.items():
                self._sync(agent, moved)
            if len(self.loose) != 1 or len(self.roster.uncounted) > FEW:
                self.roster.count()

    def resettle(self, agent: AgentRecord) -> None:
        """Bring one agent up to date at once, whose work alone changed."""
        self._touched.pop(agent, None)
        self._sync(agent, moved=False)
        if not self.loose:
            self.roster.count()

    def stir(self, source: Source) -> None:
        """Somebody may have become able to take something of it."""
        self._stirred[source] = None

    @property
    def stirs(self) -> bool:
        """Whether somebody may have become able to take something since this was last asked."""
        return bool(self._stirred)

    @property
    def quiet(self) -> bool:
        """Whether nothing changed since all was last looked at; true only of a settled index."""
        return not (self._stirred or self.loose)

    def take_stirred(self) -> Iterable[Source]:
        """Needs and items that somebody may have become able to take since this was last asked."""
        stirred, self._stirred = self._stirred, {}
        return stirred

    # --- items

    def put(self, item: Item, key: Key, rules: QueueRules, *, kept: bool) -> None:
        """Let an item be found by agents, anew if it was there already; `kept` for its preferred agent alone."""
        if item.shelf is not None:
            self.take(item)
        need = self._needs.get(key)
        if need is None:
            need = self._add(NeedKey(*key), rules)
        item.kept, item.never = kept, rules.never_again(item.channel)
        plain = item.plain
        need.put(item, plain=plain)
        if self._backlog.counting:
            self._backlog.add(item.queue, 1)
        if need.delayed:
            self._await_sight(need, item)
        self._stirred[need if plain else item] = None

    def take(self, item: Item) -> None:
        """Let an item be found no more."""
        need = item.need
        if need is not None:
            need.take(item)
            if self._backlog.counting:
                self._backlog.add(need.queue, -1)
        self._stirred.pop(item, None)

    def came_in_sight(self, item: Item, now_us: int) -> None:
        """A delay of the item has passed: look again at who may have it, and wait for the next delay."""
        need = item.need
        assert need is not None, "only an item that can be found comes in sight"
        self._stirred[need if item.plain else item] = None
        self.now_us = now_us
        self._await_sight(need, item)

    def _await_sight(self, need: Need, item: Item) -> None:
        """Wait for the next delay after which further agents see the item."""
        later = [lane.delay_us for lane in need.lanes if item.ready_us + lane.delay_us > self.now_us]
        if later:
            self._deadlines.set(item.ready_us + min(later), "visible", item)

    # --- queues

    def shut(self, queue: str, shut: bool) -> None:
        """A queue closes or opens; what waits in it stays where it is."""
        self._backlog.shut(queue, shut)
        for need in self._needs.values():
            if need.queue == queue:
                need.close(shut)
                if not shut:
                    self._stir(need)

    def forget(self, project: str) -> None:
        """Other rules are in force: give up the project's needs; what stood in them is to be placed anew."""
        prefix = f"{project}/"
        for asking in [one for one in self._asked.values() if one.queue.startswith(prefix)]:
            self.roster.unseat(asking)
            for need in asking.needs.values():
                for item in list(need.items()):
                    self.take(item)
                    self.change(item)
                del self._needs[need.key]
                self._unseated.pop(need, None)
                self._stirred.pop(need, None)
            del self._asked[asking.asked]
            for queue in asking.queues:
                del self._served_by[queue][asking]

    def take_all(self) -> None:
        """Take every item, to be placed anew: by another order."""
        for need in self._needs.values():
            for item in list(need.items()):
                self.take(item)
                self.change(item)

    def site_changed(self, site: str) -> None:
        """A site went down or came back, so that needs that ask for it may be open to others."""
        for asking in self._asked.values():
            if site in asking.sites:
                self.roster.unseat(asking)
                for need in asking.needs.values():
                    self._unseated[need] = None
                    self._stir(need)

    def _add(self, key: NeedKey, rules: QueueRules) -> Need:
        asking = self._asking(key)
        need = self._needs[key] = asking.needs[key.channel] = Need(key, asking, rules.strategy)
        self.strategies.add(rules.strategy)
        need.close(not rules.open)
        self._unseated[need] = None
        return need

    def _asking(self, key: NeedKey) -> Qualification:
        asked = key.queues, key.skills, key.rings, key.sites, key.language, key.origin
        asking = self._asked.get(asked)
        if asking is None:
            asking = self._asked[asked] = Qualification(asked)
            for queue in asking.queues:
                self._served_by.setdefault(queue, {})[asking] = None
        return asking

    def _stir(self, need: Need) -> None:
        self._stirred[need] = None
        for item in need.others():
            self._stirred[item] = None

    # --- agents

    def _seat(self, need: Need) -> None:
        """Give a new need its agents."""
        for agent, use in self.roster.serving(need.queues):
            if not self._touched.get(agent):
                self.roster.take_seat(agent, need, use)
        self._watch_delays(need)

    def _sync(self, agent: AgentRecord, moved: bool) -> None:
        self.loose.pop(agent, None)
        if moved:
            for need in self.roster.leave(agent):
                for item in need.tried:
                    self._stirred[item] = None
            for need in self.roster.join(agent, self._served_by):
                self._watch_delays(need)
        if self.roster.update(agent):
            self.loose[agent] = None

    def _watch_delays(self, need: Need) -> None:
        """Where a need has become one that further agents see only later, its items are waited for."""
        for delay_us in need.take_new_delays():
            for item in need.items():
                if item.ready_us + delay_us > self.now_us:
                    self._deadlines.set(item.ready_us + delay_us, "visible", item)

    def park(self, agent: AgentRecord) -> None:
        """Enter an agent into the lanes of the channels with room, where new items find them."""
        if agent in self.loose:
            del self.loose[agent]
            self.roster.count()
            self.roster.park(agent)
