"""Whether somebody can do the work: queues against the agents, profiles and skills of their pool's centre.

Checked only where centres and projects are there: a document may be checked alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.centre.asked import Asked
from domain.centre.documents import CentreDocument, ProjectDocument, Queue
from domain.centre.faults import Fault, Path, Subject, suggest, warning
from domain.centre.pool import Pool
from domain.centre.pool_faults import check_pool
from domain.centre.site_faults import check_sites
from domain.centre.step_staffing import check_step_staffing
from domain.sentence import say


def check_staffing(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Queues that profiles name wrongly, and queues, channels, skills, steps and sites that nobody can serve."""
    faults: list[Fault] = []
    if not projects:
        return faults
    for number, centre in enumerate(centres):
        own: dict[str, tuple[Subject, ProjectDocument]] = {
            p.project: (("project", n), p) for n, p in enumerate(projects) if p.pool == centre.pool
        }
        pool = Pool(("centre", number), centre, own)
        faults.extend(check_pool(pool, _elsewhere(centre, projects)))
        for subject, project in own.values():
            for name, queue in project.queues.items():
                faults.extend(_queue(pool, subject, project, name, queue))
                faults.extend(check_step_staffing(pool, subject, project, name, queue))
            faults.extend(_channels(pool, subject, project))
            faults.extend(check_sites(pool, subject, project))
    return faults


def _elsewhere(centre: CentreDocument, projects: Sequence[ProjectDocument]) -> dict[str, str]:
    """The pools of queues that are not of this centre's pool."""
    others = [project for project in projects if project.pool != centre.pool]
    return {f"{project.project}/{queue}": project.pool for project in others for queue in project.queues}


def _queue(pool: Pool, subject: Subject, project: ProjectDocument, name: str, queue: Queue) -> Iterator[Fault]:
    full = f"{project.project}/{name}"
    last = Asked.last(name, queue)
    serving = pool.profiles(project.project, last)
    if not serving:
        mend = say(
            "add_to_the_queues_of_a_profile",
            "add `{full}: {{}}` to the queues of a profile of the centre {centre!r}",
            full=full,
            centre=pool.centre.centre,
        )
        yield warning(
            subject,
            ("queues", name),
            say("no_profile_serves_the_queue", "no profile serves the queue {full!r}", full=full),
            mend,
            *pool.staff_in,
        )
        return
    agents = pool.agents(project.project, last)
    if not agents and pool.centre.agents:
        mend = say(
            "give_one_of_these_profiles",
            "give one of these profiles to an agent: {profiles}",
            profiles=", ".join(sorted(serving)),
        )
        yield warning(
            subject,
            ("queues", name),
            say("no_agent_serves_the_queue", "no agent serves the queue {full!r}", full=full),
            mend,
            *pool.staff_in,
        )
    for skill in queue.skills:
        if skill not in pool.centre.skills:
            yield Fault(
                subject=subject,
                path=("queues", name, "skills", skill),
                what=say(
                    "there_is_no_skill_in_the_centre",
                    "there is no skill {skill!r} in the centre {centre!r}",
                    skill=skill,
                    centre=pool.centre.centre,
                ),
                mend=suggest(skill, pool.centre.skills),
                at_key=True,
                names_in=((pool.subject, ("skills",)), (pool.subject, ("pool",))),
            )
    if agents:
        yield from _wait_for_ever(pool, subject, project, name, last)


def _wait_for_ever(pool: Pool, subject: Subject, project: ProjectDocument, name: str, last: Asked) -> Iterator[Fault]:
    """Skills, and combinations of them, that nobody has even when all steps have fired; rings that never open."""
    full, profiles = f"{project.project}/{name}", pool.centre.profiles
    here: Path = ("queues", name)
    known = {skill: level for skill, level in last.skills.items() if skill in pool.centre.skills}
    agents = pool.agents(project.project, last)
    lacking = [s for s, level in known.items() if not any(a.skills.get(s, 0) >= level for a in agents.values())]
    for skill in lacking:
        best = max(agent.skills.get(skill, 0) for agent in agents.values())
        what = say(
            "nobody_who_serves_has_the_skill",
            "nobody who serves {full!r} has the skill {skill!r} at level {level}: its work would wait for ever",
            full=full,
            skill=skill,
            level=known[skill],
        )
        mend = say(
            "or_less_or_train_an_agent", "`{skill}: {best}` or less, or train an agent", skill=skill, best=max(best, 1)
        )
        yield warning(subject, (*here, "skills", skill), what, mend, *pool.staff_in)
    able = [agent for agent in agents.values() if last.able(agent)]
    if not lacking and len(known) == len(last.skills) and not able:
        wanted = ", ".join(f"{skill} {level}" for skill, level in last.skills.items())
        what = say(
            "no_single_agent_of_this_queue",
            "no single agent of this queue has all of {wanted}: its work would wait for ever",
            wanted=wanted,
        )
        yield warning(
            subject,
            (*here, "skills"),
            what,
            say("ask_for_less_or_train_an_agent", "ask for less, or train an agent"),
            *pool.staff_in,
        )
    if able and not any(last.in_ring(project.project, profiles[agent.profile]) for agent in able):
        what = say(
            "whoever_could_take_the_work",
            "whoever could take the work of {full!r} stands in a ring after {rings}, the last one that opens",
            full=full,
            rings=last.rings,
        )
        mend = say("more_rings_a_step_with_open", "more `rings`, a step with `open_rings`, or `ring: 1` in a profile")
        yield warning(
            subject,
            here,
            say("it_would_wait_for_ever", "{text}: it would wait for ever", text=what),
            mend,
            *pool.staff_in,
        )


def _channels(pool: Pool, subject: Subject, project: ProjectDocument) -> Iterator[Fault]:
    """Work that comes in on a channel which nobody who serves its queue takes."""
    uses: list[tuple[str, str, Path]] = []
    for name, mailbox in project.mailboxes.items():
        department = project.departments.get(mailbox.department)
        if department is not None:
            uses.append(("email", department.queue, ("mailboxes", name)))
    for name, conversation in project.conversations.items():
        department = project.departments.get(conversation.department)
        if department is not None:
            uses.append((conversation.channel, department.queue, ("conversations", name)))
    if project.callbacks is not None:
        uses.append(("callback", project.callbacks.queue, ("callbacks", "queue")))
    for channel, queue, path in uses:
        if queue not in project.queues:
            continue
        serving = pool.profiles(project.project, Asked.last(queue, project.queues[queue]))
        if serving and not any(channel in profile.channels for profile in serving.values()):
            what = say(
                "work_of_the_channel_comes_to",
                "work of the channel {channel!r} comes to the queue {queue!r}, but no profile there takes it",
                channel=channel,
                queue=queue,
            )
            mend = say(
                "add_concurrency_to_the_channels",
                "add `{channel}: {{concurrency: 1}}` to the channels of {profiles}",
                channel=channel,
                profiles=" or ".join(sorted(serving)),
            )
            yield warning(subject, path, what, mend, *pool.staff_in)
