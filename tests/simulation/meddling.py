"""Whoever changes the centre under the people who work in it: clocks, desks, documents, power."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.centre.configuration import ConfigureCentre, ConfigureProject
from domain.centre.documents import ProjectDocument, Status
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from domain.decide import Command
from domain.execute import Executor, Origin
from tests.simulation.centre import CENTRE, CENTRES, HOTLINE, HOTLINES, POOL, PROJECT

if TYPE_CHECKING:
    from tests.simulation.world import World


class Meddler:
    """An administrator, and the machine's own accidents."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def begin(self) -> None:
        """The first documents."""
        await self._hotline(HOTLINE, 0)
        await self.order(ConfigureCentre(document=CENTRE, expected_revision=0))

    async def meddle(self) -> None:
        """Somebody sets the clock, back and forth, by up to an hour; desks are restarted."""
        while True:
            await asyncio.sleep(self._world.random.expovariate(1 / 300))
            if not self._world.weather.lifetime:
                self._world.skew = timedelta()
                continue
            if self._world.random.random() < 0.3:
                self._world.skew = timedelta(seconds=self._world.random.choice([-3600, -5, 0, 5, 3600]))
            self._world.restart_a_desk()

    async def administer(self) -> None:
        """The centre itself changes under the people who work in it, until the weather is calm."""
        while True:
            await asyncio.sleep(self._world.random.expovariate(1 / 90))
            if self._world.weather.lifetime:
                await self._world.random.choice([self._change_policy, self._change_queues, self._switch_site])()

    async def _change_policy(self) -> None:
        """Another order of work, other profiles, somebody gone or back: for the next decision, whoever waits."""
        revision = self._world.checker.states["centre-centre"].revision
        await self.order(ConfigureCentre(document=self._world.random.choice(CENTRES), expected_revision=revision))

    async def _change_queues(self) -> None:
        revision = self._world.checker.states[f"project-{PROJECT}"].revision
        await self._hotline(self._world.random.choice(HOTLINES), revision)

    async def _switch_site(self) -> None:
        """The power fails at a site, or comes back."""
        site = self._world.random.choice(sorted(CENTRE.sites))
        if site in self._world.checker.states["centre-centre"].down:
            await self.order(DeclareSiteBack(centre="centre", site=site, by="meddler"))
        else:
            await self.order(DeclareSiteDown(centre="centre", site=site, reason="power cut", by="meddler"))

    async def settle_down(self) -> None:
        """The first documents again, and power everywhere: nothing that waits may be out of everybody's reach."""
        for site in sorted(self._world.checker.states["centre-centre"].down):
            await self.order(DeclareSiteBack(centre="centre", site=site, by="meddler"))
        revision = self._world.checker.states["centre-centre"].revision
        await self.order(ConfigureCentre(document=CENTRE, expected_revision=revision))
        revision = self._world.checker.states[f"project-{PROJECT}"].revision
        await self._hotline(HOTLINE, revision)

    async def _hotline(self, document: ProjectDocument, revision: int) -> None:
        """The project's document; where nobody texts, without the number for it."""
        if not self._world.texts:
            document = document.model_copy(update={"numbers": {}, "status": Status(sender="main")})
        await self.order(ConfigureProject(document=document, expected_revision=revision), project=PROJECT)

    async def order(self, command: Command, project: str = "") -> None:
        """The administrator's, whose connection never breaks."""
        world = self._world
        admin = Executor(world.log, opener=world.opener, clock=world.clock, new_id=world.new_id)
        await admin.execute(command, Origin(project=project, pool=POOL, actor="admin"))
