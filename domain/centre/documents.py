"""The documents a centre and its projects are configured by: the schema of `centre.yaml` and `project.yaml`.

Each accepted version is an event (`CentreConfigured`, `ProjectConfigured`) that holds the whole document, so
that every decision can be explained with the rules of its day. Cross-references are checked in
`domain.centre.references`, where a fault can name its place.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="lower-case letters, digits and _")]
Language = Literal["en", "fr", "pl", "ru"]
Seconds = Annotated[int, Field(ge=1, le=366 * 86_400, description="seconds")]
Level = Annotated[int, Field(ge=1, le=10, description="skill level, 1 (beginner) to 10 (master)")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="an e-mail address")]


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Site(Document):
    """A place where agents sit. Its time zone is an IANA name such as `Europe/Warsaw`."""

    title: str = Field(min_length=1, max_length=80)
    time_zone: str = "UTC"


class Skill(Document):
    """Something an agent can do, at a level."""

    title: str = Field(min_length=1, max_length=80)


class ChannelUse(Document):
    """How much of one channel an agent takes at once: at most `concurrency` items, `units` of capacity each."""

    concurrency: int = Field(ge=1, le=50)
    units: int = Field(default=1, ge=1, le=1000)


class QueueUse(Document):
    """A queue this profile serves; it sees the queue's work only after `delay` seconds of waiting."""

    priority: int = Field(default=1, ge=1, le=100)
    delay: int = Field(default=0, ge=0, le=86_400)


class Profile(Document):
    """What kind of work an agent takes, and how much. Queues are named `project/queue`."""

    capacity: int = Field(ge=1, le=1000, description="units of capacity over all channels")
    channels: dict[Name, ChannelUse] = Field(min_length=1)
    queues: dict[str, QueueUse] = Field(min_length=1)


class AgentEntry(Document):
    """A person who answers."""

    name: str = Field(min_length=1, max_length=80)
    site: Name
    profile: Name
    skills: dict[Name, Level] = {}


class CentreDocument(Document):
    """One centre: a pool of agents at sites, with the profiles they work by."""

    schema_version: Literal[1]
    centre: Name
    title: str = Field(min_length=1, max_length=80)
    pool: Name
    sites: dict[Name, Site] = Field(min_length=1)
    skills: dict[Name, Skill] = {}
    profiles: dict[Name, Profile] = Field(min_length=1)
    agents: dict[Name, AgentEntry] = {}


class Offer(Document):
    """How work of a queue is offered (`ROUTING`, offer, answer, escalate)."""

    timeout: Seconds = 30
    ring_width: int = Field(default=1, ge=1, le=20, description="open offers per leg at once")
    misses: int = Field(default=2, ge=1, le=20, description="missed offers before the agent is not responding")


class WrapUp(Document):
    """Work after contact. `mandatory` has a time limit, after which the default disposition is recorded."""

    mode: Literal["none", "optional", "mandatory"] = "none"
    limit: Seconds = 120
    default_disposition: Name = "not_stated"


class Queue(Document):
    """A queue of work: who may take it, how urgent it is and how it is offered."""

    title: str = Field(min_length=1, max_length=80)
    priority: int = Field(default=5, ge=1, le=10, description="1 is most urgent")
    skills: dict[Name, Level] = {}
    target: Seconds = 14_400
    offer: Offer = Offer()
    wrap_up: WrapUp = WrapUp()


class Department(Document):
    """Where a ticket can be handed over to."""

    title: str = Field(min_length=1, max_length=80)
    queue: Name


class Mailbox(Document):
    """An address that customers write to, and what its mail becomes."""

    address: Address
    aliases: tuple[Address, ...] = ()
    title: str = Field(min_length=1, max_length=80)
    department: Name
    language: Language = "en"
    automatic_mail: Literal["file", "queue"] = "file"


class Callbacks(Document):
    """Callback requests: the queue that works them and how far ahead one can be asked for."""

    queue: Name
    horizon: Seconds = 14 * 86_400


class Status(Document):
    """Which status mails a customer gets."""

    mails: tuple[Literal["opened", "handed_over", "resolved", "reopened"], ...] = (
        "opened",
        "handed_over",
        "resolved",
        "reopened",
    )
    sender: Name = Field(description="the mailbox that status mails come from")
    reopen_days: int = Field(default=14, ge=1, le=366, description="days after which a resolved ticket is closed")


class ProjectDocument(Document):
    """One client's hotline: its departments, queues and mailboxes."""

    schema_version: Literal[1]
    project: Name
    title: str = Field(min_length=1, max_length=80)
    pool: Name
    language: Language = "en"
    departments: dict[Name, Department] = Field(min_length=1)
    queues: dict[Name, Queue] = Field(min_length=1)
    mailboxes: dict[Name, Mailbox] = {}
    callbacks: Callbacks | None = None
    status: Status | None = None
    dispositions: tuple[Name, ...] = ("answered", "not_reached", "not_stated")
