"""Steps against the payroll: those that can never fire, or that let nobody more take the work."""

from __future__ import annotations

from collections.abc import Iterator

from domain.centre.asked import ANY, Asked
from domain.centre.documents import ProjectDocument, Queue, Step
from domain.centre.faults import Fault, Path, Subject, suggest, warning
from domain.centre.pool import Pool


def check_step_staffing(
    pool: Pool, subject: Subject, project: ProjectDocument, name: str, queue: Queue
) -> Iterator[Fault]:
    """A step that relaxes fires once somebody signed in could take the item; here nobody at all ever could."""
    asked = Asked.first(name, queue)
    for number, step in enumerate(queue.steps):
        here: Path = ("queues", name, "steps", number)
        before, asked = asked, asked.after(step)
        yield from _sites(pool, subject, project, here, step, asked)
        if not pool.agents(project.project, asked) or not set(asked.skills) <= set(pool.centre.skills):
            continue  # told of the queue itself
        if step.relaxes and not pool.able(project.project, asked):
            what = f"this step can never fire: nobody could take the work even then{_missing(asked)}"
            mend = "relax more in it, or train or add an agent"
            yield warning(subject, here, what, mend, *pool.staff_in)
        elif step.open_rings is not None and not _in_rings(pool, project.project, before.rings, asked):
            what = f"nobody serves this queue in the rings {before.rings + 1} to {step.open_rings}: this opens nothing"
            mend = f"give a profile `{project.project}/{name}: {{ring: {step.open_rings}}}`, or remove it"
            yield warning(subject, (*here, "open_rings"), what, mend, *pool.staff_in)


def _missing(asked: Asked) -> str:
    skills = ", ".join(f"{skill} {level}" for skill, level in asked.skills.items())
    return f" ({skills} asked for, rings up to {asked.rings})" if skills else f" (rings up to {asked.rings})"


def _in_rings(pool: Pool, project: str, open_before: int, asked: Asked) -> bool:
    agents = pool.agents(project, asked).values()
    uses = [pool.centre.profiles[a.profile].queues.get(f"{project}/{queue}") for a in agents for queue in asked.queues]
    return any(use is not None and open_before < use.ring <= asked.rings for use in uses)


def _sites(
    pool: Pool, subject: Subject, project: ProjectDocument, here: Path, step: Step, asked: Asked
) -> Iterator[Fault]:
    """Sites that a step adds: unknown ones, and those where nobody serves the queue."""
    present = {agent.site for agent in pool.agents(project.project, asked).values()}
    for number, site in enumerate(step.add_sites):
        path = (*here, "add_sites", number)
        if site != ANY and site not in pool.centre.sites:
            yield Fault(
                subject=subject,
                path=path,
                what=f"there is no site {site!r} in the centre {pool.centre.centre!r}",
                mend=suggest(site, [*pool.centre.sites, ANY]),
                names_in=((pool.subject, ("sites",)), (pool.subject, ("pool",))),
            )
        elif site != ANY and pool.centre.agents and site not in present:
            what = f"nobody at {site!r} serves this queue: adding it lets nobody take the work"
            mend = suggest(site, present) if present else "give an agent there a profile that serves it"
            yield warning(subject, path, what, mend, *pool.staff_in)
