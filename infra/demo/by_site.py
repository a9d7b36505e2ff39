"""How long customers waited, by the site that answered them: before, during and after an outage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from domain.centre.outage import SiteCameBack, SiteWentDown
from domain.event import Recorded
from domain.interaction.events import AgentConnected, InteractionQueued

Part = Literal["before", "during", "after"]
PARTS: tuple[Part, ...] = ("before", "during", "after")


@dataclass(slots=True)
class Waits:
    """In seconds, over the contacts that were answered."""

    answered: int = 0
    total: float = 0.0
    longest: float = 0.0

    def add(self, seconds: float) -> None:
        self.answered += 1
        self.total += seconds
        self.longest = max(self.longest, seconds)

    def shown(self) -> dict[str, Any]:
        mean = round(self.total / self.answered, 3) if self.answered else None
        return {"answered": self.answered, "mean_wait": mean, "longest_wait": round(self.longest, 3)}


@dataclass(slots=True)
class BySite:
    """Folds the log. `sites`: where each agent sits."""

    sites: Mapping[str, str]
    part: Part = "before"
    waits: dict[tuple[str, Part], Waits] = field(default_factory=dict[tuple[str, Part], Waits])
    _began: dict[tuple[str, str], datetime] = field(default_factory=dict[tuple[str, str], datetime])

    def fold(self, one: Recorded) -> None:
        match one.event:
            case SiteWentDown():
                self.part = "during"
            case SiteCameBack():
                self.part = "after"
            case InteractionQueued() as event:
                began = max(event.arrived_at, event.not_before or event.arrived_at)
                self._began.setdefault((event.interaction_id, event.leg), began)
            case AgentConnected() as event if began := self._began.pop((event.interaction_id, event.leg), None):
                waits = self.waits.setdefault((self.sites.get(event.agent_id, ""), self.part), Waits())
                waits.add(max(0.0, (one.occurred_at - began).total_seconds()))
            case _:
                return

    def shown(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By site, then by part of the day; JSON-ready."""
        names = sorted({*self.sites.values()})
        return {
            site: {part: self.waits[site, part].shown() for part in PARTS if (site, part) in self.waits}
            for site in names
        }
