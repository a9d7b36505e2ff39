"""Who may get what: small named rules, each *allowed* or `Excluded` with a reason a person can read.

`AGENT_RULES` judge an agent for an item, in this order; an excluded agent is counted under the first rule that
excludes them. `ITEM_RULES` say whether an item can be offered to anybody at all. The index answers the same
questions without asking every agent; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from domain.centre.documents import QueueUse
from router.instants import SECOND, instant
from router.policies import QueueRules
from router.records import AgentRecord, Item

#: Whether one more item of a channel fits, and if not, why; the places in an index's tally.
Fullness = Literal[0, 1, 2]
OPEN: Final = 0
NO_CONCURRENCY: Final = 1
NO_CAPACITY: Final = 2


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
    """A candidate and an item at a moment.

    `fewest` is how often the least tried ready agent was tried; `kept`: the item is kept for its preferred agent, who
    is ready; `never`: who declined or missed it is not asked again; `down` are the sites that are down.
    """

    agent: AgentRecord
    item: Item
    now_us: int
    fewest: int
    kept: bool = False
    never: bool = False
    down: Container[str] = ()

    @property
    def use(self) -> QueueUse | None:
        """How the agent's profile uses the first of the item's queues that it serves."""
        return use_of(self.agent, self.item)


def use_of(agent: AgentRecord, item: Item) -> QueueUse | None:
    """How the agent's profile uses the first of the item's queues that it serves."""
    if agent.profile is None:
        return None
    queues = agent.profile.queues
    return next((queues[queue] for queue in (item.queue, *item.also) if queue in queues), None)


def in_use(agent: AgentRecord, channel: str) -> int:
    """Units in use that count against one more item of a channel: those of work that it interrupts do not."""
    assert agent.profile is not None, "only an agent with a profile has capacity"
    return agent.used - sum(agent.units.get(other, 0) for other in agent.profile.channels[channel].interrupts)


def fullness(agent: AgentRecord, channel: str) -> Fullness:
    """Whether one more item fits of a channel that the agent's profile has."""
    profile = agent.profile
    assert profile is not None, "only an agent with a profile has capacity"
    use = profile.channels[channel]
    if agent.counts.get(channel, 0) >= use.concurrency:
        return NO_CONCURRENCY
    return NO_CAPACITY if in_use(agent, channel) + use.units > profile.capacity else OPEN


def tries_of(item: Item, agent_id: str) -> int:
    """How often a leg was tried with an agent: declined, missed or ringing there now."""
    return item.tries.get(agent_id, 0) + item.rings_at(agent_id)


def _state(case: Case) -> str | None:
    return None if case.agent.ready else f"state: {case.agent.presence.replace('_', ' ')}"


def _site(case: Case) -> str | None:
    return f"site {case.agent.site}: down" if case.agent.site in case.down else None


def _channel(case: Case) -> str | None:
    if case.agent.profile is None:
        return "no routing profile"
    if case.item.channel in case.agent.paused:
        return f"channel {case.item.channel}: paused ({case.agent.paused[case.item.channel]})"
    if case.item.channel in case.agent.profile.channels:
        return None
    return f"channel {case.item.channel}: not in profile {case.agent.profile_name}"


def _queue(case: Case) -> str | None:
    if case.agent.profile is None or case.use is not None:
        return None
    queues = " or ".join((case.item.queue, *case.item.also))
    return f"queue {queues}: not in profile {case.agent.profile_name}"


def _ring(case: Case) -> str | None:
    use = case.use
    if use is None or use.ring <= case.item.rings:
        return None
    return f"ring: profile {case.agent.profile_name} is in ring {use.ring}, open up to ring {case.item.rings}"


def _sites(case: Case) -> str | None:
    sites = case.item.sites
    if not sites or case.agent.site in sites or all(site in case.down for site in sites):
        return None
    return f"sites: agent is at {case.agent.site}, only {', '.join(sites)} may take it"


def _skill(case: Case) -> str | None:
    for skill, level in case.item.skills:
        has = case.agent.skills.get(skill, 0)
        if has < level:
            return f"skill {skill}: has {has}, needs {level}"
    return None


def _language(case: Case) -> str | None:
    item, spoken = case.item, case.agent.languages
    if not item.language_required or not item.language or not spoken or item.language in spoken:
        return None
    return f"language {item.language}: speaks {', '.join(sorted(spoken))}"


def _excluded(case: Case) -> str | None:
    return "excluded: this customer must not reach this agent" if case.agent.agent_id in case.item.excluded else None


def _preferred(case: Case) -> str | None:
    if not case.kept or case.agent.agent_id == case.item.preferred:
        return None
    until = "" if case.item.preferred_us is None else f" until {instant(case.item.preferred_us).isoformat()}"
    return f"preferred: kept for {case.item.preferred}{until}"


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
    used = in_use(case.agent, channel)
    if used + use.units <= profile.capacity:
        return None
    return f"capacity: uses {used} of {profile.capacity}, {channel} needs {use.units}"


def _delay(case: Case) -> str | None:
    use = case.use
    if use is None or not use.delay:
        return None
    waited_us = case.now_us - case.item.ready_us
    if waited_us >= use.delay * SECOND:
        return None
    waited = f"{waited_us / SECOND:.0f} s"
    return f"delay: profile {case.agent.profile_name} sees this queue after {use.delay} s, it has waited {waited}"


def _ringing(case: Case) -> str | None:
    return "ringing: it already rings at this agent" if case.item.rings_at(case.agent.agent_id) else None


def _tried(case: Case) -> str | None:
    """Who declined or missed the leg gets it again only after all other ready agents who could take it, or never."""
    mine = case.item.tries.get(case.agent.agent_id, 0)
    if not mine or case.item.rings_at(case.agent.agent_id):
        return None
    if case.never:
        return f"tried: declined or missed it {mine}×, and nobody is asked twice"
    if mine <= case.fewest:
        return None
    return f"tried: declined or missed it {mine}×, another agent who could take it only {case.fewest}×"


Rule = Callable[[Case], str | None]
AGENT_RULES: tuple[tuple[str, Rule], ...] = (
    ("state", _state),
    ("site", _site),
    ("channel", _channel),
    ("queue", _queue),
    ("ring", _ring),
    ("sites", _sites),
    ("skill", _skill),
    ("language", _language),
    ("excluded", _excluded),
    ("preferred", _preferred),
    ("concurrency", _concurrency),
    ("capacity", _capacity),
    ("delay", _delay),
    ("ringing", _ringing),
    ("tried", _tried),
)


def _waiting(item: Item, rules: QueueRules | None) -> str | None:
    return None if item.status == "waiting" else f"waiting: the leg is {item.status.replace('_', ' ')}"


def _known_queue(item: Item, rules: QueueRules | None) -> str | None:
    return None if rules is not None else f"queue {item.queue}: not in the project's document"


def _open(item: Item, rules: QueueRules | None) -> str | None:
    return None if rules is None or rules.open else f"open: queue {item.queue} is closed"


def _due(item: Item, rules: QueueRules | None) -> str | None:
    if item.due or item.not_before_us is None:
        return None
    return f"due: not before {instant(item.not_before_us).isoformat()}"


def _expired(item: Item, rules: QueueRules | None) -> str | None:
    if not item.expired or item.expires_us is None:
        return None
    return f"expired: its time was out at {instant(item.expires_us).isoformat()}"


def _ring_width(item: Item, rules: QueueRules | None) -> str | None:
    if rules is None or len(item.offers) < rules.ring_width:
        return None
    return f"ring width: rings at {len(item.offers)} of {rules.ring_width}"


ItemRule = Callable[[Item, QueueRules | None], str | None]
ITEM_RULES: tuple[tuple[str, ItemRule], ...] = (
    ("waiting", _waiting),
    ("known_queue", _known_queue),
    ("open", _open),
    ("due", _due),
    ("expired", _expired),
    ("ring_width", _ring_width),
)


def _verdict(rule: str, reason: str | None) -> Verdict:
    return Verdict(rule, None if reason is None else Excluded(reason))


def judge_item(item: Item, rules: QueueRules | None) -> tuple[Verdict, ...]:
    """Every rule's verdict on whether the item can be offered to anybody; `rules` are its queue's."""
    return tuple(_verdict(name, rule(item, rules)) for name, rule in ITEM_RULES)


def judge_agent(case: Case) -> tuple[Verdict, ...]:
    """Every rule's verdict on the agent for the item."""
    return tuple(_verdict(name, rule(case)) for name, rule in AGENT_RULES)


def offerable(item: Item, rules: QueueRules | None) -> bool:
    """Whether no rule but closed hours keeps the item from being offered: `ITEM_RULES` in one breath."""
    if item.status != "waiting" or not item.due or item.expired or rules is None:
        return False
    return len(item.offers) < rules.ring_width
