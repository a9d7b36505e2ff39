"""Agents of a site that is down, released one after another until nobody of it is signed in or holds work.

Which of them are left follows from the board, so a router that starts in the middle goes on where another stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from domain.agent.events import (
    AgentMoved,
    AgentRegistered,
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    AgentSignedOut,
)
from domain.centre.outage import EvacuateAgent, SiteCameBack, SiteWentDown
from domain.event import Event, Recorded
from domain.stream import identity_of
from router.asking import RETRY_US, Ask
from router.board import Board
from router.crew import GONE
from router.records import Cause

#: Agents on their way out at once, so that a large site does not keep everybody else's work waiting.
AT_ONCE = 16

_CONCERNING: frozenset[type[Event]] = frozenset(
    {AgentMoved, AgentRegistered, AgentReleased, AgentReserved, AgentSignedIn, AgentSignedOut}
)


class Evacuations:
    """Watches who is still at work at a site that is down."""

    def __init__(self, board: Board) -> None:
        self._board = board
        #: The centre of each site that is down, and the event that said so.
        self._down: dict[str, tuple[str, Cause]] = {}
        #: Who may have to go, by id; the instant before which they are not asked (again), None while under way.
        self._left: dict[str, int | None] = {}

    def folds(self) -> dict[type[Event], Callable[[Any, Recorded], None]]:
        """How to take in each event that matters here, once the board has folded it."""
        return {
            **dict.fromkeys(_CONCERNING, self._concerned),
            SiteWentDown: self._site_went_down,
            SiteCameBack: self._site_came_back,
        }

    def _site_went_down(self, event: SiteWentDown, recorded: Recorded) -> None:
        self._down[event.site] = (identity_of(recorded.stream), Cause.of(recorded))
        self._left.update({one.agent_id: 0 for one in self._board.agents.values() if one.site == event.site})

    def _site_came_back(self, event: SiteCameBack, recorded: Recorded) -> None:
        self._down.pop(event.site, None)

    def _concerned(self, event: Any, recorded: Recorded) -> None:
        if self._down and self._board.agents[event.agent_id].site in self._down:
            self._left[event.agent_id] = 0

    def due(self, now_us: int) -> list[Ask]:
        """The next few agents to be released."""
        if not self._left:
            return []
        under_way = sum(1 for at_us in self._left.values() if at_us is None)
        asks: list[Ask] = []
        for agent_id in sorted(self._left):
            agent, at_us = self._board.agents[agent_id], self._left[agent_id]
            found = self._down.get(agent.site)
            if found is None or (agent.presence in GONE and not agent.work):
                del self._left[agent_id]
            elif at_us is not None and at_us <= now_us and under_way < AT_ONCE:
                centre, cause = found
                self._left[agent_id] = None
                under_way += 1
                asks.append(Ask(EvacuateAgent(centre=centre, agent_id=agent_id, site=agent.site), cause))
        return asks

    def wake_us(self) -> int | None:
        """When the next can be asked; None while nobody is left or enough are on their way."""
        if not self._left:
            return None
        instants = [at_us for at_us in self._left.values() if at_us is not None]
        return min(instants) if instants and len(self._left) - len(instants) < AT_ONCE else None

    def refused(self, command: EvacuateAgent, now_us: int) -> None:
        if command.agent_id in self._left:
            self._left[command.agent_id] = now_us + RETRY_US
