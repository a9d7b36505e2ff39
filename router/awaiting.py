"""Why nobody has a waiting item yet: who is excluded by which rule, and what changes next without any event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.centre.hours import next_change
from domain.centre.routing import Step
from router.estimate import Estimate
from router.explaining import OtherAgent, Ranked, agent_of, item_of, ranked, searched
from router.instants import SECOND, instant
from router.records import Item
from router.rehearsing import Rehearsal
from router.rules import Verdict, use_of
from router.standing import Judge
from router.waits import Waits

#: How many agents who may have it, and things to come, are named.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Ahead:
    """Something that changes by itself at `at`; None: as soon as somebody who could take it then signs in."""

    kind: str
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A leg that waits, at a moment. `against` are the rules that keep it from everybody.

    `may` are agents whom no rule excludes: an offer to the first of them is on its way, or they are busy with what
    came first. `waited` in seconds.
    """

    interaction_id: str
    leg: str
    position: int
    at: datetime
    queue: str
    channel: str
    arrived_at: datetime
    waited: float
    against: tuple[Verdict, ...]
    agents: int
    excluded: Mapping[str, int]
    may: tuple[Ranked, ...]
    offered_next: str
    estimate: Estimate | None
    ahead: tuple[Ahead, ...]
    other: OtherAgent | None


def await_(rehearsal: Rehearsal, waits: Waits, where: tuple[str, str], at: datetime, other: str | None) -> Awaiting:
    """Explain why the leg `where` (interaction and leg) waits, at a moment not before the last event.

    Raises `NotFound` for a leg that is not open on the board, or an agent who is not on it.
    """
    item = item_of(rehearsal, *where)
    agent = None if other is None else agent_of(rehearsal, other)
    board = rehearsal.board
    matches = list(rehearsal.look(at))
    waits.due(rehearsal.now_us)  # so that it is known which steps wait for somebody
    judge = Judge(board, item, rehearsal.now_us)
    against = tuple(verdict for verdict in judge.of_item() if not verdict.allowed)
    order = [] if against else judge.order()
    next_offer = next((match.agent.agent_id for match in matches if match.item is item), "")
    of_other = None
    if agent is not None:
        place = next((n for n, one in enumerate(order, 1) if one.agent is agent), None)
        verdicts = (*judge.of_item(), *judge.of(agent))
        found = OtherAgent(
            agent_id=agent.agent_id,
            chosen=next_offer == agent.agent_id,
            verdicts=verdicts,
            excluded_by=next((one for one in verdicts if not one.allowed), None),
            ranked=None if place is None else ranked(order, place),
            compared=None,
            just_offered=tuple(match.item.interaction_id for match in matches if match.agent is agent),
            remedies=(),
            tried=0,
        )
        before = [match.item for match in matches if match.agent is agent]
        of_other = searched(rehearsal, item, agent, found, board.agents.get(next_offer), before)
    waiting = item.status == "waiting"
    return Awaiting(
        interaction_id=item.interaction_id,
        leg=item.leg,
        position=board.position,
        at=instant(rehearsal.now_us),
        queue=item.queue,
        channel=item.channel,
        arrived_at=instant(item.arrived_us),
        waited=(rehearsal.now_us - item.ready_us) / SECOND,
        against=against,
        agents=len(board.agents),
        excluded=judge.counts(),
        may=tuple(ranked(order, n) for n in range(1, min(len(order), SHOWN) + 1)),
        offered_next=next_offer,
        estimate=waits.estimate(item, rehearsal.now_us) if waiting else None,
        ahead=tuple(_ahead(rehearsal, waits, item)) if waiting else (),
        other=of_other,
    )


def _ahead(rehearsal: Rehearsal, waits: Waits, item: Item) -> list[Ahead]:
    """What changes by itself, the next first; steps that wait for somebody last."""
    found = [one for one in _changes(rehearsal, waits, item) if one.at is None or one.at >= instant(rehearsal.now_us)]
    return sorted(found, key=lambda one: (one.at is None, one.at or instant(0), one.words))[:SHOWN]


def _changes(rehearsal: Rehearsal, waits: Waits, item: Item) -> Iterator[Ahead]:
    now, rules = instant(rehearsal.now_us), rehearsal.board.policies.rules(item.project, item.queue_name)
    if rules is not None and rules.hours is not None and (change := next_change(rules.hours, now)) is not None:
        verb = "closes" if rules.open else "opens"
        yield Ahead("hours", f"queue {item.queue} {verb}", change)
    if not item.due and item.not_before_us is not None:
        yield Ahead("due", "it falls due", instant(item.not_before_us))
    for offer in item.offers.values():
        if offer.expires_us is not None:
            yield Ahead("offer", f"the offer to {offer.agent_id} times out", instant(offer.expires_us))
    if item.preferable and item.preferred_us is not None:
        words = f"it is kept for {item.preferred} no longer"
        yield Ahead("preferred", words, instant(item.preferred_us))
    if item.expires_us is not None:
        yield Ahead("expiry", "it is given up", instant(item.expires_us))
    yield from _steps(waits, item, now)
    yield from _delays(rehearsal, item)


def _steps(waits: Waits, item: Item, now: datetime) -> Iterator[Ahead]:
    queue = waits.rules(item)
    for step in waits.steps(item):
        if queue is None:
            return
        words = f"step {step.number}: {step_in_words(queue.steps[step.number - 1])}"
        if step.held:
            yield Ahead("step", f"{words}, once somebody who could then take it signs in", None)
        elif step.due_us is not None:
            yield Ahead("step", words, max(instant(step.due_us), now))


def _delays(rehearsal: Rehearsal, item: Item) -> Iterator[Ahead]:
    """Ready agents who will see it once it has waited longer, by the delay of their profile."""
    judge = Judge(rehearsal.board, item, rehearsal.now_us)
    seen: dict[int, list[str]] = {}
    for agent in rehearsal.board.agents.values():
        verdicts = [verdict.rule for verdict in judge.of(agent) if not verdict.allowed]
        use = use_of(agent, item)
        if verdicts == ["delay"] and use is not None:
            seen.setdefault(item.ready_us + use.delay * SECOND, []).append(agent.agent_id)
    for at_us, agents in seen.items():
        who = agents[0] if len(agents) == 1 else f"{len(agents)} further agents"
        yield Ahead("delay", f"{who} may see it", instant(at_us))


def step_in_words(step: Step) -> str:
    """What a step changes, as a list of short phrases."""
    parts = [
        *(f"{skill} from level {level}" for skill, level in step.lower.items()),
        *(f"{skill} no longer asked for" for skill in step.drop),
        *([f"agents of queue {step.add_queue} too"] if step.add_queue else []),
        *([f"rings up to {step.open_rings}"] if step.open_rings else []),
        *([f"sites {', '.join(step.add_sites)} too"] if step.add_sites else []),
        *(["any language"] if step.any_language else []),
        *([f"priority {step.priority}"] if step.priority is not None else []),
        *(["a callback is offered"] if step.offer_callback else []),
        *(["voicemail"] if step.voicemail else []),
        *(["a text is sent"] if step.message else []),
    ]
    return ", ".join(parts)
