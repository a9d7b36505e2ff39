"""What an item asks of an agent, now and after a step of its queue."""

from __future__ import annotations

from domain.centre.routing import Step
from router.crew import Requirement
from router.records import Item

#: In a step's `add_sites`: no site is asked for any more.
ANY_SITE = "any"


def requirement_of(item: Item) -> Requirement:
    """What the item asks for now."""
    return Requirement(
        item.channel,
        (item.queue, *item.also),
        item.rings,
        item.sites,
        item.skills,
        item.language if item.language_required else "",
    )


def after_step(item: Item, step: Step) -> Requirement:
    """What the item would ask for once the step was taken. A step never asks for more than before."""
    now = requirement_of(item)
    queues = now.queues
    if step.add_queue is not None:
        queues = tuple(dict.fromkeys((*queues, f"{item.project}/{step.add_queue}")))
    sites = now.sites
    if sites and step.add_sites:
        sites = () if ANY_SITE in step.add_sites else tuple(dict.fromkeys((*sites, *step.add_sites)))
    skills = tuple(
        (skill, min(level, step.lower.get(skill, level))) for skill, level in now.skills if skill not in step.drop
    )
    return Requirement(
        now.channel,
        queues,
        max(now.rings, step.open_rings or 1),
        sites,
        skills,
        "" if step.any_language else now.language,
    )
