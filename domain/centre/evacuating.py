"""Declaring a site down and back, and releasing those who sit there, one agent after another."""

from __future__ import annotations

from domain.agent.events import AgentSignedOut
from domain.agent.state import Agent
from domain.centre.configuration import Centre
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown, EvacuateAgent, SiteCameBack, SiteWentDown
from domain.decide import Moment, Outcome, decides
from domain.interaction.leaving import give_up
from domain.rejection import NotFound
from domain.states import States


def _centre_with(states: States, centre: str, site: str) -> Centre:
    """The centre, which has this site. Raises `NotFound`."""
    found = states.of(Centre, "centre", centre)
    if found.document is None:
        raise NotFound("centre", centre)
    if site not in found.document.sites:
        raise NotFound("site", site)
    return found


@decides(DeclareSiteDown)
def declare_down(states: States, c: DeclareSiteDown, at: Moment) -> Outcome:
    if c.site in _centre_with(states, c.centre, c.site).down:
        return Outcome()
    return Outcome().add("centre", c.centre, SiteWentDown(site=c.site, reason=c.reason, by=c.by))


@decides(DeclareSiteBack)
def declare_back(states: States, c: DeclareSiteBack, at: Moment) -> Outcome:
    if c.site not in _centre_with(states, c.centre, c.site).down:
        return Outcome()
    return Outcome().add("centre", c.centre, SiteCameBack(site=c.site, by=c.by))


@decides(EvacuateAgent)
def evacuate(states: States, c: EvacuateAgent, at: Moment) -> Outcome:
    agent = states.of(Agent, "agent", c.agent_id)
    if c.site not in states.of(Centre, "centre", c.centre).down or agent.site != c.site:
        return Outcome()
    outcome = Outcome()
    for work_id, held in sorted(agent.work.items()):
        outcome.merge(give_up(states, agent, work_id, held, "site down", again="site_down"))
    if agent.presence not in ("absent", "retired", "signed_out"):
        outcome.add("agent", c.agent_id, AgentSignedOut(agent_id=c.agent_id))
    return outcome
