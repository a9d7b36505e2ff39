"""What a schema cannot say: that the names in a centre's and its projects' documents lead somewhere.

Every fault names its document and path, says what is wrong and what could stand there instead. A fault of severity
`warning` does not keep the documents from being applied: work would merely wait for ever, or nobody be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from domain.centre.certifications import check_certifications
from domain.centre.cycle_faults import check_cycles, check_interrupts
from domain.centre.documents import CentreDocument, Conversation, ProjectDocument
from domain.centre.faults import KINDS, Fault, Path, Subject, suggest, unknown, warning
from domain.centre.flow_faults import check_flows, queues_led_to
from domain.centre.hours_faults import check_hours
from domain.centre.reach import further_queues
from domain.centre.routing_faults import check_names, check_policy, check_queues
from domain.centre.scripts import check_scripts
from domain.centre.step_faults import check_steps
from domain.centre.wallboard_faults import check_wallboard
from domain.centre.webhooks import check_webhooks
from domain.channel import channel_names, conversation_channels
from domain.sentence import joined, say

__all__ = ["Fault", "Path", "Subject", "check", "suggest", "warning"]


def check(
    centres: Sequence[CentreDocument],
    projects: Sequence[ProjectDocument],
    *,
    time_zones: Collection[str],
    holidays: Collection[str] | None = None,
    events: Collection[str] | None = None,
) -> list[Fault]:
    """Everything that is wrong between these documents, in their order.

    `time_zones` are the known names (IANA time zone database), `holidays` the countries and parts of countries whose
    public holidays are known, `events` the wire names that webhooks may ask for (None: any is taken). Whether somebody
    can do the work is the matter of `domain.centre.staffing`.
    """
    faults = [*_twice(centres, projects), *_addresses(projects), *_pools(centres, projects)]
    for number, centre in enumerate(centres):
        subject: Subject = ("centre", number)
        faults.extend(_sites_and_agents(subject, centre, time_zones))
        faults.extend(check_certifications(subject, centre))
        faults.extend(_profiles(subject, centre))
        faults.extend(check_interrupts(subject, centre))
        faults.extend(check_policy(subject, centre))
    for number, project in enumerate(projects):
        here: Subject = ("project", number)
        faults.extend(_project(here, project))
        faults.extend(check_names(here, project))
        faults.extend(check_queues(here, project))
        faults.extend(check_steps(here, project))
        faults.extend(check_hours(here, project, time_zones, holidays))
        faults.extend(check_cycles(here, project))
        faults.extend(check_wallboard(here, project, time_zones))
        if events is not None:
            faults.extend(check_webhooks(here, project.webhooks.items(), events))
    faults.extend(check_flows(centres, projects))
    return faults


def _sites_and_agents(subject: Subject, c: CentreDocument, time_zones: Collection[str]) -> Iterator[Fault]:
    for name, site in c.sites.items():
        yield from unknown("time zone", site.time_zone, time_zones, subject, ("sites", name, "time_zone"), None)
    for name, agent in c.agents.items():
        here = ("agents", name)
        yield from unknown("site", agent.site, c.sites, subject, (*here, "site"), ("sites",))
        yield from unknown("profile", agent.profile, c.profiles, subject, (*here, "profile"), ("profiles",))
        for skill in agent.skills:
            yield from unknown("skill", skill, c.skills, subject, (*here, "skills", skill), ("skills",), at_key=True)
    used = {agent.profile for agent in c.agents.values()}
    for name in c.profiles:
        if name not in used:
            what = say("no_agent_works_by_the_profile", "no agent works by the profile {name!r}", name=name)
            mend = say("give_it_to_an_agent_profile", "give it to an agent (`profile: {name}`) or remove it", name=name)
            yield warning(subject, ("profiles", name), what, mend, (subject, ("agents",)))
    if not c.agents:
        mend = say("add_one_agents_anna_name_anna", "add one: `agents: {{anna: {{name: Anna, site: …, profile: …}}}}`")
        yield warning(
            subject,
            ("agents",),
            say("this_centre_has_no_agents_nobody", "this centre has no agents; nobody answers"),
            mend,
        )


def _profiles(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    for name, profile in c.profiles.items():
        here = ("profiles", name, "channels")
        for channel, use in profile.channels.items():
            yield from unknown("channel", channel, channel_names(), subject, (*here, channel), None, at_key=True)
            if use.units > profile.capacity:
                what = say(
                    "more_units_than_capacity",
                    "one item of {channel} takes {units} units, this profile has {capacity} in all",
                    channel=channel,
                    units=use.units,
                    capacity=profile.capacity,
                )
                if all(other.units > profile.capacity for other in profile.channels.values()):
                    what = joined([what, say("it_can_take_nothing", "it can take nothing")], ": ")
                mend = say(
                    "units_or_less_or_capacity_or",
                    "`units: {capacity}` or less, or `capacity: {units}` or more",
                    capacity=profile.capacity,
                    units=use.units,
                )
                yield Fault(subject=subject, path=(*here, channel, "units"), what=what, mend=mend)


def _project(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    for name, department in p.departments.items():
        path = ("departments", name, "queue")
        yield from unknown("queue", department.queue, p.queues, subject, path, ("queues",))
    for name, mailbox in p.mailboxes.items():
        path = ("mailboxes", name, "department")
        yield from unknown("department", mailbox.department, p.departments, subject, path, ("departments",))
    for name, conversation in p.conversations.items():
        yield from _conversation(subject, p, name, conversation)
    for name, queue in p.queues.items():
        path = ("queues", name, "wrap_up", "default_disposition")
        wanted = queue.wrap_up.default_disposition
        yield from unknown("disposition", wanted, p.dispositions, subject, path, ("dispositions",))
    yield from _outcomes(subject, p)
    yield from check_scripts(subject, p.scripts, {**p.queues})
    if p.callbacks is not None:
        path = ("callbacks", "queue")
        yield from unknown("queue", p.callbacks.queue, p.queues, subject, path, ("queues",))
    if p.status is not None:
        path = ("status", "sender")
        yield from unknown("mailbox", p.status.sender, p.mailboxes, subject, path, ("mailboxes",))
    elif p.mailboxes:
        mend = say("name_a_status_sender", "`status: {{sender: {mailbox}}}`", mailbox=next(iter(p.mailboxes)))
        what = say(
            "customers_get_no_status_mails", "customers get no status mails: nothing says which mailbox they come from"
        )
        yield warning(subject, ("status",), what, mend)
    yield from _idle_queues(subject, p)


def _conversation(subject: Subject, p: ProjectDocument, name: str, wanted: Conversation) -> Iterator[Fault]:
    here = ("conversations", name)
    known = tuple(conversation_channels())
    yield from unknown("channel of conversations", wanted.channel, known, subject, (*here, "channel"), None)
    department = wanted.department
    yield from unknown("department", department, p.departments, subject, (*here, "department"), ("departments",))


def _outcomes(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    for name, rule in p.outcomes.items():
        here = ("outcomes", name)
        yield from unknown("disposition", name, p.dispositions, subject, here, ("dispositions",), at_key=True)
        if rule.ticket is not None:
            path: Path = (*here, "ticket", "department")
            yield from unknown("department", rule.ticket.department, p.departments, subject, path, ("departments",))
        for part, queue in rule.queues():
            yield from unknown("queue", queue, p.queues, subject, (*here, part, "queue"), ("queues",))


def _idle_queues(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    led_to = {department.queue for department in p.departments.values()}
    if p.callbacks is not None:
        led_to.add(p.callbacks.queue)
    led_to |= queues_led_to(p)
    for queue in p.queues.values():
        led_to |= further_queues(queue)
    for name in p.queues:
        if name not in led_to:
            what = say("nothing_leads_to_the_queue", "nothing leads to the queue {name!r}", name=name)
            mend = say(
                "name_it_in_a_department_queue",
                "name it in a department (`queue: {name}`) or in `callbacks`, or remove it",
                name=name,
            )
            yield warning(subject, ("queues", name), what, mend, (subject, ("departments",)), (subject, ("callbacks",)))


def _twice(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> Iterator[Fault]:
    """Names that must be unique among all documents: centres, projects, pools of centres, agents."""
    subjects: list[tuple[Subject, str, str, Path]] = []
    for number, centre in enumerate(centres):
        here: Subject = ("centre", number)
        subjects.append((here, "centre", centre.centre, ("centre",)))
        subjects.append((here, "pool of a centre", centre.pool, ("pool",)))
        subjects.extend((here, "agent", agent, ("agents", agent)) for agent in centre.agents)
    subjects.extend((("project", n), "project", p.project, ("project",)) for n, p in enumerate(projects))
    seen: dict[tuple[str, str], Subject] = {}
    for subject, kind, name, path in subjects:
        if (kind, name) not in seen:
            seen[kind, name] = subject
            continue
        mend = say(
            "rename_one_of_them_for_example", "rename one of them, for example to {example!r}", example=name + "_2"
        )
        if kind == "agent":
            mend = joined([mend, say("an_agent_works_in_one_pool", "an agent works in one pool")], "; ")
        what = say(
            "stands_in_two_documents", "the {kind} {name!r} stands in two documents", kind=KINDS[kind], name=name
        )
        yield Fault(subject=subject, path=path, what=what, mend=mend, at_key=kind == "agent")


def _addresses(projects: Sequence[ProjectDocument]) -> Iterator[Fault]:
    """Mail to an address must lead to one mailbox; upper and lower case are taken as the same."""
    seen: dict[str, str] = {}
    for number, project in enumerate(projects):
        for name, mailbox in project.mailboxes.items():
            here = ("mailboxes", name)
            places: list[tuple[Path, str]] = [((*here, "address"), mailbox.address)]
            places.extend(((*here, "aliases", n), alias) for n, alias in enumerate(mailbox.aliases))
            for path, address in places:
                owner = seen.get(address.lower())
                if owner is None:
                    seen[address.lower()] = f"{project.project}/{name}"
                    continue
                what = say(
                    "the_address_leads_to_the_mailbox",
                    "the address {address!r} leads to the mailbox {owner!r} already",
                    address=address,
                    owner=owner,
                )
                mend = say("give_each_mailbox_addresses", "give each mailbox addresses of its own, or remove this one")
                yield Fault(subject=("project", number), path=path, what=what, mend=mend)


def _pools(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> Iterator[Fault]:
    pools = {centre.pool for centre in centres}
    if not centres:
        return
    for number, project in enumerate(projects):
        if project.pool not in pools:
            yield Fault(
                subject=("project", number),
                path=("pool",),
                what=say(
                    "no_centre_here_has_the_pool",
                    "no centre here has the pool {pool!r}, so nobody would answer",
                    pool=project.pool,
                ),
                mend=suggest(project.pool, pools),
                names_in=tuple((("centre", n), ("pool",)) for n in range(len(centres))),
            )
