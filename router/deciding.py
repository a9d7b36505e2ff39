"""A decision as it is recorded: who was chosen, who came next, by what, and how many agents each rule excluded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from domain.event import Fact
from domain.interaction.events import Candidate, Decision
from router.board import Board
from router.needs import Need
from router.records import AgentRecord, Item
from router.rules import NO_CAPACITY, NO_CONCURRENCY, OPEN

#: How many who came next a recorded decision names.
RUNNERS_UP = 5


_put = object.__setattr__
#: Shared by all of a kind: facts are frozen, so nobody adds to them.
_DECISION_FIELDS, _CANDIDATE_FIELDS = set(Decision.model_fields), set(Candidate.model_fields)


def _made(kind: type[Fact], fields: set[str], values: dict[str, Any]) -> Any:
    """A fact with exactly these fields, unchecked.

    The router makes tens of thousands of these a second, all fields from its own records, and checking them costs
    more than the decision itself. Every field is set, as it would be by validation, so such a fact equals and prints
    like a checked one (a test holds them together); the core checks it when it reads it back from the log.
    """
    fact = kind.__new__(kind)
    _put(fact, "__dict__", values)
    _put(fact, "__pydantic_fields_set__", fields)
    _put(fact, "__pydantic_extra__", None)
    _put(fact, "__pydantic_private__", None)
    return fact


def decided(board: Board, item: Item, order: Sequence[AgentRecord], now: datetime, now_us: int) -> Decision:
    """The decision that the first of `order`, the agents who may have the item, gets it."""
    need = item.need
    assert need is not None, "only an item that can be found is decided on"
    candidates = [_candidate(agent, place, item, need) for place, agent in enumerate(order, 1)]
    policies = board.policies
    return _made(
        Decision,
        _DECISION_FIELDS,
        {
            "position": board.position,
            "at": now,
            "policy": policies.projects[item.project].sha256,
            "routing": policies.routing_sha256,
            "strategy": need.order.name,
            "items": board.order.name,
            "chosen": candidates[0],
            "runners_up": tuple(candidates[1:]),
            "excluded": excluded(board, need, item, now_us),
        },
    )


def _candidate(agent: AgentRecord, place: int, item: Item, need: Need) -> Candidate:
    agent_id = agent.agent_id
    return _made(
        Candidate,
        _CANDIDATE_FIELDS,
        {
            "agent_id": agent_id,
            "place": place,
            "idle_since": None if agent.work else agent.idle_since,
            "ring": 0 if agent_id == item.preferred else agent.rows[need.asked].ring,
            "value": need.order.value(agent, need),
        },
    )


def excluded(board: Board, need: Need, item: Item, now_us: int) -> dict[str, int]:
    """How many agents each rule excluded, in the order of the rules, from counts that the index keeps."""
    full = _full(board, need, item, now_us)
    found = board.index.roster.unable(need, len(board.agents)).copy()
    if item.plain:
        if full[NO_CONCURRENCY]:
            found["concurrency"] = full[NO_CONCURRENCY]
        if full[NO_CAPACITY]:
            found["capacity"] = full[NO_CAPACITY]
        if full[OPEN]:
            found["delay"] = full[OPEN]
    else:
        found.update((rule, count) for rule, count in _by_history(need, item, now_us, full) if count)
    return found


def _full(board: Board, need: Need, item: Item, now_us: int) -> list[int]:
    """How many members lack room, by `Fullness`; under `OPEN` those with room who do not see the item yet."""
    full = [0, 0, 0]
    for lane in need.lanes:
        tally = lane.tally
        full[NO_CONCURRENCY] += tally[NO_CONCURRENCY]
        full[NO_CAPACITY] += tally[NO_CAPACITY]
        if lane.delay_us and not lane.sees(item, now_us):
            full[OPEN] += tally[OPEN]
    for agent in board.index.roster.uncounted:
        row, room = agent.rows.get(need.asked), agent.room(need.channel)
        if row is not None and room is not None and room.counted != room.full:
            late = row.delay_us and not row.lanes[need.channel].sees(item, now_us)
            for fullness, by in ((room.counted, -1), (room.full, 1)):
                full[fullness] += by if fullness != OPEN or late else 0
    return full


def _by_history(need: Need, item: Item, now_us: int, full: list[int]) -> Iterator[tuple[str, int]]:
    """The same for the rules from `excluded` on, where bans, earlier and open offers of the item have a say."""
    banned = [seat for agent_id in item.excluded if (seat := need.seat(agent_id)) is not None]
    yield "excluded", len(banned)
    if item.kept:
        own = item.preferred not in item.excluded and need.seat(item.preferred) is not None
        yield "preferred", need.members - len(banned) - own
        return  # what remains is the preferred agent alone, who is chosen
    for seat in banned:
        full[seat.room.full] -= seat.room.full != OPEN or not seat.lane.sees(item, now_us)
    yield from (("concurrency", full[NO_CONCURRENCY]), ("capacity", full[NO_CAPACITY]), ("delay", full[OPEN]))
    ringing = tried = 0
    for agent_id in {**item.tries, **{offer.agent_id: 1 for offer in item.offers.values()}}:
        seat = need.seat(agent_id)
        if seat is None or agent_id in item.excluded or seat.room.full != OPEN:
            continue
        if seat.lane.sees(item, now_us) and not need.admits(agent_id, item):
            rings = item.rings_at(agent_id)
            ringing, tried = ringing + rings, tried + (not rings)
    yield "ringing", ringing
    yield "tried", tried
