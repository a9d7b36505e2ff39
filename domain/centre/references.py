"""What a schema cannot say: that the names in a centre's and its projects' documents lead somewhere.

Every fault names its document and path, says what is wrong and what could stand there instead. A fault of severity
`warning` does not keep the documents from being applied: work would merely wait for ever, or nobody be told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, get_args

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.interaction.events import Channel

#: Which document: the n-th centre or the n-th project of those that were checked, from 0.
Subject = tuple[Literal["centre", "project"], int]
Path = tuple[str | int, ...]

CHANNELS: tuple[str, ...] = get_args(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong. `at_key`: the name before the colon is meant, not what stands behind it.

    `names_in` is where the names were looked up: with those faulty too, this fault may be a mere consequence.
    """

    subject: Subject
    path: Path
    what: str
    mend: str
    severity: Literal["fault", "warning"] = "fault"
    at_key: bool = False
    names_in: tuple[tuple[Subject, Path], ...] = ()


def suggest(name: str, known: Iterable[str]) -> str:
    """Which of the known names could be meant: the likeliest, and all where they are at most 12."""
    names = sorted(known)
    if not names:
        return "there are none yet; declare it first"
    close = get_close_matches(name, names, n=5)
    listed = names if len(names) <= 12 else close or names[:5]
    more = f" and {len(names) - len(listed)} more" if len(listed) < len(names) else ""
    likeliest = f"did you mean {close[0]!r}? " if close else f"for example {names[0]!r}; "
    return f"{likeliest}known: {', '.join(listed)}{more}"


def check(
    centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument], *, time_zones: Collection[str]
) -> list[Fault]:
    """Everything that is wrong between these documents, in their order.

    `time_zones` are the known names (IANA time zone database). Whether somebody can do the work is the matter
    of `domain.centre.staffing`.
    """
    faults = [*_twice(centres, projects), *_addresses(projects), *_pools(centres, projects)]
    for number, centre in enumerate(centres):
        subject: Subject = ("centre", number)
        faults.extend(_sites_and_agents(subject, centre, time_zones))
        faults.extend(_profiles(subject, centre))
    for number, project in enumerate(projects):
        faults.extend(_project(("project", number), project))
    return faults


def _unknown(
    what: str,
    name: str,
    known: Collection[str],
    subject: Subject,
    path: Path,
    names_in: Path | None,
    *,
    at_key: bool = False,
) -> Iterator[Fault]:
    if name not in known:
        yield Fault(
            subject=subject,
            path=path,
            what=f"there is no {what} {name!r}",
            mend=suggest(name, known),
            at_key=at_key,
            names_in=() if names_in is None else ((subject, names_in),),
        )


def _sites_and_agents(subject: Subject, c: CentreDocument, time_zones: Collection[str]) -> Iterator[Fault]:
    for name, site in c.sites.items():
        yield from _unknown("time zone", site.time_zone, time_zones, subject, ("sites", name, "time_zone"), None)
    for name, agent in c.agents.items():
        here = ("agents", name)
        yield from _unknown("site", agent.site, c.sites, subject, (*here, "site"), ("sites",))
        yield from _unknown("profile", agent.profile, c.profiles, subject, (*here, "profile"), ("profiles",))
        for skill in agent.skills:
            yield from _unknown("skill", skill, c.skills, subject, (*here, "skills", skill), ("skills",), at_key=True)
    used = {agent.profile for agent in c.agents.values()}
    for name in c.profiles:
        if name not in used:
            what = f"no agent works by the profile {name!r}"
            mend = f"give it to an agent (`profile: {name}`) or remove it"
            yield warning(subject, ("profiles", name), what, mend, (subject, ("agents",)))
    if not c.agents:
        mend = "add one: `agents: {anna: {name: Anna, site: …, profile: …}}`"
        yield warning(subject, ("agents",), "this centre has no agents; nobody answers", mend)


def warning(subject: Subject, path: Path, what: str, mend: str, *names_in: tuple[Subject, Path]) -> Fault:
    return Fault(
        subject=subject, path=path, what=what, mend=mend, severity="warning", at_key=True, names_in=tuple(names_in)
    )


def _profiles(subject: Subject, c: CentreDocument) -> Iterator[Fault]:
    for name, profile in c.profiles.items():
        here = ("profiles", name, "channels")
        for channel, use in profile.channels.items():
            yield from _unknown("channel", channel, CHANNELS, subject, (*here, channel), None, at_key=True)
            if use.units > profile.capacity:
                what = f"one item of {channel} takes {use.units} units, this profile has {profile.capacity} in all"
                if all(other.units > profile.capacity for other in profile.channels.values()):
                    what += ": it can take nothing"
                mend = f"`units: {profile.capacity}` or less, or `capacity: {use.units}` or more"
                yield Fault(subject=subject, path=(*here, channel, "units"), what=what, mend=mend)


def _project(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    for name, department in p.departments.items():
        path = ("departments", name, "queue")
        yield from _unknown("queue", department.queue, p.queues, subject, path, ("queues",))
    for name, mailbox in p.mailboxes.items():
        path = ("mailboxes", name, "department")
        yield from _unknown("department", mailbox.department, p.departments, subject, path, ("departments",))
    for name, queue in p.queues.items():
        path = ("queues", name, "wrap_up", "default_disposition")
        wanted = queue.wrap_up.default_disposition
        yield from _unknown("disposition", wanted, p.dispositions, subject, path, ("dispositions",))
    if p.callbacks is not None:
        path = ("callbacks", "queue")
        yield from _unknown("queue", p.callbacks.queue, p.queues, subject, path, ("queues",))
    if p.status is not None:
        path = ("status", "sender")
        yield from _unknown("mailbox", p.status.sender, p.mailboxes, subject, path, ("mailboxes",))
    elif p.mailboxes:
        mend = f"`status: {{sender: {next(iter(p.mailboxes))}}}`"
        what = "customers get no status mails: nothing says which mailbox they come from"
        yield warning(subject, ("status",), what, mend)
    yield from _idle_queues(subject, p)


def _idle_queues(subject: Subject, p: ProjectDocument) -> Iterator[Fault]:
    led_to = {department.queue for department in p.departments.values()}
    if p.callbacks is not None:
        led_to.add(p.callbacks.queue)
    for name in p.queues:
        if name not in led_to:
            what = f"nothing leads to the queue {name!r}"
            mend = f"name it in a department (`queue: {name}`) or in `callbacks`, or remove it"
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
        mend = f"rename one of them, for example to {name + '_2'!r}"
        if kind == "agent":
            mend += "; an agent works in one pool"
        what = f"the {kind} {name!r} stands in two documents"
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
                what = f"the address {address!r} leads to the mailbox {owner!r} already"
                mend = "give each mailbox addresses of its own, or remove this one"
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
                what=f"no centre here has the pool {project.pool!r}, so nobody would answer",
                mend=suggest(project.pool, pools),
                names_in=tuple((("centre", n), ("pool",)) for n in range(len(centres))),
            )
