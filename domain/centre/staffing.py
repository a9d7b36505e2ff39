"""Whether somebody can do the work: queues against the agents, profiles and skills of their pool's centre.

Checked only where centres and projects are there: a document may be checked alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.centre.documents import AgentEntry, CentreDocument, Profile, ProjectDocument, Queue
from domain.centre.references import Fault, Path, Subject, suggest, warning

NamesIn = tuple[tuple[Subject, Path], ...]


@dataclass(frozen=True, slots=True)
class _Pool:
    """A centre with the projects of its pool, by name, and where each stands."""

    subject: Subject
    centre: CentreDocument
    projects: dict[str, tuple[Subject, ProjectDocument]]

    def profiles(self, queue: str) -> dict[str, Profile]:
        """The profiles that serve `queue` (named project/queue)."""
        return {name: p for name, p in self.centre.profiles.items() if queue in p.queues}

    def agents(self, queue: str) -> list[AgentEntry]:
        serving = self.profiles(queue)
        return [agent for agent in self.centre.agents.values() if agent.profile in serving]

    @property
    def staff(self) -> NamesIn:
        """Where a fault would make agents look absent."""
        return tuple((self.subject, (key,)) for key in ("pool", "profiles", "agents"))

    @property
    def queues(self) -> NamesIn:
        subjects = [subject for subject, _ in self.projects.values()]
        return tuple((subject, (key,)) for subject in subjects for key in ("project", "pool", "queues"))


def check_staffing(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> list[Fault]:
    """Queues that profiles name wrongly, and queues, channels and skills that nobody can serve."""
    faults: list[Fault] = []
    if not projects:
        return faults
    for number, centre in enumerate(centres):
        own: dict[str, tuple[Subject, ProjectDocument]] = {
            p.project: (("project", n), p) for n, p in enumerate(projects) if p.pool == centre.pool
        }
        pool = _Pool(("centre", number), centre, own)
        faults.extend(_profile_queues(pool, _elsewhere(centre, projects)))
        for subject, project in own.values():
            for name, queue in project.queues.items():
                faults.extend(_queue(pool, subject, project, name, queue))
            faults.extend(_channels(pool, subject, project))
    return faults


def _elsewhere(centre: CentreDocument, projects: Sequence[ProjectDocument]) -> dict[str, str]:
    """The pools of queues that are not of this centre's pool."""
    others = [project for project in projects if project.pool != centre.pool]
    return {f"{project.project}/{queue}": project.pool for project in others for queue in project.queues}


def _profile_queues(pool: _Pool, elsewhere: dict[str, str]) -> Iterator[Fault]:
    known = [f"{name}/{queue}" for name, (_, project) in pool.projects.items() for queue in project.queues]
    for name, profile in pool.centre.profiles.items():
        for queue in profile.queues:
            if queue in known:
                continue
            what = f"there is no queue {queue!r} in the projects of the pool {pool.centre.pool!r}"
            if queue in elsewhere:
                what = f"the queue {queue!r} is of the pool {elsewhere[queue]!r}, this centre of {pool.centre.pool!r}"
            elif queue.count("/") != 1:
                what = f"{queue!r} names no queue: here they are named project/queue"
            yield Fault(
                subject=pool.subject,
                path=("profiles", name, "queues", queue),
                what=what,
                mend=suggest(queue, known),
                at_key=True,
                names_in=pool.queues,
            )


def _queue(pool: _Pool, subject: Subject, project: ProjectDocument, name: str, queue: Queue) -> Iterator[Fault]:
    full = f"{project.project}/{name}"
    serving = pool.profiles(full)
    if not serving:
        mend = f"add `{full}: {{}}` to the queues of a profile of the centre {pool.centre.centre!r}"
        yield warning(subject, ("queues", name), f"no profile serves the queue {full!r}", mend, *pool.staff)
        return
    agents = pool.agents(full)
    if not agents and pool.centre.agents:
        mend = f"give one of these profiles to an agent: {', '.join(sorted(serving))}"
        yield warning(subject, ("queues", name), f"no agent serves the queue {full!r}", mend, *pool.staff)
    for skill, level in queue.skills.items():
        path = ("queues", name, "skills", skill)
        if skill not in pool.centre.skills:
            yield Fault(
                subject=subject,
                path=path,
                what=f"there is no skill {skill!r} in the centre {pool.centre.centre!r}",
                mend=suggest(skill, pool.centre.skills),
                at_key=True,
                names_in=((pool.subject, ("skills",)), (pool.subject, ("pool",))),
            )
        elif agents and not any(agent.skills.get(skill, 0) >= level for agent in agents):
            best = max(agent.skills.get(skill, 0) for agent in agents)
            what = f"nobody who serves {full!r} has the skill {skill!r} at level {level}: its work would wait for ever"
            yield warning(subject, path, what, f"`{skill}: {max(best, 1)}` or less, or train an agent", *pool.staff)
    yield from _all_skills(pool, subject, name, queue, agents)


def _all_skills(
    pool: _Pool, subject: Subject, name: str, queue: Queue, agents: Sequence[AgentEntry]
) -> Iterator[Fault]:
    """Each skill may be there, but in no single head."""

    def able(skills: dict[str, int]) -> bool:
        return any(all(a.skills.get(skill, 0) >= level for skill, level in skills.items()) for a in agents)

    each = all(able({skill: level}) for skill, level in queue.skills.items())
    if agents and each and not able(queue.skills):
        wanted = ", ".join(f"{skill} {level}" for skill, level in queue.skills.items())
        what = f"no single agent of this queue has all of {wanted}: its work would wait for ever"
        yield warning(subject, ("queues", name, "skills"), what, "ask for less, or train an agent", *pool.staff)


def _channels(pool: _Pool, subject: Subject, project: ProjectDocument) -> Iterator[Fault]:
    """Work that comes in on a channel which nobody who serves its queue takes."""
    uses: list[tuple[str, str, Path]] = []
    for name, mailbox in project.mailboxes.items():
        department = project.departments.get(mailbox.department)
        if department is not None:
            uses.append(("email", department.queue, ("mailboxes", name)))
    if project.callbacks is not None:
        uses.append(("callback", project.callbacks.queue, ("callbacks", "queue")))
    for channel, queue, path in uses:
        serving = pool.profiles(f"{project.project}/{queue}")
        if serving and not any(channel in profile.channels for profile in serving.values()):
            what = f"work of the channel {channel!r} comes to the queue {queue!r}, but no profile there takes it"
            mend = f"add `{channel}: {{concurrency: 1}}` to the channels of {' or '.join(sorted(serving))}"
            yield warning(subject, path, what, mend, *pool.staff)
