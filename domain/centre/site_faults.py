"""Sites and languages of a project against the people: work that belongs where nobody is, or is written in what
nobody speaks."""

from __future__ import annotations

from collections.abc import Iterator

from domain.centre.asked import Asked
from domain.centre.documents import ProjectDocument
from domain.centre.faults import Fault, Path, Subject, suggest, warning
from domain.centre.flow_faults import queues_led_to
from domain.centre.pool import Pool
from domain.centre.reach import Reach
from domain.sentence import say


def check_sites(pool: Pool, subject: Subject, project: ProjectDocument) -> Iterator[Fault]:
    """Where and in which language work comes in, against where agents sit and what they speak."""
    for name, mailbox in project.mailboxes.items():
        yield from _known_site(pool, subject, ("mailboxes", name), mailbox.site)
    for name, conversation in project.conversations.items():
        yield from _known_site(pool, subject, ("conversations", name), conversation.site)
    origins = _origins(project)
    for name, queue in project.queues.items():
        last = Asked.last(name, queue)
        able = pool.able(project.project, last)
        if not able:
            continue  # told of the queue itself
        for path, site, language in origins.get(name, ()):
            if last.sites is not None and site in pool.centre.sites:
                joined = {site, *last.sites}
                if not any(agent.site in joined for agent in able.values()):
                    what = say(
                        "its_work_belongs_to_sites_own",
                        "its work belongs to {site!r} (`sites: own`), but nobody there can take it from {name!r}",
                        site=site,
                        name=name,
                    )
                    mend = say(
                        "sites_own_first_on_the_queue",
                        "`sites: own_first` on the queue, a step with `add_sites: [any]`, or an agent there",
                    )
                    yield warning(subject, (*path, "site"), what, mend, *pool.staff_in)
            speakers = [agent for agent in able.values() if not agent.languages or language in agent.languages]
            if last.language and not speakers:
                what = say(
                    "nobody_who_can_take_work_from",
                    "nobody who can take work from {name!r} speaks {language!r}, which that queue requires",
                    name=name,
                    language=language,
                )
                mend = say("a_step_with_any_language_true", "a step with `any_language: true`, or an agent who does")
                yield warning(subject, (*path, "language"), what, mend, *pool.staff_in)


def _known_site(pool: Pool, subject: Subject, door: Path, site: str | None) -> Iterator[Fault]:
    if site is not None and site not in pool.centre.sites:
        yield Fault(
            subject=subject,
            path=(*door, "site"),
            what=say(
                "there_is_no_site_in_the_centre",
                "there is no site {site!r} in the centre {centre!r}",
                site=site,
                centre=pool.centre.centre,
            ),
            mend=suggest(site, pool.centre.sites),
            names_in=((pool.subject, ("sites",)), (pool.subject, ("pool",))),
        )


def _origins(project: ProjectDocument) -> dict[str, list[tuple[Path, str | None, str]]]:
    """The doors by which work comes to each queue: where each stands, its site and its language."""
    found: dict[str, list[tuple[Path, str | None, str]]] = {}
    reach = Reach(project)
    for queue in project.queues:
        boxes = [(name, project.mailboxes[name]) for name in reach.mailboxes(queue)]
        found[queue] = [(("mailboxes", name), box.site, box.language) for name, box in boxes]
    for name, conversation in project.conversations.items():
        department = project.departments.get(conversation.department)
        if department is not None and department.queue in found:
            door: Path = ("conversations", name)
            found[department.queue].append((door, conversation.site, conversation.language))
    for name, number in project.numbers.items():
        led_to = queues_led_to(project, number.flow) if number.flow in project.flows else set[str]()
        for queue in led_to & found.keys():
            found[queue].append((("numbers", name), number.site, number.language))
    return found
