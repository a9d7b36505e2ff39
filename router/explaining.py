"""Why this agent, why not that one, and the smallest change that would have chosen that one.

A board is folded to the position of a decision and asked again at its time. Everything said here is read off that
board; every change that is named was made on it and decided again, so it is never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from domain.rejection import NotFound
from router.changes import Change, Changes
from router.instants import instant
from router.matching import Match
from router.records import AgentRecord, Item
from router.redeciding import Made
from router.rehearsing import Rehearsal
from router.rules import Verdict
from router.standing import Judge, Key, Standing, decided_by

#: Single changes that are tried, and the smallest of them that are tried in pairs.
MOST_CHANGES, MOST_PAIRED = 60, 16
#: How many of the order of agents are shown.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """An agent's place in the order, from 1, with every key of it."""

    agent_id: str
    place: int
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The first key in which two agents differ."""

    key: str
    first: str
    other: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes that together would have led to an offer to the other agent: one, or two where no single one does."""

    kinds: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherAgent:
    """Why not this agent. `ranked` and `compared` where no rule excluded them.

    `just_offered` are interactions that were offered to them a moment before, in the same look at the board.
    `remedies` would have led to an offer to them, the smallest first; empty: no one and no two of the changes tried.
    """

    agent_id: str
    chosen: bool
    verdicts: tuple[Verdict, ...]
    excluded_by: Verdict | None
    ranked: Ranked | None
    compared: Compared | None
    just_offered: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    tried: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision, made again. `same`: byte for byte what was recorded; `waited` in seconds, at the decision."""

    made: Made
    same: bool
    queue: str
    channel: str
    arrived_at: datetime
    waited: float
    order: tuple[Ranked, ...]
    eligible: int
    agents: int
    excluded: Mapping[str, int]
    other: OtherAgent | None


def explain(rehearsal: Rehearsal, made: Made, other: str | None = None) -> Explained:
    """Explain a recorded decision on a board that was folded to its position.

    Raises `NotFound` for an agent or a leg that was not on the board, `ValueError` for a board at another position.
    """
    board, decision = rehearsal.board, made.decision
    if board.position != decision.position:
        raise ValueError(f"the board stands at {board.position}, the decision was made at {decision.position}")
    item = item_of(rehearsal, made.interaction_id, made.leg)
    agent = None if other is None else agent_of(rehearsal, other)
    matches = list(rehearsal.look(decision.at))
    place = next((n for n, match in enumerate(matches) if _is(match, item, made.agent_id)), None)
    earlier = matches[: 0 if place is None else place]
    with rehearsal.after(earlier):
        judge = Judge(board, item, rehearsal.now_us)
        order = judge.order()
        excluded = judge.counts()
        of_other = None if agent is None else _other(rehearsal, judge, order, item, agent, earlier)
    if agent is not None and of_other is not None:
        before = [match.item for match in earlier if match.agent is agent]
        of_other = searched(rehearsal, item, agent, of_other, board.agents.get(made.agent_id), before)
    return Explained(
        made=made,
        same=place is not None and matches[place].decision.model_dump_json() == decision.model_dump_json(),
        queue=item.queue,
        channel=item.channel,
        arrived_at=instant(item.arrived_us),
        waited=(rehearsal.now_us - item.ready_us) / 1e6,
        order=tuple(ranked(order, n) for n in range(1, min(len(order), SHOWN) + 1)),
        eligible=len(order),
        agents=len(board.agents),
        excluded=excluded,
        other=of_other,
    )


def item_of(rehearsal: Rehearsal, interaction_id: str, leg: str) -> Item:
    """Raises `NotFound` for a leg that is not open on the board."""
    item = rehearsal.board.legs.get(interaction_id, leg)
    if item is None:
        raise NotFound("open leg", f"{interaction_id}/{leg}")
    return item


def agent_of(rehearsal: Rehearsal, agent_id: str) -> AgentRecord:
    """Raises `NotFound` for an agent who was not registered by then."""
    agent = rehearsal.board.agents.get(agent_id)
    if agent is None:
        raise NotFound("agent", agent_id)
    return agent


def ranked(order: Sequence[Standing], place: int) -> Ranked:
    return Ranked(order[place - 1].agent.agent_id, place, order[place - 1].keys)


def _is(match: Match, item: Item, agent_id: str) -> bool:
    return match.item is item and match.agent.agent_id == agent_id


def _other(
    rehearsal: Rehearsal,
    judge: Judge,
    order: Sequence[Standing],
    item: Item,
    agent: AgentRecord,
    before: Sequence[Match],
) -> OtherAgent:
    """Where another agent stood when the decision was made, without what would have changed it."""
    place = next((n for n, one in enumerate(order, 1) if one.agent is agent), None)
    compared = None
    if place is not None and place > 1:
        a, b = decided_by(order[0], order[place - 1])
        compared = Compared(a.name, a.shown, b.shown)
    return OtherAgent(
        agent_id=agent.agent_id,
        chosen=place == 1,
        verdicts=(*judge.of_item(), *judge.of(agent)),
        excluded_by=next((one for one in (*judge.of_item(), *judge.of(agent)) if not one.allowed), None),
        ranked=None if place is None else ranked(order, place),
        compared=compared,
        just_offered=tuple(match.item.interaction_id for match in before if match.agent is agent),
        remedies=(),
        tried=0,
    )


def searched(
    rehearsal: Rehearsal,
    item: Item,
    agent: AgentRecord,
    found: OtherAgent,
    first: AgentRecord | None,
    before: Sequence[Item],
) -> OtherAgent:
    """The same with what would have led to an offer to that agent.

    `first` is who was chosen instead, `before` other items that the agent was offered just before.
    """
    if found.chosen:
        return found
    search = Search(rehearsal, item, agent)
    remedies = search.run(Changes(rehearsal.board, item, agent, first, rehearsal.now_us, before).all())
    return OtherAgent(
        agent_id=found.agent_id,
        chosen=found.chosen,
        verdicts=found.verdicts,
        excluded_by=found.excluded_by,
        ranked=found.ranked,
        compared=found.compared,
        just_offered=found.just_offered,
        remedies=tuple(remedies),
        tried=search.tried,
    )


class Search:
    """Tries changes of the board one by one, then two by two, and decides again each time."""

    def __init__(self, rehearsal: Rehearsal, item: Item, agent: AgentRecord) -> None:
        self._rehearsal, self._item, self._agent = rehearsal, item, agent
        self._at = instant(rehearsal.now_us)
        self.tried = 0

    def run(self, changes: Sequence[Change]) -> list[Remedy]:
        """Every single change that leads to an offer to the agent; where none does, the first two that do together.

        Raises `RuntimeError` should the board not be as before: then nothing found could be relied on.
        """
        before = self._outcome()
        singles = changes[:MOST_CHANGES]
        found = [Remedy((one.kind,), (one.words,)) for one in singles if self._leads((one,))]
        if not found:
            pairs = combinations(singles[:MOST_PAIRED], 2)
            several = sorted((pair for pair in pairs if _together(pair)), key=lambda pair: pair[0].size + pair[1].size)
            pair = next((pair for pair in several if self._leads(pair)), None)
            if pair is not None:
                found.append(Remedy(tuple(one.kind for one in pair), tuple(one.words for one in pair)))
        if self._outcome() != before:
            raise RuntimeError("the board was changed by explaining it")
        return found

    def _leads(self, changes: Sequence[Change]) -> bool:
        self.tried += 1
        undos = [change.apply() for change in changes]
        try:
            offers = list(self._rehearsal.look(self._at))
            return any(_is(match, self._item, self._agent.agent_id) for match in offers)
        finally:
            for undo in reversed(undos):
                undo()

    def _outcome(self) -> list[str]:
        return [
            f"{match.item.interaction_id} {match.item.leg} {match.decision.model_dump_json()}"
            for match in self._rehearsal.look(self._at)
        ]


def _together(pair: tuple[Change, Change]) -> bool:
    """Whether two changes may be made at once: those of one kind say two things of the same."""
    return pair[0].kind != pair[1].kind or pair[0].words != pair[1].words
