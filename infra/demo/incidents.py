"""What happens to the centre itself during a demo: its policy changes, and the power fails at one site and comes back.

Both come through the front door: documents are put on record on top of the revision that stood, the outage is
declared by the supervisor's API call. Agents at the dark site fall silent in the middle of whatever they do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.execute import Origin
from infra.apply_documents import apply_documents, revisions
from infra.demo.agent import Agent
from infra.demo.desk import DeskClient
from infra.demo.pace import Day
from infra.demo.setting_up import ACTOR, Documents, read_documents
from infra.demo.telephones import Telephones
from infra.node import Node

#: The same centre by other rules: applied while customers wait.
EVENING = Path(__file__).parents[2] / "examples" / "three_sites_evening"
#: Shares of the day at which the policy changes, the power fails and comes back.
POLICY_CHANGES, POWER_FAILS, POWER_RETURNS = 0.3, 0.45, 0.7


@dataclass(slots=True, kw_only=True)
class Incidents:
    """What is to happen during a day of `lasts` seconds, and what did. `site` None: the power stays on."""

    node: Node
    documents: Documents
    office: DeskClient
    day: Day
    agents: Sequence[Agent]
    lasts: float
    telephones: Telephones | None = None
    site: str | None = None
    policy_changes: bool = False
    told: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def happen(self) -> None:
        """Until the last of them is over, or the day closes."""
        async with asyncio.TaskGroup() as group:
            if self.policy_changes:
                group.create_task(self._policy())
            if self.site is not None:
                group.create_task(self._outage(self.site))

    async def _policy(self) -> None:
        if await self.day.passes(self.lasts * POLICY_CHANGES):
            return
        evening = read_documents(EVENING, self.day.pace.speed)
        stores = self.node.stores
        origin = Origin(project="", pool=self.documents.centre.pool, actor=ACTOR)
        centres = [evening.centre]
        known = await revisions(stores.log, centres, evening.projects)
        applied = await apply_documents(stores.executor, centres, evening.projects, origin, expected=known)
        self.told += [{"policy": one.stream, "revision": one.revision, "position": one.position} for one in applied]

    async def _outage(self, site: str) -> None:
        dark = [agent for agent in self.agents if self.documents.centre.agents[agent.agent_id].site == site]
        if await self.day.passes(self.lasts * POWER_FAILS):
            return
        path = f"/api/centres/{self.documents.centre.centre}/sites/{site}"
        for agent in dark:
            agent.desk.powered.clear()
        if self.telephones is not None:
            self.telephones.cut([agent.agent_id for agent in dark])
        down = await self.office.post(f"{path}/down", {"reason": "power cut"})
        await self.day.passes(self.lasts * (POWER_RETURNS - POWER_FAILS))
        back = await self.office.post(f"{path}/back")
        if self.telephones is not None:
            self.telephones.restore([agent.agent_id for agent in dark])
        for agent in dark:
            agent.desk.powered.set()
        self.told.append({"site": site, "agents": len(dark), "down": _position(down), "back": _position(back)})


def _position(answer: dict[str, Any] | None) -> int | None:
    return int(answer["position"]) if answer else None
