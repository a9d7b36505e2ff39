"""A site goes down and comes back: a power cut, a line that is cut, a building that is left."""

from __future__ import annotations

from dataclasses import dataclass

from domain.decide import Command
from domain.event import Event


class SiteWentDown(Event, wire="centre.site_went_down.v1"):
    """Nobody at this site can work. Its waiting work goes to the others, broken calls are called back first."""

    site: str
    reason: str
    by: str


class SiteCameBack(Event, wire="centre.site_came_back.v1"):
    site: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareSiteDown(Command):
    """Say that a site is down. Who sits there is released by the router, one agent after another."""

    centre: str
    site: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareSiteBack(Command):
    """Say that a site works again; its agents sign in themselves."""

    centre: str
    site: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvacuateAgent(Command):
    """Sign an agent out whose site is down: offers and unanswered work go back to their places, broken calls are
    to be called back first. Changes nothing once the agent is signed out and holds nothing, or the site is back."""

    centre: str
    agent_id: str
    site: str
