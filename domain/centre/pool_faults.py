"""Profiles and the pool's policy against its queues: names, work that never comes, items that would starve."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from domain.centre.asked import Asked
from domain.centre.documents import Profile, ProjectDocument, QueueUse
from domain.centre.faults import Fault, Path, suggest, warning
from domain.centre.pool import Pool
from domain.sentence import Sentence, joined, say

#: Policies that look at a queue's priority.
BY_PRIORITY = frozenset({"aged_priority", "strict_priority"})


def check_pool(pool: Pool, elsewhere: Mapping[str, str]) -> Iterator[Fault]:
    """`elsewhere`: the pool of each queue (project/queue) that is of another one."""
    for name, profile in pool.centre.profiles.items():
        for queue in profile.queues:
            yield from _known(pool, elsewhere, ("profiles", name, "queues", queue), queue)
        yield from _takes_something(pool, name, profile)
    for queue in pool.centre.routing.shares:
        yield from _known(pool, elsewhere, ("routing", "shares", queue), queue)
    yield from _policy(pool)
    yield from _one_alone(pool)
    yield from _adds_nobody(pool)


def _known(pool: Pool, elsewhere: Mapping[str, str], path: Path, queue: str) -> Iterator[Fault]:
    if queue in pool.queues:
        return
    what = say(
        "there_is_no_queue_in_the_projects",
        "there is no queue {queue!r} in the projects of the pool {pool!r}",
        queue=queue,
        pool=pool.centre.pool,
    )
    if queue in elsewhere:
        what = say(
            "the_queue_is_of_the_pool_this",
            "the queue {queue!r} is of the pool {other_pool!r}, this centre of {pool!r}",
            queue=queue,
            other_pool=elsewhere[queue],
            pool=pool.centre.pool,
        )
    elif queue.count("/") != 1:
        what = say(
            "names_no_queue_here_they_are", "{queue!r} names no queue: here they are named project/queue", queue=queue
        )
    mend = suggest(queue, pool.queues)
    yield Fault(subject=pool.subject, path=path, what=what, mend=mend, at_key=True, names_in=pool.queues_in)


def _takes_something(pool: Pool, name: str, profile: Profile) -> Iterator[Fault]:
    """Queues whose work never comes to those who work by this profile, and profiles to whom none comes."""
    reasons = {queue: _never(pool, profile, queue, use) for queue, use in profile.queues.items()}
    if all(reasons.values()):
        told = [(queue, reason) for queue, reason in reasons.items() if reason is not None]
        listed = joined([say("of_this", "{name}: {said}", name=queue, said=reason) for queue, reason in told], "; ")
        yield Fault(
            subject=pool.subject,
            path=("profiles", name),
            what=say(
                "the_profile_can_take_nothing",
                "the profile {name!r} can take nothing. {listed}",
                name=name,
                listed=listed,
            ),
            mend=say("open_the_ring_add_the_channel", "open the ring, add the channel, or give it another queue"),
            at_key=True,
            names_in=pool.queues_in,
        )
        return
    for queue, reason in reasons.items():
        if reason is not None:
            what = say(
                "nothing_ever_comes",
                "nothing from {queue!r} ever comes to this profile: {reason}",
                queue=queue,
                reason=reason,
            )
            path = ("profiles", name, "queues", queue)
            yield warning(
                pool.subject,
                path,
                what,
                say("mend_that_or_remove_the_queue", "mend that, or remove the queue here"),
                *pool.queues_in,
            )


def _never(pool: Pool, profile: Profile, full: str, use: QueueUse) -> Sentence | None:
    """Why none of the queue's work ever comes to this profile; None where it does, or is not known."""
    found = pool.queue(full)
    if found is None:
        return None
    project, name, _ = found
    reach = pool.reach(project.project)
    opened = reach.rings(name)
    if opened is not None and use.ring > opened:
        return say(
            "its_ring_never_opens",
            "its ring {ring} is never opened, the last one is {last}",
            ring=use.ring,
            last=opened,
        )
    channels = reach.channels(name)
    if channels is not None and not channels & set(profile.channels):
        return say(
            "it_comes_by_other_channels",
            "its work comes by {channels}, which the profile does not take",
            channels=" + ".join(sorted(channels)),
        )
    return None


def _policy(pool: Pool) -> Iterator[Fault]:
    """What the policy does to priorities: some starve, or none count."""
    policy = pool.centre.routing.policy
    tiers: dict[int, list[str]] = {}
    for project, (_, document) in pool.projects.items():
        for name, queue in document.queues.items():
            for tier in {queue.priority, *(step.priority for step in queue.steps if step.priority is not None)}:
                tiers.setdefault(tier, []).append(f"{project}/{name}")
    if policy == "strict_priority" and len(tiers) > 1:
        first, *later = sorted(tiers)
        waiting = "; ".join(f"{tier} ({', '.join(tiers[tier])})" for tier in later)
        what = say(
            "work_of_priority_may_wait_for",
            "work of priority {waiting} may wait for ever: under strict_priority it is not offered while "
            "more urgent work, such as priority {first}, keeps coming",
            waiting=waiting,
            first=first,
        )
        mend = say(
            "policy_aged_priority_under",
            "`policy: aged_priority`, under which nothing starves, or steps that raise its `priority` with waiting",
        )
        yield warning(pool.subject, ("routing", "policy"), what, mend, *pool.queues_in)
    if policy not in BY_PRIORITY:
        for project, (subject, document) in pool.projects.items():
            for name, queue in document.queues.items():
                for number, step in enumerate(queue.steps):
                    if step.priority is not None:
                        what = say(
                            "under_the_policy_of_pool_a",
                            "under {policy}, the policy of {project}'s pool, a priority changes nothing",
                            policy=policy,
                            project=project,
                        )
                        path = ("queues", name, "steps", number, "priority")
                        mend = say(
                            "remove_it_or_policy_aged_priority", "remove it, or `policy: aged_priority` in the centre"
                        )
                        yield warning(subject, path, what, mend, (pool.subject, ("routing",)))


def _one_alone(pool: Pool) -> Iterator[Fault]:
    """Queues whose work is never offered again to the one agent who could take it."""
    for project, (subject, document) in pool.projects.items():
        for name, queue in document.queues.items():
            able = pool.able(project, Asked.last(name, queue))
            if len(able) != 1:
                continue
            places: list[Path] = [("again",)] if queue.offer.again == "never" else []
            places += [("channels", c, "again") for c, use in queue.offer.channels.items() if use.again == "never"]
            for place in places:
                what = say(
                    "only_one_can_take",
                    "only {agent!r} can take work from {name!r}: declined or missed once, it waits for ever",
                    agent=next(iter(able)),
                    name=name,
                )
                mend = say(
                    "again_after_others_or_let_somebody", "`again: after_others`, or let somebody else serve it too"
                )
                yield warning(subject, ("queues", name, "offer", *place), what, mend, *pool.staff_in)


def _adds_nobody(pool: Pool) -> Iterator[Fault]:
    """Overflows, and queues that steps add, whose agents all serve the first queue already."""
    for subject, document in pool.projects.values():
        for name, queue in document.queues.items():
            places: list[tuple[Path, str]] = [
                (("steps", number, "add_queue"), step.add_queue)
                for number, step in enumerate(queue.steps)
                if step.add_queue is not None
            ]
            if queue.overflow is not None:
                places.append((("overflow", "queue"), queue.overflow.queue))
            for place, further in places:
                if further in document.queues and further != name and _same_agents(pool, document, name, further):
                    what = say(
                        "adds_nobody",
                        "whoever serves {further!r} serves {name!r} as well, by their own ring and delay there",
                        further=further,
                        name=name,
                    )
                    mend = say(
                        "name_a_queue_of_other_agents", "name a queue of other agents, or let a step open a ring"
                    )
                    path = ("queues", name, *place)
                    yield warning(
                        subject,
                        path,
                        say("this_adds_nobody", "{text}: this adds nobody", text=what),
                        mend,
                        *pool.staff_in,
                    )


def _same_agents(pool: Pool, document: ProjectDocument, name: str, further: str) -> bool:
    first = pool.profiles(document.project, Asked.first(name, document.queues[name]))
    more = pool.profiles(document.project, Asked.first(further, document.queues[further]))
    return bool(more) and more.keys() <= first.keys()
