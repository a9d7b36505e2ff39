"""What is looked up when somebody asks how a process is: stores that must answer, followers that must keep up.

One look serves both doors: `/readyz`, which says whether the process can do its work, and `/metrics`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from infra.elections import Candidate
from infra.operations.figures import Figures
from infra.projecting import Standing
from infra.rows.port import EVERY_POOL

#: Seconds that a store may take to answer.
ANSWERS = 2.0
#: Positions behind the head from which on a follower is not ready: it is still reading the past, or stuck.
MOST_BEHIND = 5_000
#: Something to set before figures are told.
Gauge = Callable[[Figures], Awaitable[None] | None]
Ask = Callable[[], Awaitable[object]]
#: Positions that a follower is behind the given head of the log.
Behind = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What `/readyz` says. `stores`: `ok` or the kind of fault; `behind`: positions, by follower."""

    ready: bool
    role: str
    reasons: list[str]
    stores: dict[str, str]
    head: int
    behind: dict[str, int]


@dataclass(slots=True, kw_only=True)
class Looking:
    """Asks the stores and followers of one process. `head` is the log's; it stands among `stores` too."""

    role: str
    figures: Figures
    head: Callable[[], Awaitable[int]]
    #: Each raises when its store cannot be used.
    stores: dict[str, Ask] = field(default_factory=dict[str, "Ask"])
    #: How far each follower of the log in this process is behind the head it is given.
    followers: dict[str, Behind] = field(default_factory=dict[str, Behind])
    #: As `followers`, for those who have to look into the log to know.
    asked: Callable[[int], Awaitable[dict[str, int]]] | None = None
    candidates: list[Candidate] = field(default_factory=list[Candidate])
    #: How the projections of this process are doing, where it has any.
    standing: Callable[[], list[Standing]] = list
    gauges: list[Gauge] = field(default_factory=list[Gauge])
    started: bool = False
    draining: bool = False

    async def look(self) -> Readiness:
        """Ask everything, at most `ANSWERS` seconds, and set the gauges by it."""
        names = ["log", *self.stores]
        answers = await asyncio.gather(*(_within(ask) for ask in (self.head, *self.stores.values())))
        stores = {name: "ok" if fault is None else fault for name, (_, fault) in zip(names, answers, strict=True)}
        head = int(str(answers[0][0] or 0))
        behind = self._behind(head) | await self._asked(head)
        standing = self._standing()
        stopped, waiting = _in_state(standing, "stopped"), _in_state(standing, "waiting")
        reasons = [
            *([] if self.started else ["the process is starting"]),
            *(["the process is ending"] if self.draining else []),
            *(f"the {name} does not answer: {fault}" for name, fault in stores.items() if fault != "ok"),
            *(f"{name} is {count} positions behind" for name, count in behind.items() if count > MOST_BEHIND),
            *(f"projection {name} is stopped" for name in sorted(stopped)),
            *(f"projection {name} waits" for name in sorted(waiting)),
        ]
        self._set(stores, head, behind)
        self._set_projections(standing, stopped, waiting)
        return Readiness(not reasons, self.role, reasons, stores, head, behind)

    async def text(self) -> bytes:
        """All figures, the gauges as of now."""
        await self.look()
        for gauge in self.gauges:
            done = gauge(self.figures)
            if done is not None:
                await _within(lambda done=done: done)
        return self.figures.text()

    def _behind(self, head: int) -> dict[str, int]:
        found = {name: max(0, ask(head)) for name, ask in self.followers.items()}
        for one in self._standing():
            # what lies between a single pool's rows and the head may be other pools': that has to be asked
            if one.pool == EVERY_POOL:
                found[f"projection {one.projection}"] = max(0, head - one.position)
        return found

    async def _asked(self, head: int) -> dict[str, int]:
        if self.asked is None or not head:
            return {}
        ask, found = self.asked, dict[str, int]()

        async def asking() -> None:
            found.update(await ask(head))

        await _within(asking)  # where the log does not answer, that is told already
        return found

    def _standing(self) -> list[Standing]:
        return self.standing() if self._projects() else []

    def _projects(self) -> bool:
        """Whether this process is the one that projects, if there are several."""
        return all(one.leads for one in self.candidates if one.name == "projections")

    def _set(self, stores: dict[str, str], head: int, behind: dict[str, int]) -> None:
        figures = self.figures
        # what this process no longer follows is another's to tell, and no alarm of ours
        figures.behind.clear()
        for name, said in stores.items():
            figures.unreachable.labels(name).set(said != "ok")
        if stores["log"] == "ok":
            figures.head.set(head)
        for name, count in behind.items():
            figures.behind.labels(name).set(count)
        for candidate in self.candidates:
            figures.leads.labels(candidate.name).set(candidate.leads)

    def _set_projections(self, standing: list[Standing], stopped: set[str], waiting: set[str]) -> None:
        figures = self.figures
        for gauge in (figures.stopped, figures.projections_waiting, figures.failures):
            gauge.clear()
        for one in standing:
            figures.stopped.labels(one.projection).set(one.projection in stopped)
            figures.projections_waiting.labels(one.projection).set(one.projection in waiting)
            figures.failures.labels(one.projection).inc(one.failures)


def _in_state(standing: list[Standing], state: str) -> set[str]:
    return {one.projection for one in standing if one.state == state}


async def _within(ask: Callable[[], Awaitable[object]]) -> tuple[object, str | None]:
    """The answer, or the kind of fault; the fault's own words may name people and passwords."""
    try:
        async with asyncio.timeout(ANSWERS):
            return await ask(), None
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with a store, it cannot be used
        return None, type(fault).__name__
