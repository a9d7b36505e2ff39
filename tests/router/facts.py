"""What a log says of agents beyond their own states: idle since, share of time at work, last offers."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.agent.events import AgentBecameReady, AgentReleased, AgentSignedIn
from domain.interaction.events import InteractionOffered, OfferAccepted
from tests.router.pool import Pool


class Facts:
    """What the log says of the agents beyond their own states: idle since, share of time at work, last offers."""

    def __init__(self, pool: Pool) -> None:
        self.since: dict[str, datetime] = {}
        self.occupancy: dict[str, float] = {}
        self.turns: dict[tuple[str, str], int] = {}
        worked, at_work, busy = set[str](), dict[str, int](), dict[str, timedelta]()
        signed_in, last = dict[str, datetime](), dict[str, datetime]()

        def change(agent_id: str, by: int, at: datetime) -> None:
            if at_work.get(agent_id, 0):
                busy[agent_id] = busy.get(agent_id, timedelta()) + (at - last[agent_id])
            at_work[agent_id], last[agent_id] = at_work.get(agent_id, 0) + by, at
            passed = at - signed_in[agent_id]
            self.occupancy[agent_id] = busy.get(agent_id, timedelta()) / passed if passed else 0.0

        for one in pool.log:
            match one.event:
                case OfferAccepted(work_id=work_id, agent_id=agent_id):
                    worked.add(work_id)
                    change(agent_id, 1, one.recorded_at)
                case AgentReleased(agent_id=agent_id, work_id=work_id) if work_id in worked:
                    self.since[agent_id] = one.recorded_at
                    change(agent_id, -1, one.recorded_at)
                case AgentBecameReady(agent_id=agent_id):
                    self.since[agent_id] = one.recorded_at
                case AgentSignedIn(agent_id=agent_id):
                    signed_in[agent_id] = last[agent_id] = one.recorded_at
                    busy[agent_id], self.occupancy[agent_id] = timedelta(), 0.0
                case InteractionOffered(agent_id=agent_id, queue=queue):
                    self.turns[agent_id, f"{one.project}/{queue}"] = one.position
                case _:
                    pass


def idle_since(pool: Pool) -> dict[str, datetime]:
    return Facts(pool).since
