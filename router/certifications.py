"""Certifications that run out: from that instant on the board does not have the skill, whether an event says so yet
or not, so that no decision rests on it; that it is recorded is asked for at once."""

from __future__ import annotations

from domain.agent.commands import ExpireSkill
from router.asking import RETRY_US, Ask
from router.records import AgentRecord, Cause
from router.timers import Key, Timers


class Certifications:
    """Keys are an agent's id and a skill."""

    def __init__(self) -> None:
        self._timers = Timers()
        self._recording = Timers()
        #: What ran out and is not on record yet.
        self._out: set[Key] = set()

    def granted(self, agent_id: str, skill: str, expires_us: int | None) -> None:
        """A skill was granted until then, for good (None), or taken away (None)."""
        self._out.discard((agent_id, skill))
        self._recording.plan((agent_id, skill), None)
        self._timers.plan((agent_id, skill), expires_us)

    def pass_time(self, now_us: int) -> list[Key]:
        """What has run out by now."""
        if self._timers.nothing_by(now_us):
            return []
        over = self._timers.pop_due(now_us)
        for key in over:
            self._out.add(key)
            self._recording.plan(key, now_us)
        return over

    def due(self, now_us: int, agents: dict[str, AgentRecord]) -> list[Ask]:
        """What is to be put on record now."""
        if self._recording.nothing_by(now_us):
            return []
        asks: list[Ask] = []
        for agent_id, skill in self._recording.pop_due(now_us):
            agent = agents[agent_id]
            cause = Cause(agent.cause_at, agent.cause_id, "", "")
            asks.append(Ask(ExpireSkill(agent_id=agent_id, skill=skill), cause))
        return asks

    def refused(self, command: ExpireSkill, now_us: int) -> None:
        """Not yet by another's clock, or renewed by an event that is on its way."""
        key = (command.agent_id, command.skill)
        if key in self._out:
            self._recording.plan(key, now_us + RETRY_US)

    def wake_us(self) -> int | None:
        """When something runs out, or is to be recorded, next."""
        instants = [at for at in (self._timers.first_us(), self._recording.first_us()) if at is not None]
        return min(instants, default=None)
