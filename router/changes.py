"""Small changes of a board that may make another agent the first for an item: each applied, tried and taken back.

None of them is believed: whoever searches decides again on the changed board. Sizes order them, smallest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from domain.centre.documents import ChannelUse, Profile, QueueUse
from router.board import Board
from router.instants import SECOND
from router.policies import QueueRules
from router.records import AgentRecord, Item
from router.rules import use_of
from router.standing import Judge

Undo = Callable[[], None]


class Change(NamedTuple):
    """`words` complete "It would have gone to B, had …"; `apply` makes it so and returns how to undo it."""

    kind: str
    size: int
    words: str
    apply: Callable[[], Undo]


class Changes:
    """What could be otherwise about `agent` and `item`.

    `first` is who was chosen instead, if anybody; `before` are other items that the agent was offered just before.
    """

    def __init__(
        self,
        board: Board,
        item: Item,
        agent: AgentRecord,
        first: AgentRecord | None,
        now_us: int,
        before: Sequence[Item] = (),
    ) -> None:
        self._board, self._item, self._agent, self._first, self._before = board, item, agent, first, before
        self._now_us = now_us
        self._against = {verdict.rule for verdict in Judge(board, item, now_us).of(agent) if not verdict.allowed}

    def all(self) -> list[Change]:
        """Every change worth trying, smallest first."""
        found = [*self._of_the_agent(), *self._of_what_they_hold(), *self._of_their_profile(), *self._of_the_item()]
        found.extend([*self._of_the_queue(), *self._of_the_order()])
        return sorted(found, key=lambda change: change.size)

    # --- the agent

    def _of_the_agent(self) -> Iterator[Change]:
        agent, item = self._agent, self._item
        for skill, level in item.skills:
            has = agent.skills.get(skill, 0)
            if has < level:
                words = f"they had {skill} at level {level} instead of {has or 'none'}"
                yield self._moved("skill", level - has, words, skills={**agent.skills, skill: level})
        if not agent.ready:
            ready: dict[str, Any] = {"presence": "ready", "idle_us": self._now_us}
            words = f"they been ready instead of {agent.presence.replace('_', ' ')}"
            yield self._moved("ready", 1, words, **ready)
        if item.channel in agent.paused:
            paused = {channel: why for channel, why in agent.paused.items() if channel != item.channel}
            yield self._moved("channel_taken", 1, f"they been taking {item.channel}", paused=paused)
        if "language" in self._against:
            words = f"they spoken the customer's language ({item.language})"
            yield self._moved("language", 1, words, languages=agent.languages | {item.language})
        if agent.site in self._board.down:
            yield Change("site_up", 2, f"their site {agent.site} been up", self._site_up)

    def _of_what_they_hold(self) -> Iterator[Change]:
        agent = self._agent
        smallest = sorted(agent.work.items(), key=lambda one: (one[1].units, one[0]))
        for channel in dict.fromkeys(held.channel for _, held in smallest):
            work_id, held = next(one for one in smallest if one[1].channel == channel)
            units = "1 unit" if held.units == 1 else f"{held.units} units"
            words = f"they held one piece of {channel} work less ({units})"
            yield Change("freed", held.units, words, partial(self._free, work_id))

    def _of_their_profile(self) -> Iterator[Change]:
        agent, item, profile = self._agent, self._item, self._agent.profile
        if profile is None:
            return
        use = use_of(agent, item)
        if use is None:
            queues = {**profile.queues, item.queue: QueueUse()}
            yield self._profile("queue", 3, f"their profile served the queue {item.queue}", queues=queues)
        elif use.delay * SECOND > self._now_us - item.ready_us:
            waited = max(0, self._now_us - item.ready_us) // SECOND
            words = f"their profile seen this queue after {waited} s of waiting instead of {use.delay} s"
            yield self._use("delay", 1, words, delay=int(waited))
        channel = profile.channels.get(item.channel)
        if channel is None:
            channels = {**profile.channels, item.channel: ChannelUse(concurrency=1)}
            yield self._profile("channel", 3, f"their profile had the channel {item.channel}", channels=channels)
        else:
            yield from self._of_their_room(profile, channel)

    def _of_their_room(self, profile: Profile, channel: ChannelUse) -> Iterator[Change]:
        name = self._item.channel
        more = channel.model_copy(update={"concurrency": channel.concurrency + 1})
        words = f"their profile allowed {channel.concurrency + 1} of {name} at once instead of {channel.concurrency}"
        yield self._profile("concurrency", 2, words, channels={**profile.channels, name: more})
        capacity = profile.capacity + channel.units
        words = f"their profile had {capacity} units of capacity instead of {profile.capacity}"
        yield self._profile("capacity", 1 + channel.units, words, capacity=capacity)

    # --- the item

    def _of_the_item(self) -> Iterator[Change]:
        item, agent = self._item, self._agent
        use = use_of(agent, item)
        if use is not None and use.ring > item.rings:
            yield self._changed("ring_opened", 1, f"ring {use.ring} been open to it", rings=use.ring)
        if "sites" in self._against:
            yield self._changed("site_opened", 1, f"site {agent.site} been open to it", sites=(*item.sites, agent.site))
        if "language" in self._against:
            words = "its customer's language not been required"
            yield self._changed("language_waived", 1, words, language_required=False)
        if "excluded" in self._against:
            words = "their customer not been kept from them"
            yield self._changed("readmitted", 2, words, excluded=item.excluded - {agent.agent_id})
        if "preferred" in self._against:
            words = f"it no longer been kept for {item.preferred}"
            yield self._changed("not_kept", 1, words, preferable=False, preferred="")
        if item.tries.get(agent.agent_id):
            tries = {one: count for one, count in item.tries.items() if one != agent.agent_id}
            yield self._changed("not_tried", 1, "they not declined or missed it before", tries=tries)
        for other in self._before:
            words = f"{other.interaction_id} not been waiting too, which was offered to them just before"
            yield Change("came_first", 2, words, partial(self._set_item, {"due": False}, other))

    def _of_the_queue(self) -> Iterator[Change]:
        item, rules = self._item, self._board.policies.rules(self._item.project, self._item.queue_name)
        if not item.due:
            yield self._changed("due", 1, "it been due already", due=True)
        if rules is None:
            return
        if not rules.open:
            yield Change("open", 2, f"queue {item.queue} been open", lambda: self._open(rules))
        width = max(rules.ring_width, len(item.offers)) + 1
        words = f"its queue let it ring at {width} agents at once instead of {rules.ring_width}"
        yield Change("ring_width", 3, words, lambda: self._widen(rules, width))

    # --- the order of agents

    def _of_the_order(self) -> Iterator[Change]:
        agent, first, item = self._agent, self._first, self._item
        if first is None or first is agent:
            return
        if item.preferred != agent.agent_id:
            yield self._changed("preferred", 3, "they been its preferred agent", preferred=agent.agent_id)
        if agent.idle_us >= first.idle_us:
            earlier = min(first.idle_us - 1, first.idle_us // SECOND * SECOND)
            seconds = -(-(agent.idle_us - earlier) // SECOND)
            words = f"they been idle {seconds} s longer, since before {first.agent_id}"
            yield self._held("idle", 1, words, idle_us=agent.idle_us - seconds * SECOND)
        yield from self._of_their_ring()
        if item.site and agent.site != item.site:
            yield self._moved("moved", 3, f"they been at site {item.site} instead of {agent.site}", site=item.site)
        if agent.occupancy >= first.occupancy > 0:
            words = f"their share of time at work been below {first.occupancy:.3f} instead of {agent.occupancy:.3f}"
            yield self._held("occupancy", 2, words, occupancy=first.occupancy * (1 - 1e-9))
        turn, theirs = agent.turn(item.queue), first.turn(item.queue)
        if turn >= theirs > 0:
            words = f"their last offer from this queue come before {first.agent_id}'s"
            yield self._held("turn", 2, words, turns={**agent.turns, item.queue: theirs - 1})
        for skill, _ in item.skills:
            level, other = agent.skills.get(skill, 0), first.skills.get(skill, 0)
            if level <= other < 10:
                words = f"they had {skill} at level {other + 1} instead of {level or 'none'}"
                yield self._moved("skill", other + 1 - level, words, skills={**agent.skills, skill: other + 1})

    def _of_their_ring(self) -> Iterator[Change]:
        assert self._first is not None, "only asked beside somebody who was chosen"
        use, theirs = use_of(self._agent, self._item), use_of(self._first, self._item)
        if use is not None and theirs is not None and use.ring > theirs.ring:
            words = f"their profile been in ring {theirs.ring} of the queue instead of {use.ring}"
            yield self._use("ring", 2, words, ring=theirs.ring)

    # --- how each is made and taken back

    def _moved(self, kind: str, size: int, words: str, **values: Any) -> Change:
        return Change(kind, size, words, lambda: self._set_agent(values, moved=True))

    def _held(self, kind: str, size: int, words: str, **values: Any) -> Change:
        return Change(kind, size, words, lambda: self._set_agent(values, moved=False))

    def _changed(self, kind: str, size: int, words: str, **values: Any) -> Change:
        return Change(kind, size, words, lambda: self._set_item(values))

    def _profile(self, kind: str, size: int, words: str, **values: Any) -> Change:
        def apply() -> Undo:
            assert self._agent.profile is not None, "only asked of an agent with a profile"
            return self._set_agent({"profile": self._agent.profile.model_copy(update=values)}, moved=True)

        return Change(kind, size, words, apply)

    def _use(self, kind: str, size: int, words: str, **values: Any) -> Change:
        """Another use of the queue by which the agent sees the item."""

        def apply() -> Undo:
            profile, item = self._agent.profile, self._item
            assert profile is not None, "only asked of an agent whose profile serves the queue"
            queue = next(queue for queue in (item.queue, *item.also) if queue in profile.queues)
            queues = {**profile.queues, queue: profile.queues[queue].model_copy(update=values)}
            return self._set_agent({"profile": profile.model_copy(update={"queues": queues})}, moved=True)

        return Change(kind, size, words, apply)

    def _set_agent(self, values: dict[str, Any], *, moved: bool) -> Undo:
        agent = self._agent
        before = {name: getattr(agent, name) for name in values}

        def note() -> None:
            self._board.index.touch(agent, moved=moved)
            # what may be kept for this agent depends on whether they are there
            for item in self._board.legs.all():
                if item.preferred == agent.agent_id:
                    self._board.index.change(item)

        return self._set(agent, values, before, note)

    def _set_item(self, values: dict[str, Any], other: Item | None = None) -> Undo:
        item = self._item if other is None else other
        before = {name: getattr(item, name) for name in values}
        return self._set(item, values, before, lambda: self._board.index.change(item))

    def _set(self, one: Any, values: dict[str, Any], before: dict[str, Any], note: Callable[[], None]) -> Undo:
        def put(these: dict[str, Any]) -> None:
            for name, value in these.items():
                setattr(one, name, value)
            note()

        put(values)
        return lambda: put(before)

    def _free(self, work_id: str) -> Undo:
        agent = self._agent
        work = dict(agent.work)  # with its order: what is held is never looked at in another
        held = agent.free(work_id)
        assert held is not None, "the agent holds it"
        self._board.index.touch(agent)

        def undo() -> None:
            agent.hold(work_id, held.channel, held.units)
            agent.work.clear()
            agent.work.update(work)
            self._board.index.touch(agent)

        return undo

    def _open(self, rules: QueueRules) -> Undo:
        def turn(is_open: bool) -> None:
            rules.open = is_open
            self._board.index.shut(self._item.queue, not is_open)

        turn(True)
        return lambda: turn(False)

    def _widen(self, rules: QueueRules, width: int) -> Undo:
        before = rules.ring_width

        def turn(to: int) -> None:
            rules.ring_width = to
            for item in self._board.legs.of_project(self._item.project):
                if item.queue == self._item.queue:
                    self._board.index.change(item)

        turn(width)
        return lambda: turn(before)

    def _site_up(self) -> Undo:
        site, board = self._agent.site, self._board
        there = [agent for agent in board.agents.values() if agent.site == site]

        def turn(up: bool) -> None:
            (board.down.discard if up else board.down.add)(site)
            for agent in there:
                agent.up = up
                board.index.touch(agent, moved=True)
            board.index.site_changed(site)
            for item in board.legs.all():
                if item.preferable:
                    board.index.change(item)

        turn(True)
        return lambda: turn(False)
