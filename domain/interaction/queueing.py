"""Putting a leg into a queue, by the rules of the queue in its project's document."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.centre.configuration import Project
from domain.decide import Moment
from domain.interaction.events import Channel, InteractionQueued
from domain.interaction.state import Leg

FIRST_LEG = "1"


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


def requeued(leg: Leg, reason: Literal["agent_left", "connect_failed"]) -> InteractionQueued:
    """The event that puts a leg back where it was: its arrival, and with it its place, unchanged."""
    assert leg.queued is not None, "only a leg that was queued can be queued again"
    return leg.queued.model_copy(update={"trail": leg.trail, "reason": reason})
