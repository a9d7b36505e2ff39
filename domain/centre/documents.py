"""The documents a centre and its projects are configured by: the schema of `centre.yaml` and `project.yaml`.

Each accepted version is an event (`CentreConfigured`, `ProjectConfigured`) that holds the whole document, so
that every decision can be explained with the rules of its day. Cross-references are checked in
`domain.centre.references`, where a fault can name its place.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.centre.flows import Flow, OutsideAddress
from domain.centre.goals import ServiceLevel
from domain.centre.hours import Day, Hours
from domain.centre.numbers import Digit, Letters, Number
from domain.centre.outcomes import OutcomeRule
from domain.centre.retention import Retention
from domain.centre.routing import Document, Language, Level, Name, Offer, Queue, Routing, Seconds, Step, Title, WrapUp
from domain.centre.scripts import Script
from domain.centre.wallboard import Alert, Wallboard
from domain.centre.webhooks import Webhook

__all__ = [
    "Address",
    "AgentEntry",
    "Callbacks",
    "CannedAnswer",
    "CentreDocument",
    "ChannelUse",
    "Conversation",
    "Department",
    "Document",
    "Flow",
    "Hours",
    "Language",
    "Level",
    "Mailbox",
    "Name",
    "Number",
    "Offer",
    "Profile",
    "ProjectDocument",
    "Queue",
    "QueueUse",
    "Recordings",
    "Retention",
    "Routing",
    "Seconds",
    "ServiceLevel",
    "Site",
    "Skill",
    "Status",
    "Step",
    "TextHours",
    "Title",
    "Webhook",
    "WrapUp",
]

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="local time, as in 08:30")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="an e-mail address")]


CannedText = Annotated[str, Field(min_length=1, max_length=20_000)]
Origin = Annotated[
    str,
    Field(
        pattern=r"^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$",
        description="scheme and host, as in https://www.example.com",
    ),
]


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
    interrupts: tuple[Name, ...] = Field(
        default=(), description="channels whose work rests meanwhile, so that its units do not count against this one"
    )


class QueueUse(Document):
    """A queue this profile serves; it sees the queue's work only after `delay` seconds of waiting."""

    priority: int = Field(default=1, ge=1, le=100, description="1 is served first")
    delay: int = Field(default=0, ge=0, le=86_400, description="seconds of waiting before this profile sees it")
    ring: int = Field(default=1, ge=1, le=20, description="ring 1 is asked first, later ones once a step opens them")


class Profile(Document):
    """What kind of work an agent takes, and how much. Queues are named `project/queue`."""

    capacity: int = Field(ge=1, le=1000, description="units of capacity over all channels")
    channels: dict[Name, ChannelUse] = Field(min_length=1, description="by voice, sms, email, callback or another")
    queues: dict[str, QueueUse] = Field(min_length=1, description="by project/queue")


class AgentEntry(Document):
    """A person who answers."""

    name: Title
    site: Name = Field(description="one of `sites`")
    profile: Name = Field(description="one of `profiles`")
    skills: dict[Name, Level] = Field(default={}, description="level from 1 (beginner) to 10 (master) by skill")
    certified_until: dict[Name, Day] = Field(
        default={}, description="last day, at their site, that a certification is valid, by skill, as in 2026-12-31"
    )
    languages: tuple[Language, ...] = Field(default=(), description="that they speak; none named: all")
    telephone: OutsideAddress | None = Field(
        default=None, description="where calls reach them, their browser without: by number or SIP, as in +48221234567"
    )


class CentreDocument(Document):
    """One centre: a pool of agents at sites, with the profiles they work by."""

    schema_version: Literal[1]
    centre: Name = Field(description="its name, for life")
    title: Title
    pool: Name = Field(description="agents and projects of one pool are routed together; for life")
    sites: dict[Name, Site] = Field(min_length=1)
    skills: dict[Name, Skill] = Field(default={}, description="what agents can do, by name")
    profiles: dict[Name, Profile] = Field(min_length=1)
    agents: dict[Name, AgentEntry] = Field(default={}, description="by the name they sign in with")
    routing: Routing = Routing()
    not_ready: dict[Name, Title] = Field(
        default={}, description="why agents are not ready, to choose from; a few usual reasons without"
    )
    keypads: dict[Name, dict[Digit, Letters]] = Field(
        default={},
        max_length=20,
        description="layouts of letters on keys, by name, beside `e161` and `by-threes`: the letters by key",
    )


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
    site: Name | None = Field(default=None, description="one of the centre's `sites`, where its work belongs")
    automatic_mail: Literal["file", "queue"] = Field(
        default="file", description="what becomes of mail that no person wrote and that belongs to nothing"
    )


class Conversation(Document):
    """A page of ours on which customers write with an agent, and what its conversations become."""

    channel: Name = Field(description="a channel whose contacts are conversations on a page of ours, such as chat")
    title: Title
    department: Name = Field(description="one of `departments`, whose queue they come to")
    language: Language = Field(default="en", description="of who writes here, until something better is known")
    site: Name | None = Field(default=None, description="one of the centre's `sites`, where its work belongs")
    expires: Seconds | None = Field(
        default=1800, description="seconds that nobody took it after which it is given up; never without"
    )


class Callbacks(Document):
    """Callback requests: the queue that works them and how far ahead one can be asked for."""

    queue: Name = Field(description="one of `queues`")
    horizon: Seconds = Field(default=14 * 86_400, description="seconds ahead that a callback can be asked for")
    window: int = Field(
        default=3600, ge=900, le=86_400, description="seconds of the windows of time that customers choose from"
    )
    expires: Seconds | None = Field(
        default=None, description="seconds after it fell due that nobody could be called, until it is given up"
    )
    order: Literal["agent_first", "customer_first"] = Field(
        default="agent_first", description="whose telephone rings first once an agent has taken it"
    )
    number: Name | None = Field(
        default=None, description="one of `numbers`, which calls back and is shown; the first of them without"
    )
    record: Literal["never", "with_consent", "always"] = Field(
        default="never",
        description="whether the conversation is recorded: for who agreed in the call before, or after saying so",
    )
    attempts: int = Field(default=3, ge=1, le=20, description="calls to the customer before it is given up")
    retry: Seconds = Field(default=900, description="seconds after which a busy or silent number is called again")


class TextHours(Document):
    """Hours in which texts go out that nobody waits for, on the clock of who gets them."""

    opens: ClockTime = Field(default="08:00", description="the first minute, as in 08:00")
    closes: ClockTime = Field(
        default="20:00",
        description="the minute after the last, on the next day where it is not later than `opens`, as in 20:00",
    )


class Recordings(Document):
    """What becomes of recorded conversations and of messages that callers left."""

    keep_days: int | None = Field(
        default=None, ge=1, le=36_600, description="days after which they are removed; for ever without"
    )
    provider_copy: Literal["delete", "keep"] = Field(
        default="delete", description="what becomes of the provider's copy once ours is stored"
    )


class Status(Document):
    """Which status mails a customer gets, and which texts."""

    mails: tuple[Literal["opened", "handed_over", "resolved", "reopened"], ...] = Field(
        default=("opened", "handed_over", "resolved", "reopened"), description="which changes a customer is told of"
    )
    sender: Name = Field(description="the mailbox, one of `mailboxes`, that status mails come from")
    reopen_days: int = Field(default=14, ge=1, le=366, description="days after which a resolved ticket is closed")
    texts: tuple[Literal["opened", "handed_over", "resolved", "reopened"], ...] = Field(
        default=(), description="which changes a customer who came by text is told of by text"
    )
    text_hours: TextHours | None = Field(
        default=None, description="when such texts may disturb somebody; at any time without"
    )


class CannedAnswer(Document):
    """What is often written, ready to be put into a reply and changed there."""

    title: Title
    text: dict[Language, CannedText] = Field(
        min_length=1, description="by language; `{customer}`, `{agent}` and `{ticket}` stand for who and which it is"
    )


class ProjectDocument(Document):
    """One client's hotline: its departments, queues and mailboxes."""

    schema_version: Literal[1]
    project: Name = Field(description="its name, for life")
    title: Title
    pool: Name = Field(description="that of the centre whose agents work for it; for life")
    language: Language = Field(default="en", description="where a customer's own is not known")
    departments: dict[Name, Department] = Field(min_length=1)
    queues: dict[Name, Queue] = Field(min_length=1)
    hours: dict[Name, Hours] = Field(default={}, description="opening hours, by name")
    service_levels: dict[Name, ServiceLevel] = Field(default={}, description="definitions of good service, by name")
    mailboxes: dict[Name, Mailbox] = Field(default={}, description="addresses that customers write to, by name")
    numbers: dict[Name, Number] = Field(default={}, description="numbers that customers call, by name")
    flows: dict[Name, Flow] = Field(default={}, description="what callers go through, by name")
    conversations: dict[Name, Conversation] = Field(default={}, description="pages on which customers write, by name")
    webhooks: dict[Name, Webhook] = Field(default={}, description="peers' systems that are told of events, by name")
    callbacks: Callbacks | None = Field(default=None, description="without it none can be asked for")
    recordings: Recordings | None = Field(default=None, description="how long recordings are kept")
    retention: Retention | None = Field(default=None, description="how long what is known of people is kept")
    status: Status | None = Field(default=None, description="without it customers get no status mails")
    wallboard: Wallboard = Field(default=Wallboard(), description="what its wallboard aims at")
    alerts: dict[Name, Alert] = Field(default={}, max_length=100, description="when somebody must be told, by name")
    embedded_in: tuple[Origin, ...] = Field(
        default=(), max_length=100, description="sites that may show the forms and pages in a frame; none named: any"
    )
    scripts: dict[Name, Script] = Field(default={}, max_length=100, description="what is said and asked, by name")
    outcomes: dict[Name, OutcomeRule] = Field(default={}, description="what is started by an end, by disposition")
    dispositions: tuple[Name, ...] = Field(
        default=("answered", "not_reached", "not_stated"), description="how contacts can end"
    )
    answers: dict[Name, CannedAnswer] = Field(default={}, description="canned answers, by the name that is typed")
