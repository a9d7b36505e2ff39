"""What a process is for: one thing, so that there may be many of it, or everything.

web          API, pages, live events, presence, providers' webhooks. All work.
router       a router for each pool. One decides for a pool, the others follow it and stand by.
projections  the read models; forgetting of the erased, sealing, closing of settled tickets. One works, others stand by.
delivery     mail, calls and webhooks out. For mail all work, for calls and webhooks one does.
mail         mail in. By SMTP all work; each mailbox that is fetched from has one who does.
relay        the log to Kafka. One works, the others stand by.
all          everything; the relay where Kafka is named in the settings.

Which of several works is settled by an election (`infra/elections.py`). It spares work and keeps things in order; it
is not what keeps them right: that is the log's versions, attempt ids and `once` keys, so that two which both believe
they were elected do nothing twice.
"""

from __future__ import annotations

from typing import Literal, get_args

from infra.load_settings import BadSettings
from infra.settings import Settings

Role = Literal["web", "router", "projections", "delivery", "mail", "relay", "all"]
#: In the order in which they are started, and listed to people.
ROLES: tuple[Role, ...] = get_args(Role)

#: Seconds between two looks at a busy log. What every process does after every append is most of the work of a machine
#: that has them all; in one process alone every look serves everybody.
_RESTS: dict[Role, float] = {
    "router": 0.005,
    "web": 0.01,
    "relay": 0.01,
    "projections": 0.02,
    "delivery": 0.02,
    "mail": 0.02,
    "all": 0.0,
}


#: How far a process lets others of its machine go first where there is less processor than all want, as `nice(2)` has
#: it. A customer and an agent wait for a page, an offer, an acknowledgement; nobody waits for rows, mails and the topic
#: at the next moment, and what makes them does more at once the later it comes to it.
_NICE: dict[Role, int] = {
    "web": 0,
    "router": 0,
    "all": 0,
    "mail": 5,
    "delivery": 10,
    "projections": 19,
    "relay": 19,
}


def nice_of(role: Role) -> int:
    """How far a process of the role lets others go first: from 0, not at all, to 19."""
    return _NICE[role]


def rest_of(role: Role) -> float:
    """Seconds that a process rests between two looks at a busy log."""
    return _RESTS[role]


def plays(role: Role, part: Role) -> bool:
    """Whether a process of `role` does what `part` is for."""
    return role in (part, "all")


def check_role(settings: Settings, role: Role) -> None:
    """Raises `BadSettings` where the settings do not allow a process of its own for this role."""
    if role != "all" and settings.embedded:
        said = f"--role {role}: processes of several roles share a log in PostgreSQL; set TRUNKLINE_DATABASE_URL"
        raise BadSettings([f"{said}, or run everything in one process: trunkline serve"])
    if role == "relay" and not settings.kafka_servers:
        raise BadSettings(["--role relay: there is no Kafka to carry the log to; set TRUNKLINE_KAFKA_SERVERS"])
