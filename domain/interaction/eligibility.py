"""Who may be offered what: the router's rules that hold whatever the board looks like, checked once more here.

The router decides on a board that may be a moment old; an offer is made only if it still holds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domain.agent.state import Agent
from domain.centre.documents import Offer, QueueUse
from domain.interaction.events import InteractionQueued
from domain.interaction.leg import Leg


def unsuited(
    agent: Agent, project: str, wanted: InteractionQueued, now: datetime, *, down: Collection[str] = frozenset()
) -> str | None:
    """Why the agent cannot take such work, ready or not; None when they can. `down`: the sites that are down."""
    if agent.profile is None:
        return "no routing profile"
    if wanted.channel not in agent.profile.channels:
        return f"channel {wanted.channel}: not in profile {agent.profile_name}"
    use = _use(agent, project, wanted)
    if use is None:
        return f"queue {project}/{wanted.queue}: not in profile {agent.profile_name}"
    if use.ring > wanted.rings:
        return f"ring: is in ring {use.ring}, ring {wanted.rings} is asked"
    if wanted.sites and agent.site not in wanted.sites and not all(site in down for site in wanted.sites):
        return f"sites: sits at {agent.site}, asked for {', '.join(wanted.sites)}"
    return _lacks(agent, wanted, now)


def _use(agent: Agent, project: str, wanted: InteractionQueued) -> QueueUse | None:
    """How the profile serves the first of the work's queues that it serves."""
    assert agent.profile is not None, "only a profile serves queues"
    uses = (agent.profile.queues.get(f"{project}/{queue}") for queue in (wanted.queue, *wanted.also))
    return next((use for use in uses if use is not None), None)


def _lacks(agent: Agent, wanted: InteractionQueued, now: datetime) -> str | None:
    """What the agent as a person lacks for it."""
    for skill, level in sorted(wanted.skills.items()):
        if (has := agent.level(skill, now)) < level:
            return f"skill {skill}: has {has}, needs {level}"
    if wanted.language_required and agent.languages and wanted.language not in agent.languages:
        return f"language: does not speak {wanted.language}"
    if agent.agent_id in wanted.excluded:
        return "excluded: never to have this customer's contacts"
    return None


def unfit(agent: Agent, project: str, leg: Leg, rules: Offer, now: datetime, *, down: Collection[str]) -> str | None:
    """Why the agent cannot be offered this leg now; None when they can. `rules`: how its queue offers its channel."""
    if agent.presence != "ready":
        return f"state: {agent.presence.replace('_', ' ')}"
    if agent.site in down:
        return f"site: {agent.site} is down"
    if leg.wanted.channel in agent.paused:
        return f"channel {leg.wanted.channel}: paused ({agent.paused[leg.wanted.channel]})"
    reason = unsuited(agent, project, leg.wanted, now, down=down) or agent.lacks_room(leg.wanted.channel)
    if reason is None and rules.again == "never" and agent.agent_id in leg.trail:
        return "tried: declined or missed it before, and is not asked again"
    return reason
