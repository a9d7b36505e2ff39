"""An explanation in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from infra.cli.log_shown import printable
from infra.explaining.reading import Verified
from infra.explaining.subject import Offered, Unoffered
from router.awaiting import Awaiting
from router.explaining import Explained, OtherAgent, Ranked, Remedy

#: Single changes that are named beside the smallest.
MOST_OTHERS = 8


def decision(what: Offered, found: Explained) -> str:
    """Why this agent, and why not the other one, if one was asked for."""
    return "\n".join([*_head(what, found), *_order(found), *(_other(found.other, found.made.agent_id))])


def waiting(what: Unoffered, found: Awaiting) -> str:
    """Why nobody had it."""
    where = f"interaction {found.interaction_id}, leg {found.leg}: {found.channel} in {found.queue}"
    verb = f"waited until it was {what.until}" if what.until else "waits"
    lines = [f"{where} {verb}; {_seconds(found.waited)} by {_time(found.at)}, never offered meanwhile."]
    if found.offered_next:
        lines.append(f"It is about to be offered to {found.offered_next}: the log ends before the router did so.")
    for verdict in found.against:
        assert verdict.excluded is not None, "only verdicts against it are collected"
        lines.append(f"Nobody may have it: {verdict.excluded.reason}.")
    lines.extend(_counts(found.excluded, found.agents, len(found.may)))
    if not found.offered_next:
        lines.extend(f"  {one.agent_id} may have it, but other work comes first for them" for one in found.may)
    if found.estimate is not None:
        told = found.estimate
        lines.append(f"Place {told.place} in line; estimated wait {_seconds(told.seconds)} ({told.method}).")
    lines.append("What changes next by itself:" if found.ahead else "Nothing changes by itself: only an event helps.")
    lines.extend(f"  {_time(one.at) if one.at else 'no date':<27}  {one.words}" for one in found.ahead)
    return "\n".join([*lines, *_other(found.other, found.offered_next)])


def verified(found: Verified) -> str:
    """The outcome of making every decision again."""
    counted = f"{found.decisions} decisions made again from {found.events} events of {found.pools} pools"
    if found.same:
        return f"{counted}: every one the same, byte for byte"
    lines = [
        f"position {one.made.position}: {one.made.interaction_id} leg {one.made.leg} to {one.made.agent_id}: "
        + ("decided otherwise" if one.again is not None else "would not be offered")
        for one in found.differing
    ]
    more = found.differ - len(found.differing)
    return "\n".join([*lines, *([f"and {more} more"] if more else []), f"{counted}: {found.differ} differ"])


def _head(what: Offered, found: Explained) -> Iterator[str]:
    made = found.made
    number = f"offer {what.number} of {what.of}" if what.of > 1 else "the only offer"
    yield f"interaction {made.interaction_id}, leg {made.leg}, {number}: {found.channel} in {found.queue}"
    yield (
        f"Offered to {made.agent_id} at {_time(made.decision.at)}, after {_seconds(found.waited)} of waiting "
        f"(event {made.position}, decided at {made.decision.position})."
    )
    rules = f"project {made.decision.policy[:12]}"
    rules += f", centre {made.decision.routing[:12]}" if made.decision.routing else ""
    yield f"Rules: {rules}; agents by {made.decision.strategy}, items by {made.decision.items or 'the default'}."
    again = "the same, byte for byte" if found.same else "NOT the same: another version of the router decided it"
    yield f"Made again from the log alone: {again}."


def _order(found: Explained) -> Iterator[str]:
    yield f"{found.eligible} of {found.agents} agents could have it; the first in this order was chosen:"
    yield from (_ranked(one) for one in found.order)
    if found.eligible > len(found.order):
        yield f"  and {found.eligible - len(found.order)} more"
    yield from _counts(found.excluded, found.agents, found.eligible)


def _ranked(one: Ranked) -> str:
    keys = "; ".join(f"{key.name}: {_key(key.shown)}" for key in one.keys if key.name != "agent id")
    return f"  {one.place:>2}. {one.agent_id:<16} {keys}"


def _counts(excluded: Mapping[str, int], agents: int, may: int) -> Iterator[str]:
    if excluded:
        by_rule = ", ".join(f"{count} by {rule}" for rule, count in excluded.items())
        yield f"Excluded, each under the first rule that does so: {by_rule}."
    elif not agents:
        yield "There are no agents."


def _other(other: OtherAgent | None, chosen: str) -> Iterator[str]:
    if other is None:
        return
    yield ""
    if other.chosen:
        yield f"{other.agent_id} was chosen."
        return
    yield f"Why not {other.agent_id}?"
    against = [verdict.excluded.reason for verdict in other.verdicts if verdict.excluded is not None]
    yield from (f"  {'' if n else 'excluded by '}{reason}" for n, reason in enumerate(against))
    if other.just_offered:
        yield f"  just before, {other.agent_id} was offered {', '.join(other.just_offered)}"
    if other.ranked is not None:
        yield f"  in the order, {other.agent_id} came {_place(other.ranked.place)}"
    if other.compared is not None:
        first, mine = _key(other.compared.first), _key(other.compared.other)
        yield f"  {other.compared.key} decided: {chosen or 'the first'} {first}, {other.agent_id} {mine}"
    yield from _remedies(other)


def _remedies(other: OtherAgent) -> Iterator[str]:
    if not other.remedies:
        yield (
            f"No single change and no two of those tried ({other.tried} boards were decided again) "
            f"would have led to an offer to {other.agent_id}."
        )
        return
    smallest, *others = other.remedies
    if len(smallest.words) > 1:
        yield "No single change that was tried would have been enough; these two together would:"
    yield f"It would have been offered to {other.agent_id}, had {_remedy(smallest)}."
    yield from (f"  or had {_remedy(one)}" for one in others[:MOST_OTHERS])


def _remedy(one: Remedy) -> str:
    return " and ".join(one.words)


def _place(place: int) -> str:
    suffix = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{suffix}"


def _key(shown: str) -> str:
    return printable(shown)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + " UTC"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {seconds % 60:.0f} s"
