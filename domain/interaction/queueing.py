"""Putting a leg into a queue, by the rules of the queue in its project's document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.agent.state import Agent
from domain.centre.configuration import Project
from domain.centre.documents import Queue
from domain.customer.state import Customer
from domain.event import Event
from domain.interaction.eligibility import unsuited
from domain.interaction.events import Channel, InteractionQueued, SentToVoicemail
from domain.interaction.state import Interaction, Leg
from domain.states import States

FIRST_LEG = "1"

#: Why a leg is queued once more.
Again = Literal["agent_left", "connect_failed", "silent", "site_down"]

#: Seconds that put a broken call before everything that waits, whatever its priority: a year.
FIRST_OF_ALL = 366 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """Work on its way into a queue.

    `site` is where it belongs, empty for nowhere. `excluded` are the agents whom it must not reach, `had` those who
    had the matter before, the last one first.
    """

    interaction_id: str
    leg: str
    channel: Channel
    queue: str
    customer_id: str
    language: str
    site: str = ""
    arrived_at: datetime | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    age_credit: int = 0
    reason: Literal["new", "transferred"] = "new"
    excluded: tuple[str, ...] = ()
    had: tuple[str, ...] = ()


def banned(states: States, customer_id: str) -> tuple[str, ...]:
    """The agents whom a customer's contacts must not reach, those of merged customers included."""
    this = states.of(Customer, "customer", customer_id)
    if this.merged_into:
        this = states.of(Customer, "customer", this.merged_into)
    others = [states.of(Customer, "customer", merged).excluded for merged in this.merged]
    return tuple(sorted({*this.excluded, *(agent for excluded in others for agent in excluded)}))


def had_before(interaction: Interaction, *, queue: str = "", but: str = "") -> tuple[str, ...]:
    """Who had legs of an interaction (in `queue`, where it is named), the last one first."""
    legs = [leg for leg in interaction.legs.values() if not queue or leg.queue == queue]
    return tuple(leg.agent_id for leg in reversed(legs) if leg.agent_id and leg.agent_id != but)


def queued(states: States, project: Project, work: Arriving, now: datetime) -> tuple[Event, ...]:
    """The events that queue a new leg, or send its caller to voicemail where the queue is closed.

    A queue that is closed when the work is due may pass it on to another. Raises `NotFound` for an unknown queue.
    """
    due = max(now, work.not_before or now)
    name = open_queue(project, work.queue, due)
    rules = project.queue(name)
    wanted = _preferring(states, project, rules, _by_the_rules(rules, name, work, now), work.had, due)
    if work.channel == "voice" and rules.closed.then == "voicemail" and not project.is_open(rules, due):
        voicemail = SentToVoicemail(
            interaction_id=work.interaction_id, leg=work.leg, step=0, waited=waited(wanted, now)
        )
        return wanted, voicemail
    return (wanted,)


def _by_the_rules(rules: Queue, name: str, work: Arriving, now: datetime) -> InteractionQueued:
    return InteractionQueued(
        interaction_id=work.interaction_id,
        leg=work.leg,
        channel=work.channel,
        queue=name,
        priority=rules.priority,
        skills=rules.skills,
        arrived_at=work.arrived_at or now,
        not_before=work.not_before,
        age_credit=work.age_credit,
        target=rules.target,
        customer_id=work.customer_id,
        site=work.site,
        language=work.language,
        trail=(),
        reason=work.reason,
        rings=rules.rings,
        sites=(work.site,) if rules.sites == "own" and work.site else (),
        language_required=rules.language == "required",
        excluded=work.excluded,
        expires_at=work.expires_at,
    )


def open_queue(project: Project, name: str, at: datetime) -> str:
    """The queue itself, or where it passes its work on while it is closed; round a circle at most once."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        rules = project.queue(name)
        if rules.closed.queue is None or project.is_open(rules, at):
            break
        name = rules.closed.queue
    return name


def _preferring(
    states: States, project: Project, rules: Queue, wanted: InteractionQueued, had: Iterable[str], due: datetime
) -> InteractionQueued:
    """Kept a while for who had the matter before, if they could take it at all."""
    for agent_id in had if rules.preferred else ():
        agent = states.of(Agent, "agent", agent_id)
        if agent.employed and unsuited(agent, project.configured.project, wanted, due) is None:
            until = project.after_open(rules, due, rules.preferred)
            return wanted.model_copy(update={"preferred": agent_id, "preferred_until": until}) if until else wanted
    return wanted


def requeued(leg: Leg, reason: Again, *, tried: str = "") -> InteractionQueued:
    """The event that puts a leg back where it was: its arrival, and with it its place, unchanged.

    What it asks for is what it asked for last, every step it has been through kept. `tried` is an agent who counts
    as one who missed it.
    """
    trail = (*leg.trail, tried) if tried else leg.trail
    return leg.wanted.model_copy(update={"trail": trail, "reason": reason})


def called_back_first(leg: Leg) -> InteractionQueued:
    """The event that turns a call that broke off into a callback before everything else that waits."""
    first = {"channel": "callback", "priority": 1, "age_credit": FIRST_OF_ALL, "reason": "interrupted"}
    return leg.wanted.model_copy(update={**first, "trail": leg.trail})


def waited(wanted: InteractionQueued, now: datetime) -> int:
    """Seconds since arrival."""
    return max(0, int((now - wanted.arrived_at).total_seconds()))
