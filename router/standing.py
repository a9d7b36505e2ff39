"""Where every agent stands for one item at one moment: every rule's verdict, and the order with each of its keys.

Asked of the board, agent by agent, without the index: an explanation is worth a scan, and must not disturb what it
explains.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from router.board import Board
from router.instants import instant
from router.policies import QueueRules
from router.records import AgentRecord, Item
from router.rules import AGENT_RULES, Case, Verdict, judge_agent, judge_item, tries_of, use_of
from router.strategies import STRATEGIES

#: Rules that an agent must pass to count among those who could be asked before somebody is asked again.
_QUALIFYING = frozenset({"state", "site", "channel", "queue", "ring", "sites", "skill", "language", "excluded"})

#: What each strategy orders by, first to last, and whether its keys are shown with the sign turned (more is better).
_PARTS: dict[str, tuple[tuple[str, bool], ...]] = {
    "longest_idle": (("units held", False), ("idle since", False)),
    "most_spare": (("units spare", True), ("idle since", False)),
    "most_spare_share": (("share of capacity spare", True), ("idle since", False)),
    "least_occupied": (("share of time at work", False), ("idle since", False)),
    "most_skilled": (("least level", True), ("idle since", False)),
    "least_skilled": (("least level", False), ("skills in all", False), ("idle since", False)),
    "round_robin": (("last offer from this queue, by position", False), ("idle since", False)),
}


class Key(NamedTuple):
    """One key of the order of agents: its name, what it sorts by (smallest first) and how it reads."""

    name: str
    sorts: float | str
    shown: str


class Standing(NamedTuple):
    """An agent who may have the item, with the keys that say where in the order."""

    agent: AgentRecord
    keys: tuple[Key, ...]

    @property
    def sorts(self) -> tuple[float | str, ...]:
        return tuple(key.sorts for key in self.keys)


class Judge:
    """Judges agents for one item on a board as it is now."""

    def __init__(self, board: Board, item: Item, now_us: int) -> None:
        self._board, self._item, self._now_us = board, item, now_us
        self.rules: QueueRules | None = board.policies.rules(item.project, item.queue_name)
        self._kept = board.kept(item)
        self._never = self.rules is not None and self.rules.never_again(item.channel)
        self._fewest = self._fewest_tries() if item.tries else 0

    def of_item(self) -> tuple[Verdict, ...]:
        """Every rule's verdict on whether the item can be offered to anybody."""
        return judge_item(self._item, self.rules)

    def of(self, agent: AgentRecord) -> tuple[Verdict, ...]:
        """Every rule's verdict on the agent."""
        return judge_agent(self._case(agent))

    def first_against(self, agent: AgentRecord) -> Verdict | None:
        """The first rule that excludes the agent; None when they may have the item."""
        return next((verdict for verdict in self.of(agent) if not verdict.allowed), None)

    def order(self) -> list[Standing]:
        """Everybody who may have the item, the first first."""
        may = [agent for agent in self._board.agents.values() if self.first_against(agent) is None]
        return sorted((self.standing(agent) for agent in may), key=lambda one: one.sorts)

    def counts(self) -> dict[str, int]:
        """How many agents each rule excludes first, in the order of the rules."""
        found = dict.fromkeys((name for name, _ in AGENT_RULES), 0)
        for agent in self._board.agents.values():
            verdict = self.first_against(agent)
            if verdict is not None:
                found[verdict.rule] += 1
        return {rule: count for rule, count in found.items() if count}

    def standing(self, agent: AgentRecord) -> Standing:
        return Standing(agent, tuple(self._keys(agent)))

    def _keys(self, agent: AgentRecord) -> Iterable[Key]:
        item, rules = self._item, self.rules
        assert rules is not None, "nobody may have an item of a queue that is not known"
        preferred = agent.agent_id == item.preferred
        yield Key("preferred agent", 0 if preferred else 1, "yes" if preferred else "no")
        use = use_of(agent, item)
        ring = use.ring if use is not None else 0
        yield Key("ring", ring, str(ring))
        if rules.own_first and item.site:
            own = agent.site == item.site
            yield Key("own site", 0 if own else 1, f"{agent.site}, {'own' if own else 'another'}")
        values = STRATEGIES[rules.strategy].key(agent, item)
        for (name, turned), value in zip(_PARTS[rules.strategy], values, strict=True):
            yield Key(name, value, _shown(name, -value if turned else value))
        yield Key("agent id", agent.agent_id, agent.agent_id)

    def _case(self, agent: AgentRecord) -> Case:
        return Case(agent, self._item, self._now_us, self._fewest, self._kept, self._never, self._board.down)

    def _fewest_tries(self) -> int:
        qualified = [agent for agent in self._board.agents.values() if self._qualifies(agent)]
        return min((tries_of(self._item, agent.agent_id) for agent in qualified), default=0)

    def _qualifies(self, agent: AgentRecord) -> bool:
        case = Case(agent, self._item, self._now_us, 0, False, False, self._board.down)
        return all(rule(case) is None for name, rule in AGENT_RULES if name in _QUALIFYING)


def decided_by(first: Standing, other: Standing) -> tuple[Key, Key]:
    """The first key in which two agents differ, of each of them."""
    return next((a, b) for a, b in zip(first.keys, other.keys, strict=True) if a.sorts != b.sorts)


def _shown(name: str, value: float) -> str:
    if name == "idle since":
        return instant(int(value)).isoformat(timespec="milliseconds") if value else "never at work yet"
    if name.startswith("share"):
        return f"{value:.3f}"
    return f"{value:g}"
