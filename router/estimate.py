"""How long an item will wait, and by which method that is said.

`queue_length`: place in line divided by the rate at which those who serve take work; of identical agents that is
place × handling ÷ agents. As long as some of them are idle, the first in line wait for nobody. Where nobody who is
ready could take it there is no rate, and the honest answer is the wait of the first in line, `head_of_line`, the
delay estimator that needs no model (Ibrahim & Whitt 2009, "Real-time delay estimation based on delay history").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Literal, NamedTuple

from domain.centre.routing import Queue
from router.instants import SECOND
from router.records import AgentRecord, Item
from router.rules import OPEN, fullness

Method = Literal["queue_length", "head_of_line"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """`seconds` from now; `place` in line from 1, among those of the same queue and channel."""

    seconds: int
    place: int
    method: Method


class Serving(NamedTuple):
    """Ready agents who could take an item, with or without room: how many, how many of them have room, and the items
    a second that they take together while all of them work."""

    agents: int
    idle: int
    rate: float


def serving(channel: str, rules: Queue, able: Iterable[AgentRecord]) -> Serving:
    """Of the signed-in agents who could take items of a channel and queue, those who are ready and take them now."""
    ready = [agent for agent in able if agent.ready and channel not in agent.paused]
    idle = sum(fullness(agent, channel) == OPEN for agent in ready)
    if not rules.handling_by_level:
        return Serving(len(ready), idle, len(ready) / rules.handling)
    return Serving(len(ready), idle, sum(1 / rules.handling_at(_level(agent, rules)) for agent in ready))


def estimate(place: int, first: Item, who: Serving, now_us: int) -> Estimate:
    """The estimate for a waiting item at a place in line; `first` is the first in it, `who` serves it."""
    if not who.agents:
        return Estimate(max(0, now_us - first.ready_us) // SECOND, place, "head_of_line")
    if place <= who.idle:
        return Estimate(0, place, "queue_length")
    # the last digits of a sum of fractions must not make a second of nothing
    return Estimate(ceil((place - who.idle) / who.rate - 1e-9), place, "queue_length")


def _level(agent: AgentRecord, rules: Queue) -> int | None:
    """The agent's least level in the queue's skills; None for a queue that asks for none."""
    return min((agent.skills.get(skill, 0) for skill in rules.skills), default=None)
