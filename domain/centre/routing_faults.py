"""The routing part of the documents: names that lead nowhere, and settings that contradict one another."""

from __future__ import annotations

from collections.abc import Iterator

from domain.centre.documents import CentreDocument, ProjectDocument, Queue
from domain.centre.faults import Fault, Path, Subject, unknown, warning
from domain.centre.reach import Reach
from domain.channel import channel_names, is_spoken
from domain.sentence import say

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
            what = say(
                "the_queue_asks_for_no_skill",
                "the queue {name!r} asks for no skill, so nobody has a level in it: this changes nothing",
                name=name,
            )
            mend = say("remove_it_or_add_the_skill", "remove it, or add the skill to the queue's `skills`")
            yield warning(subject, (*here, "handling_by_level"), what, mend, (subject, (*here, "skills")))
        channels = reach.channels(name)
        if queue.silence is not None and channels is not None and all(map(is_spoken, channels)):
            what = say(
                "only_calls_come_to_the_queue",
                "only calls come to the queue {name!r}, and on the telephone nobody waits for a written reply",
                name=name,
            )
            yield warning(subject, (*here, "silence"), what, say("remove_it", "remove it"), (subject, ("departments",)))
        yield from _closed(subject, here, name, queue)


def _closed(subject: Subject, here: Path, name: str, queue: Queue) -> Iterator[Fault]:
    if queue.closed.then != "wait" and queue.hours is None:
        what = say(
            "the_queue_never_closes_since",
            "the queue {name!r} never closes, since it keeps no hours: this changes nothing",
            name=name,
        )
        yield warning(
            subject,
            (*here, "closed"),
            what,
            say("name_its_hours_as_in_hours", "name its hours, as in `hours: office`, or remove this"),
        )
    if queue.closed.then == "message" and queue.closed.text is None:
        what = say(
            "callers_are_told_a_text_while", "callers are told a text while it is closed, but nothing says which"
        )
        yield Fault(
            subject=subject, path=(*here, "closed"), what=what, mend=say("add_text", "add `text: …`"), at_key=True
        )


def check_policy(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    """Head starts that put the less urgent first, and settings of another policy than the one chosen."""
    routing = c.routing
    for key, policy in SETTINGS.items():
        if getattr(routing, key) and routing.policy != policy:
            what = say(
                "changes_nothing_under_the_policy",
                "`{key}` changes nothing under the policy {policy}",
                key=key,
                policy=routing.policy,
            )
            yield warning(
                subject,
                ("routing", key),
                what,
                say("policy_or_remove_it", "`policy: {policy}`, or remove it", policy=policy),
            )
    minutes = {tier: routing.head_start(tier) // 60 for tier in TIERS}
    for tier in TIERS[:-1]:
        if minutes[tier + 1] <= minutes[tier]:
            continue
        named = tier + 1 if tier + 1 in routing.head_starts else tier
        default = next((one for one in (tier, tier + 1) if one not in routing.head_starts), None)
        what = say(
            "less_urgent_first",
            "priority {later} has a head start of {later_minutes} minutes, the more urgent {tier} one of "
            "{minutes}: the less urgent would go first",
            later=tier + 1,
            later_minutes=minutes[tier + 1],
            tier=tier,
            minutes=minutes[tier],
        )
        mend = say(
            "head_start_or_less",
            "`{later}: {minutes}` or less, or `{tier}: {later_minutes}` or more",
            later=tier + 1,
            minutes=minutes[tier],
            tier=tier,
            later_minutes=minutes[tier + 1],
        )
        if default is not None:
            mend = say(
                "and_by_default",
                "{mend}; not named and so by default: priority {priority} (unless named, {minutes})",
                mend=mend,
                priority=default,
                minutes=minutes[default],
            )
        yield Fault(subject=subject, path=("routing", "head_starts", named), what=what, mend=mend)
