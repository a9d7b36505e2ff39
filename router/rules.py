"""Who may get what: small named rules, each *allowed* or `Excluded` with a reason a person can read.

`AGENT_RULES` judge an agent for an item, in this order; an excluded agent is counted under the first rule that
excludes them. `ITEM_RULES` say whether an item can be offered to anybody at all. The index answers the same
questions without asking every agent; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from router.instants import SECOND, instant
from router.records import AgentRecord, Item, Policy

#: Whether one more item of a channel fits, and if not, why; the places in an index's tally.
Fullness = Literal[0, 1, 2]
OPEN, NO_CONCURRENCY, NO_CAPACITY = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Excluded:
    """Why not: `skill billing: has 1, needs 3`."""

    reason: str


class Verdict(NamedTuple):
    """One rule's answer; `excluded` None means allowed."""

    rule: str
    excluded: Excluded | None

    @property
    def allowed(self) -> bool:
        return self.excluded is None


@dataclass(frozen=True, slots=True)
class Case:
    """A candidate and an item at a moment. `fewest` is how often the least tried ready agent was tried."""

    agent: AgentRecord
    item: Item
    now_us: int
    fewest: int


def fullness(agent: AgentRecord, channel: str) -> Fullness:
    """Whether one more item fits of a channel that the agent's profile has."""
    profile = agent.profile
    assert profile is not None, "only an agent with a profile has capacity"
    use = profile.channels[channel]
    if agent.counts.get(channel, 0) >= use.concurrency:
        return NO_CONCURRENCY
    return NO_CAPACITY if agent.used + use.units > profile.capacity else OPEN


def tries_of(item: Item, agent_id: str) -> int:
    """How often a leg was tried with an agent: declined, missed or ringing there now."""
    return item.tries.get(agent_id, 0) + item.rings_at(agent_id)


def _state(case: Case) -> str | None:
    return None if case.agent.ready else f"state: {case.agent.presence.replace('_', ' ')}"


def _channel(case: Case) -> str | None:
    if case.agent.profile is None:
        return "no routing profile"
    if case.item.channel in case.agent.profile.channels:
        return None
    return f"channel {case.item.channel}: not in profile {case.agent.profile_name}"


def _queue(case: Case) -> str | None:
    if case.agent.profile is None or case.item.queue in case.agent.profile.queues:
        return None
    return f"queue {case.item.queue}: not in profile {case.agent.profile_name}"


def _skill(case: Case) -> str | None:
    for skill, level in case.item.skills:
        has = case.agent.skills.get(skill, 0)
        if has < level:
            return f"skill {skill}: has {has}, needs {level}"
    return None


def _concurrency(case: Case) -> str | None:
    profile, channel = case.agent.profile, case.item.channel
    if profile is None or (use := profile.channels.get(channel)) is None:
        return None
    has = case.agent.counts.get(channel, 0)
    return f"channel {channel}: has {has}, may have {use.concurrency}" if has >= use.concurrency else None


def _capacity(case: Case) -> str | None:
    profile, channel = case.agent.profile, case.item.channel
    if profile is None or (use := profile.channels.get(channel)) is None:
        return None
    if case.agent.used + use.units <= profile.capacity:
        return None
    return f"capacity: uses {case.agent.used} of {profile.capacity}, {channel} needs {use.units}"


def _delay(case: Case) -> str | None:
    profile = case.agent.profile
    if profile is None or (use := profile.queues.get(case.item.queue)) is None:
        return None
    waited = (case.now_us - case.item.ready_us) / SECOND
    if not use.delay or waited >= use.delay:
        return None
    return f"delay: profile {case.agent.profile_name} sees this queue after {use.delay} s, it has waited {waited:.0f} s"


def _ringing(case: Case) -> str | None:
    return "ringing: it already rings at this agent" if case.item.rings_at(case.agent.agent_id) else None


def _tried(case: Case) -> str | None:
    """Who declined or missed the leg gets it again only after all other ready agents who could take it."""
    mine = case.item.tries.get(case.agent.agent_id, 0)
    if mine <= case.fewest or case.item.rings_at(case.agent.agent_id):
        return None
    return f"tried: declined or missed it {mine}×, another agent who could take it only {case.fewest}×"


Rule = Callable[[Case], str | None]
AGENT_RULES: tuple[tuple[str, Rule], ...] = (
    ("state", _state),
    ("channel", _channel),
    ("queue", _queue),
    ("skill", _skill),
    ("concurrency", _concurrency),
    ("capacity", _capacity),
    ("delay", _delay),
    ("ringing", _ringing),
    ("tried", _tried),
)


def _waiting(item: Item, policy: Policy | None) -> str | None:
    return None if item.status == "waiting" else f"waiting: the leg is {item.status.replace('_', ' ')}"


def _known_queue(item: Item, policy: Policy | None) -> str | None:
    if policy is not None and item.queue_name in policy.queues:
        return None
    return f"queue {item.queue}: not in the project's document"


def _due(item: Item, policy: Policy | None) -> str | None:
    if item.due or item.not_before_us is None:
        return None
    return f"due: not before {instant(item.not_before_us).isoformat()}"


def _ring_width(item: Item, policy: Policy | None) -> str | None:
    if policy is None or (rules := policy.queues.get(item.queue_name)) is None:
        return None
    open_offers = len(item.offers)
    return f"ring: rings at {open_offers} of {rules.ring_width}" if open_offers >= rules.ring_width else None


ItemRule = Callable[[Item, Policy | None], str | None]
ITEM_RULES: tuple[tuple[str, ItemRule], ...] = (
    ("waiting", _waiting),
    ("known_queue", _known_queue),
    ("due", _due),
    ("ring", _ring_width),
)


def _verdict(rule: str, reason: str | None) -> Verdict:
    return Verdict(rule, None if reason is None else Excluded(reason))


def judge_item(item: Item, policy: Policy | None) -> tuple[Verdict, ...]:
    """Every rule's verdict on whether the item can be offered to anybody."""
    return tuple(_verdict(name, rule(item, policy)) for name, rule in ITEM_RULES)


def judge_agent(case: Case) -> tuple[Verdict, ...]:
    """Every rule's verdict on the agent for the item."""
    return tuple(_verdict(name, rule(case)) for name, rule in AGENT_RULES)


def offerable(item: Item, policy: Policy | None) -> bool:
    """Whether no rule keeps the item from being offered: `ITEM_RULES` in one breath, asked at every event."""
    if item.status != "waiting" or not item.due or policy is None:
        return False
    rules = policy.queues.get(item.queue_name)
    return rules is not None and len(item.offers) < rules.ring_width
