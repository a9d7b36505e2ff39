"""Putting a leg into a queue, by the rules of the queue in its project's document."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.centre.configuration import Project
from domain.decide import Moment
from domain.interaction.events import Channel, InteractionQueued
from domain.interaction.state import Leg

FIRST_LEG = "1"

#: Why a leg is queued once more.
Again = Literal["agent_left", "connect_failed", "silent", "site_down"]

#: Seconds that put a broken call before everything that waits, whatever its priority: a year.
FIRST_OF_ALL = 366 * 86_400


def queued(
    project: Project,
    *,
    interaction_id: str,
    leg: str,
    channel: Channel,
    queue: str,
    customer_id: str,
    language: str,
    at: Moment,
    arrived_at: datetime | None = None,
    not_before: datetime | None = None,
    reason: Literal["new", "transferred"] = "new",
) -> InteractionQueued:
    """The event that queues a new leg. Raises `NotFound` for an unknown queue."""
    rules = project.queue(queue)
    return InteractionQueued(
        interaction_id=interaction_id,
        leg=leg,
        channel=channel,
        queue=queue,
        priority=rules.priority,
        skills=rules.skills,
        arrived_at=arrived_at or at.now,
        not_before=not_before,
        age_credit=0,
        target=rules.target,
        customer_id=customer_id,
        site="",
        language=language,
        trail=(),
        reason=reason,
    )


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
