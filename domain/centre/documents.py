"""The documents a centre and its projects are configured by: the schema of `centre.yaml` and `project.yaml`.

Each accepted version is an event (`CentreConfigured`, `ProjectConfigured`) that holds the whole document, so
that every decision can be explained with the rules of its day. Cross-references are checked in
`domain.centre.references`, where a fault can name its place.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="lower-case letters, digits and _")]
Title = Annotated[str, Field(min_length=1, max_length=80, description="what people read")]
Language = Literal["en", "fr", "pl", "ru"]
Seconds = Annotated[int, Field(ge=1, le=366 * 86_400, description="seconds")]
Level = Annotated[int, Field(ge=1, le=10, description="skill level, 1 (beginner) to 10 (master)")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="an e-mail address")]


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(Document):
    """A place where agents sit. Its time zone is an IANA name such as `Europe/Warsaw`."""

    title: Title
    time_zone: str = Field(default="UTC", description="IANA name")


class Skill(Document):
    """Something an agent can do, at a level."""

    title: Title


class ChannelUse(Document):
    """How much of one channel an agent takes at once: at most `concurrency` items, `units` of capacity each."""

    concurrency: int = Field(ge=1, le=50, description="items at once")
    units: int = Field(default=1, ge=1, le=1000, description="units of capacity for each item")


class QueueUse(Document):
    """A queue this profile serves; it sees the queue's work only after `delay` seconds of waiting."""

    priority: int = Field(default=1, ge=1, le=100, description="1 is served first")
    delay: int = Field(default=0, ge=0, le=86_400, description="seconds of waiting before this profile sees it")


class Profile(Document):
    """What kind of work an agent takes, and how much. Queues are named `project/queue`."""

    capacity: int = Field(ge=1, le=1000, description="units of capacity over all channels")
    channels: dict[Name, ChannelUse] = Field(min_length=1, description="by voice, sms, email or callback")
    queues: dict[str, QueueUse] = Field(min_length=1, description="by project/queue")


class AgentEntry(Document):
    """A person who answers."""

    name: Title
    site: Name = Field(description="one of `sites`")
    profile: Name = Field(description="one of `profiles`")
    skills: dict[Name, Level] = Field(default={}, description="level from 1 (beginner) to 10 (master) by skill")


class CentreDocument(Document):
    """One centre: a pool of agents at sites, with the profiles they work by."""

    schema_version: Literal[1]
    centre: Name = Field(description="its name, for life")
    title: Title
    pool: Name = Field(description="agents and projects of one pool are routed together; for life")
    sites: dict[Name, Site] = Field(min_length=1)
    skills: dict[Name, Skill] = {}
    profiles: dict[Name, Profile] = Field(min_length=1)
    agents: dict[Name, AgentEntry] = Field(default={}, description="by the name they sign in with")


class Offer(Document):
    """How work of a queue is offered."""

    timeout: Seconds = Field(default=30, description="seconds an offer rings")
    ring_width: int = Field(default=1, ge=1, le=20, description="open offers per leg at once")
    misses: int = Field(default=2, ge=1, le=20, description="missed offers before the agent is not responding")


class WrapUp(Document):
    """Work after contact. `mandatory` has a time limit, after which the default disposition is recorded."""

    mode: Literal["none", "optional", "mandatory"] = "none"
    limit: Seconds = Field(default=120, description="seconds, where it is mandatory")
    default_disposition: Name = Field(default="not_stated", description="one of `dispositions`, where none is given")


class Queue(Document):
    """A queue of work: who may take it, how urgent it is and how it is offered."""

    title: Title
    priority: int = Field(default=5, ge=1, le=10, description="1 is most urgent")
    skills: dict[Name, Level] = Field(default={}, description="least level of each skill that its work asks for")
    target: Seconds = Field(default=14_400, description="seconds in which a matter should be answered")
    offer: Offer = Offer()
    wrap_up: WrapUp = WrapUp()


class Department(Document):
    """Where a ticket can be handed over to."""

    title: Title
    queue: Name = Field(description="one of `queues`")


class Mailbox(Document):
    """An address that customers write to, and what its mail becomes."""

    address: Address
    aliases: tuple[Address, ...] = Field(default=(), description="further addresses that lead here")
    title: Title
    department: Name = Field(description="one of `departments`, where new matters go")
    language: Language = Field(default="en", description="of who writes here, until something better is known")
    automatic_mail: Literal["file", "queue"] = Field(
        default="file", description="what becomes of mail that no person wrote and that belongs to nothing"
    )


class Callbacks(Document):
    """Callback requests: the queue that works them and how far ahead one can be asked for."""

    queue: Name = Field(description="one of `queues`")
    horizon: Seconds = Field(default=14 * 86_400, description="seconds ahead that a callback can be asked for")


class Status(Document):
    """Which status mails a customer gets."""

    mails: tuple[Literal["opened", "handed_over", "resolved", "reopened"], ...] = Field(
        default=("opened", "handed_over", "resolved", "reopened"), description="which changes a customer is told of"
    )
    sender: Name = Field(description="the mailbox, one of `mailboxes`, that status mails come from")
    reopen_days: int = Field(default=14, ge=1, le=366, description="days after which a resolved ticket is closed")


class ProjectDocument(Document):
    """One client's hotline: its departments, queues and mailboxes."""

    schema_version: Literal[1]
    project: Name = Field(description="its name, for life")
    title: Title
    pool: Name = Field(description="that of the centre whose agents work for it; for life")
    language: Language = Field(default="en", description="where a customer's own is not known")
    departments: dict[Name, Department] = Field(min_length=1)
    queues: dict[Name, Queue] = Field(min_length=1)
    mailboxes: dict[Name, Mailbox] = {}
    callbacks: Callbacks | None = Field(default=None, description="without it none can be asked for")
    status: Status | None = Field(default=None, description="without it customers get no status mails")
    dispositions: tuple[Name, ...] = Field(
        default=("answered", "not_reached", "not_stated"), description="how contacts can end"
    )
