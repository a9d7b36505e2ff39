"""A decision as it is recorded: who was chosen, who came next, by what, and how many agents each rule excluded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.interaction.events import Candidate, Decision
from router.board import Board
from router.needs import REFUSALS, Need
from router.records import AgentRecord, Item
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN

#: How many who came next a recorded decision names.
RUNNERS_UP = 5


def decided(board: Board, item: Item, order: Sequence[AgentRecord], now: datetime, now_us: int) -> Decision:
    """The decision that the first of `order`, the agents who may have the item, gets it."""
    need = item.need
    assert need is not None, "only an item that can be found is decided on"
    chosen, *runners_up = (_candidate(agent, place, item, need) for place, agent in enumerate(order, 1))
    return Decision(
        position=board.position,
        at=now,
        policy=board.policies.projects[item.project].sha256,
        routing=board.policies.routing_sha256,
        strategy=need.order.name,
        items=board.order.name,
        chosen=chosen,
        runners_up=tuple(runners_up),
        excluded=excluded(board, need, item, now_us),
    )


def _candidate(agent: AgentRecord, place: int, item: Item, need: Need) -> Candidate:
    preferred = agent.agent_id == item.preferred
    return Candidate(
        agent_id=agent.agent_id,
        place=place,
        idle_since=None if agent.work else agent.idle_since,
        ring=0 if preferred else need.members[agent.agent_id].lane.ring,
        value=need.order.value(agent, need),
    )


def excluded(board: Board, need: Need, item: Item, now_us: int) -> dict[str, int]:
    """How many agents each rule excluded, from counts that the index keeps."""
    roster = board.index.roster
    ready, up, on_channel = len(roster.ready), len(roster.up), roster.by_channel.get(item.channel, 0)
    members = len(need.members)
    counts = {
        "state": len(board.agents) - ready,
        "site": ready - up,
        "channel": up - on_channel,
        "queue": on_channel - members - sum(need.refused),
        **dict(zip(REFUSALS, need.refused, strict=True)),
    }
    if item.plain:
        lanes = need.lanes.values()
        counts["concurrency"] = sum(lane.tally[NO_CONCURRENCY] for lane in lanes)
        counts["capacity"] = sum(lane.tally[NO_CAPACITY] for lane in lanes)
        counts["delay"] = sum(lane.tally[OPEN] for lane in lanes if not lane.sees(item, now_us))
    else:
        counts |= _by_history(need, item, now_us)
    return {rule: count for rule, count in counts.items() if count}


def _by_history(need: Need, item: Item, now_us: int) -> dict[str, int]:
    """The same for the rules from `excluded` on, where bans, earlier and open offers of the item have a say."""
    lanes, members = need.lanes.values(), need.members
    banned = [agent_id for agent_id in item.excluded if agent_id in members]
    counts = {"excluded": len(banned)}
    if item.kept:
        own = item.preferred in members and item.preferred not in item.excluded
        counts["preferred"] = len(members) - len(banned) - own
        return counts  # what remains is the preferred agent alone, who is chosen
    counts["concurrency"] = sum(lane.tally[NO_CONCURRENCY] for lane in lanes)
    counts["capacity"] = sum(lane.tally[NO_CAPACITY] for lane in lanes)
    counts["delay"] = sum(lane.tally[OPEN] for lane in lanes if not lane.sees(item, now_us))
    for agent_id in banned:
        member = members[agent_id]
        match member.room.full:
            case 1:
                counts["concurrency"] -= 1
            case 2:
                counts["capacity"] -= 1
            case _:
                counts["delay"] -= not member.lane.sees(item, now_us)
    counts["ringing"] = counts["tried"] = 0
    for agent_id in {**item.tries, **{offer.agent_id: 1 for offer in item.offers.values()}}:
        member = members.get(agent_id)
        if member is None or agent_id in item.excluded or member.room.full != OPEN:
            continue
        if member.lane.sees(item, now_us) and not need.admits(agent_id, item):
            counts["ringing" if item.rings_at(agent_id) else "tried"] += 1
    return counts
