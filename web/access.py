"""Who may do what: the one table of permissions and roles, and the one check against it.

An account has roles per project, or under `*` for every project of its pool. A role given for one project
opens what belongs to that project; what belongs to the pool (accounts, the centre's document, the whole log) needs
the role under `*`. Some things belong to the person rather than to a project (their own presence, work and
stream): there a role held anywhere is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: Stands for every project of the account's pool.
EVERYWHERE = "*"


class Role(StrEnum):
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    CLIENT = "client"


class Permission(StrEnum):
    """Something that a route lets its caller do. Every route declares exactly one."""

    #: no account needed: health, signing in, the customers' pages
    PUBLIC = "public"
    OWN_ACCOUNT = "own_account"
    OWN_PRESENCE = "own_presence"
    FORCE_PRESENCE = "force_presence"
    READ_PRESENCE = "read_presence"
    WORK = "work"
    NOTE = "note"
    #: see the whole floor, move other people's work, hear of alerts; listen, whisper or speak in a conversation
    SUPERVISE = "supervise"
    #: hear what was recorded of conversations
    LISTEN = "listen"
    #: hear messages that callers left, which are work
    HEAR_MESSAGES = "hear_messages"
    STREAM = "stream"
    READ_CUSTOMERS = "read_customers"
    WRITE_CUSTOMERS = "write_customers"
    ERASE_CUSTOMERS = "erase_customers"
    READ_TICKETS = "read_tickets"
    WRITE_TICKETS = "write_tickets"
    #: see what customers said and who they are; without it personal fields come back empty
    OPEN_PERSONAL = "open_personal"
    CALLBACKS = "callbacks"
    FOLLOW_UPS = "follow_ups"
    #: write to colleagues
    MESSAGES = "messages"
    READ_CONFIGURATION = "read_configuration"
    CONFIGURE = "configure"
    #: say that a site is down, or back
    DECLARE_OUTAGE = "declare_outage"
    READ_EVENTS = "read_events"
    READ_MEASURES = "read_measures"
    ACCOUNTS = "accounts"


_STAFF = frozenset({Role.AGENT, Role.SUPERVISOR, Role.MANAGER})
_LEADS = frozenset({Role.SUPERVISOR, Role.MANAGER})
_ALL = frozenset(Role)
_INSIDE = _ALL - {Role.CLIENT}

TABLE: Mapping[Permission, frozenset[Role]] = {
    Permission.OWN_ACCOUNT: _ALL,
    Permission.OWN_PRESENCE: frozenset({Role.AGENT}),
    Permission.FORCE_PRESENCE: _LEADS,
    Permission.READ_PRESENCE: _INSIDE,
    Permission.WORK: frozenset({Role.AGENT}),
    Permission.NOTE: _STAFF,
    Permission.SUPERVISE: _LEADS,
    Permission.LISTEN: _LEADS,
    Permission.HEAR_MESSAGES: _STAFF,
    Permission.STREAM: _INSIDE,
    Permission.READ_CUSTOMERS: _STAFF | {Role.ADMINISTRATOR},
    Permission.WRITE_CUSTOMERS: _STAFF,
    Permission.ERASE_CUSTOMERS: frozenset({Role.ADMINISTRATOR}),
    Permission.READ_TICKETS: _ALL,
    Permission.WRITE_TICKETS: _STAFF,
    Permission.OPEN_PERSONAL: _STAFF | {Role.ADMINISTRATOR},
    Permission.CALLBACKS: _STAFF,
    Permission.FOLLOW_UPS: _STAFF,
    Permission.MESSAGES: _STAFF,
    Permission.READ_CONFIGURATION: _INSIDE,
    Permission.CONFIGURE: frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    Permission.DECLARE_OUTAGE: _LEADS | {Role.ADMINISTRATOR},
    #: a client sees how its own project is served; groups by agent need READ_PRESENCE beside it
    Permission.READ_MEASURES: _ALL - {Role.AGENT},
    Permission.READ_EVENTS: _LEADS | {Role.ANALYST, Role.ADMINISTRATOR},
    Permission.ACCOUNTS: frozenset({Role.ADMINISTRATOR}),
}

#: These are about the caller's own person: a role in any project opens them.
ABOUT_ONESELF = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.OWN_PRESENCE,
        Permission.FORCE_PRESENCE,
        Permission.MESSAGES,
        Permission.READ_PRESENCE,
        Permission.STREAM,
        Permission.WORK,
    }
)

Grants = Mapping[str, frozenset[Role]]


class Forbidden(Exception):
    """The caller is known, and may not do this."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, with the roles that count for this request."""

    account_id: str
    name: str
    pool: str
    agent_id: str = ""
    grants: Grants = field(default_factory=dict[str, frozenset[Role]])
    by: str = "session"

    def roles(self, project: str | None) -> frozenset[Role]:
        """The roles held in a project; with None, those held for the whole pool."""
        everywhere = self.grants.get(EVERYWHERE, frozenset[Role]())
        return everywhere if project is None else everywhere | self.grants.get(project, frozenset[Role]())

    def may(self, permission: Permission, project: str | None = None) -> bool:
        """Whether the table lets the caller do this in the project (None: in the whole pool)."""
        if permission is Permission.PUBLIC:
            return True
        held = self.roles(project)
        if permission in ABOUT_ONESELF and project is None:
            held = held.union(*self.grants.values())
        return bool(held & TABLE[permission])

    @property
    def actor(self) -> str:
        """How the log names who did it."""
        return f"agent:{self.agent_id}" if self.agent_id else f"account:{self.account_id}"

    @property
    def signature(self) -> str:
        """How notes and hand-overs name their author."""
        return self.agent_id or self.actor


def check(caller: Caller, permission: Permission, project: str | None) -> None:
    """Raises `Forbidden` naming the roles that would be enough."""
    if caller.may(permission, project):
        return
    needed = " or ".join(sorted(TABLE[permission]))
    where = f"in project {project!r}" if project else "for the whole pool"
    raise Forbidden(f"this needs the role {needed} {where}; ask an administrator for it")


def acts_as(caller: Caller, agent_id: str) -> None:
    """An account acts as its own agent and no other. Raises `Forbidden`."""
    if caller.agent_id != agent_id:
        raise Forbidden(f"you may act as your own agent only, not as {agent_id!r}")


def own_agent(caller: Caller) -> str:
    """The agent that the account is tied to. Raises `Forbidden` when it takes no work."""
    if not caller.agent_id:
        raise Forbidden("this account is not tied to an agent; an administrator can tie it to one")
    return caller.agent_id


def read_grants(written: Mapping[str, Iterable[str]]) -> dict[str, frozenset[Role]]:
    """Grants from their written form. Raises `ValueError` naming an unknown role and the ones there are."""
    grants: dict[str, frozenset[Role]] = {}
    for project, names in written.items():
        for name in names:
            if name not in set(Role):
                raise ValueError(f"there is no role {name!r}; there are {', '.join(Role)}")
        if roles := frozenset(Role(name) for name in names):
            grants[project] = roles
    return grants


def write_grants(grants: Grants) -> dict[str, tuple[str, ...]]:
    """Grants as plain values in a stable order."""
    return {project: tuple(sorted(roles)) for project, roles in sorted(grants.items())}
