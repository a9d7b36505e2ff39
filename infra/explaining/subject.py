"""Which decision, or which waiting, of an interaction is to be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from domain.event import Recorded
from domain.interaction.events import InteractionClosed, InteractionOffered, InteractionQueued
from domain.interaction.leg import LEG
from domain.ports import Log
from domain.rejection import Rejection
from router.redeciding import Made

#: Interactions whose ids are looked at for one that a mistyped id may mean: the last so many.
LOOKED_AT = 20_000
BATCH = 5_000
_LEG_EVENTS = frozenset(kind for _, kind in LEG)


class NothingToExplain(Rejection):
    """There is no such interaction, leg, offer or agent, or nothing was ever decided about it."""

    def __init__(self, reason: str) -> None:
        super().__init__("not_found", reason)


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer of an interaction: the `number`-th of `of` on the leg, and what became of the decision."""

    pool: str
    made: Made
    number: int
    of: int
    offered_at: datetime


@dataclass(frozen=True, slots=True)
class Unoffered:
    """A leg that waits, or did until `until` ended it: explained after the event at `position`, as of `at`."""

    pool: str
    interaction_id: str
    leg: str
    position: int
    at: datetime
    until: str


async def subject(log: Log, interaction_id: str, leg: str, offer: int | None) -> Offered | Unoffered:
    """What to explain: the named offer of the leg, else its waiting where it waits without one, else its last offer.

    `leg` empty: the last one that was queued; `offer` counts from 1 within the leg. Raises `NothingToExplain`.
    """
    events = await log.read_stream(f"interaction-{interaction_id}")
    if not events:
        raise NothingToExplain(await _unknown(log, interaction_id))
    chosen = _leg(events, interaction_id, leg)
    offers = [one for one in events if isinstance(one.event, InteractionOffered) and one.event.leg == chosen]
    if offer is not None:
        if not 1 <= offer <= len(offers):
            there = f"offers 1 to {len(offers)}" if len(offers) > 1 else "1 offer" if offers else "none"
            raise NothingToExplain(f"leg {chosen} has no offer {offer}: there is {there} (--offer counts from 1)")
        return _offered(offers, offer)
    if offers and not _waits_unoffered(events, chosen):
        return _offered(offers, len(offers))
    return await _unoffered(log, events, interaction_id, chosen)


def _leg(events: Sequence[Recorded], interaction_id: str, leg: str) -> str:
    legs = list(dict.fromkeys(one.event.leg for one in events if isinstance(one.event, InteractionQueued)))
    if not legs:
        raise NothingToExplain(f"interaction {interaction_id} was never queued, so nothing was decided about it")
    if leg and leg not in legs:
        raise NothingToExplain(f"interaction {interaction_id} has no leg {leg!r}; it has {', '.join(legs)}")
    return leg or legs[-1]


def _offered(offers: Sequence[Recorded], number: int) -> Offered:
    recorded = offers[number - 1]
    assert isinstance(recorded.event, InteractionOffered), "only offers were collected"
    made = Made.of(recorded.position, recorded.event)
    return Offered(recorded.pool, made, number, len(offers), recorded.recorded_at)


def _waits_unoffered(events: Sequence[Recorded], leg: str) -> bool:
    """Whether the leg waits now and rings nowhere."""
    status, ringing = "absent", set[str]()
    for one in events:
        event: Any = one.event
        if isinstance(event, InteractionClosed):
            return False
        if type(one.event) not in _LEG_EVENTS or event.leg != leg:
            continue
        status = LEG[status, type(event)]  # type: ignore[index]  # the log holds only what the table allows
        if isinstance(event, InteractionOffered):
            ringing.add(event.work_id)
        else:
            ringing.discard(getattr(event, "work_id", ""))
    return status == "waiting" and not ringing


async def _unoffered(log: Log, events: Sequence[Recorded], interaction_id: str, leg: str) -> Unoffered:
    """The leg as it waits at the end of the log, or as it did just before what ended its waiting."""
    pool, ended = events[0].pool, _ending(events, leg)
    if ended is None:
        return Unoffered(pool, interaction_id, leg, 0, events[-1].recorded_at, "")
    before = [one for one in events if one.position < ended.position]
    said = ended.event.wire.split(".")[1].replace("_", " ")
    return Unoffered(pool, interaction_id, leg, before[-1].position, ended.recorded_at, said)


def _ending(events: Sequence[Recorded], leg: str) -> Recorded | None:
    status = "absent"
    for one in events:
        event: Any = one.event
        if isinstance(event, InteractionClosed):
            return one
        if type(one.event) in _LEG_EVENTS and event.leg == leg:
            status = LEG[status, type(event)]  # type: ignore[index]  # the log holds only what the table allows
            if status not in ("absent", "waiting"):
                return one
    return None


async def _unknown(log: Log, interaction_id: str) -> str:
    """That there is no such interaction, with ids that may be meant: the same beginning, or nearly the same."""
    known: list[str] = []
    after = 0
    while batch := await log.read(after, BATCH, types=["interaction.started.v1"]):
        after = batch[-1].position
        known = [*known, *(one.event.interaction_id for one in batch)][-LOOKED_AT:]  # type: ignore[attr-defined]
    begin = [one for one in known if interaction_id and one.startswith(interaction_id)][-3:]
    near = begin or get_close_matches(interaction_id, known[-BATCH:], n=3, cutoff=0.7)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no interaction {interaction_id!r} in this log{hint}"


def unknown_agent(agent_id: str, known: Sequence[str]) -> NothingToExplain:
    """That there was no such agent at the time, with names that may be meant."""
    near = [one for one in known if agent_id and one.startswith(agent_id)][:3]
    near = near or get_close_matches(agent_id, known, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else f"; there were {len(known)}"
    return NothingToExplain(f"there was no agent {agent_id!r} then{hint}")
