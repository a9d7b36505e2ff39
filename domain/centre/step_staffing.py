"""Steps against the payroll: those that can never fire, or that let nobody more take the work."""

from __future__ import annotations

from collections.abc import Iterator

from domain.centre.asked import ANY, Asked
from domain.centre.documents import ProjectDocument, Queue, Step
from domain.centre.faults import Fault, Path, Subject, suggest, warning
from domain.centre.pool import Pool
from domain.sentence import Sentence, joined, say


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
            what = say(
                "this_step_can_never_fire_nobody",
                "this step can never fire: nobody could take the work even then ({missing})",
                missing=_missing(asked),
            )
            mend = say("relax_more_in_it_or_train_or", "relax more in it, or train or add an agent")
            yield warning(subject, here, what, mend, *pool.staff_in)
        elif step.open_rings is not None and not _in_rings(pool, project.project, before.rings, asked):
            what = say(
                "nobody_serves_this_queue_in",
                "nobody serves this queue in the rings {first} to {last}: this opens nothing",
                first=before.rings + 1,
                last=step.open_rings,
            )
            mend = say(
                "give_a_profile_ring_or_remove",
                "give a profile `{project}/{name}: {{ring: {last}}}`, or remove it",
                project=project.project,
                name=name,
                last=step.open_rings,
            )
            yield warning(subject, (*here, "open_rings"), what, mend, *pool.staff_in)


def _missing(asked: Asked) -> Sentence:
    skills = ", ".join(f"{skill} {level}" for skill, level in asked.skills.items())
    rings = say("rings_up_to", "rings up to {rings}", rings=asked.rings)
    return joined([say("skills_asked_for", "{skills} asked for", skills=skills), rings]) if skills else rings


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
                what=say(
                    "there_is_no_site_in_the_centre",
                    "there is no site {site!r} in the centre {centre!r}",
                    site=site,
                    centre=pool.centre.centre,
                ),
                mend=suggest(site, [*pool.centre.sites, ANY]),
                names_in=((pool.subject, ("sites",)), (pool.subject, ("pool",))),
            )
        elif site != ANY and pool.centre.agents and site not in present:
            what = say(
                "nobody_there_serves_it",
                "nobody at {site!r} serves this queue: adding it lets nobody take the work",
                site=site,
            )
            mend = (
                suggest(site, present)
                if present
                else say("give_an_agent_there_a_profile", "give an agent there a profile that serves it")
            )
            yield warning(subject, path, what, mend, *pool.staff_in)
