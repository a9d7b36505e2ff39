"""A centre of many processes, killed one by one: to the kill loop it looks like a centre of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from random import Random

from infra.demo.ports import free_port
from infra.settings import Settings
from tests.faults.forking import Nursery
from tests.faults.serving import STARTS, Centre

#: Two of what stands by, one of what has an address that people know.
ROLES = ("web", "mail", "router", "router", "projections", "projections", "delivery", "delivery")
#: The same with the log on Kafka.
CARRIED = (*ROLES, "relay", "relay")


class Processes(Centre):
    """`kill` kills one of the processes, drawn by lot; `start` starts those that do not run."""

    def __init__(
        self, settings: Settings, said: Path, nursery: Nursery, *, seed: int = 0, roles: Sequence[str] = ROLES
    ) -> None:
        # links in mails lead to the web, whichever process sends them
        known = settings.model_copy(update={"public_url": settings.base_url})
        super().__init__(known, said, nursery, "web")
        self.dice = Random(f"roles {seed}")
        self.parts = [self._part(number, role) for number, role in enumerate(roles)]

    def _part(self, number: int, role: str) -> Centre:
        ports: dict[str, object] = {"operations_port": free_port()}
        if role != "web":
            ports["http_port"] = 0
        said = self.said.with_name(f"{number}-{role}.jsonl")
        return Centre(self.settings.model_copy(update=ports), said, self.nursery, role)

    @property
    def alive(self) -> bool:
        return all(one.alive for one in self.parts)

    @property
    def resident(self) -> int:
        """Of the largest process."""
        return max((one.resident for one in self.parts if one.alive), default=0)

    async def start(self) -> None:
        await asyncio.gather(*(one.start() for one in self.parts if not one.alive))

    async def ready(self, seconds: float = STARTS) -> None:
        await asyncio.gather(*(one.ready(seconds) for one in self.parts))

    async def answers(self) -> bool:
        return all(await asyncio.gather(*(one.answers() for one in self.parts)))

    async def ended(self, seconds: float = 60.0) -> int:
        """The worst exit code of those that ended."""
        return min([await one.ended(seconds) for one in self.parts if not one.alive], default=0)

    async def kill(self) -> None:
        await self.dice.choice([one for one in self.parts if one.alive]).kill()

    async def stop(self) -> int:
        codes = await asyncio.gather(*(one.stop() for one in self.parts if one.alive))
        return next((code for code in codes if code), 0)

    async def kill_all(self) -> None:
        await asyncio.gather(*(one.kill() for one in self.parts if one.alive))

    def this_life(self) -> str:
        """What those said that do not run."""
        return "\n".join(one.this_life() for one in self.parts if not one.alive)

    def last_words(self, lines: int = 12) -> str:
        return "\n".join(f"{one.role}: {one.last_words(3)}" for one in self.parts if one.said.exists())

    def complaints(self) -> list[str]:
        return [line for one in self.parts if one.said.exists() for line in one.complaints()]
