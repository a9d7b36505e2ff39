"""The routing part of the documents: names that lead nowhere, and settings that contradict one another."""

from __future__ import annotations

from collections.abc import Iterator

from domain.centre.documents import CentreDocument, ProjectDocument, Queue
from domain.centre.faults import Fault, Path, Subject, unknown, warning
from domain.centre.reach import Reach
from domain.channel import channel_names, is_spoken

#: What each policy's own setting is; without that policy it changes nothing.
SETTINGS = {"head_starts": "aged_priority", "shares": "fixed_queue_ratio"}
TIERS = range(1, 11)


def check_names(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    """Queues and channels that overflow, closing, offers and service levels name."""
    for name, queue in p.queues.items():
        here: Path = ("queues", name)
        if queue.overflow is not None:
            path = (*here, "overflow", "queue")
            yield from unknown("queue", queue.overflow.queue, p.queues, subject, path, ("queues",))
        if queue.closed.queue is not None:
            yield from unknown("queue", queue.closed.queue, p.queues, subject, (*here, "closed", "queue"), ("queues",))
        for channel in queue.offer.channels:
            path = (*here, "offer", "channels", channel)
            yield from unknown("channel", channel, channel_names(), subject, path, None, at_key=True)
    for name, level in p.service_levels.items():
        for number, queue in enumerate(level.queues):
            path = ("service_levels", name, "queues", number)
            yield from unknown("queue", queue, p.queues, subject, path, ("queues",))
        for number, channel in enumerate(level.channels):
            yield from unknown(
                "channel", channel, channel_names(), subject, ("service_levels", name, "channels", number), None
            )


def check_queues(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    """Settings of a queue that change nothing, or say nothing."""
    reach = Reach(p)
    for name, queue in p.queues.items():
        here: Path = ("queues", name)
        if queue.handling_by_level and not queue.skills:
            what = f"the queue {name!r} asks for no skill, so nobody has a level in it: this changes nothing"
            mend = "remove it, or add the skill to the queue's `skills`"
            yield warning(subject, (*here, "handling_by_level"), what, mend, (subject, (*here, "skills")))
        channels = reach.channels(name)
        if queue.silence is not None and channels is not None and all(map(is_spoken, channels)):
            what = f"only calls come to the queue {name!r}, and on the telephone nobody waits for a written reply"
            yield warning(subject, (*here, "silence"), what, "remove it", (subject, ("departments",)))
        yield from _closed(subject, here, name, queue)


def _closed(subject: Subject, here: Path, name: str, queue: Queue) -> Iterator[Fault]:
    if queue.closed.then != "wait" and queue.hours is None:
        what = f"the queue {name!r} never closes, since it keeps no hours: this changes nothing"
        yield warning(subject, (*here, "closed"), what, "name its hours, as in `hours: office`, or remove this")
    if queue.closed.then == "message" and queue.closed.text is None:
        what = "callers are told a text while it is closed, but nothing says which"
        yield Fault(subject=subject, path=(*here, "closed"), what=what, mend="add `text: …`", at_key=True)


def check_policy(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    """Head starts that put the less urgent first, and settings of another policy than the one chosen."""
    routing = c.routing
    for key, policy in SETTINGS.items():
        if getattr(routing, key) and routing.policy != policy:
            what = f"`{key}` changes nothing under the policy {routing.policy}"
            yield warning(subject, ("routing", key), what, f"`policy: {policy}`, or remove it")
    minutes = {tier: routing.head_start(tier) // 60 for tier in TIERS}
    for tier in TIERS[:-1]:
        if minutes[tier + 1] <= minutes[tier]:
            continue
        named = tier + 1 if tier + 1 in routing.head_starts else tier
        default = [
            f"{one} (unless named, {minutes[one]})" for one in (tier, tier + 1) if one not in routing.head_starts
        ]
        what = (
            f"priority {tier + 1} has a head start of {minutes[tier + 1]} minutes, the more urgent {tier} one of "
            f"{minutes[tier]}: the less urgent would go first"
        )
        mend = f"`{tier + 1}: {minutes[tier]}` or less, or `{tier}: {minutes[tier + 1]}` or more"
        if default:
            mend += f"; not named and so by default: priority {default[0]}"
        yield Fault(subject=subject, path=("routing", "head_starts", named), what=what, mend=mend)
