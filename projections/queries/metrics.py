"""What a wallboard counts, in words and as formulas; the sums stand in `projections.figures`."""

from __future__ import annotations

from typing import Literal, NamedTuple

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
)
from domain.centre.wallboard import Metric
from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionQueued,
    SentToVoicemail,
    WorkExpired,
)
from domain.ticket.events import ServiceRated

Unit = Literal["share", "seconds", "number", "score"]


class Definition(NamedTuple):
    """`spans`: whether it is a sum over a span of time, or how things stand now."""

    unit: Unit
    spans: bool
    text: str
    formula: str
    events: tuple[type[Event], ...]


_ANSWERS = (InteractionQueued, AgentConnected, InteractionAbandoned)
_PRESENCE = (AgentSignedIn, AgentBecameReady, AgentBecameNotReady, AgentStoppedResponding, AgentSignedOut)

DEFINITIONS: dict[Metric, Definition] = {
    "service_level": Definition(
        "share",
        True,
        "Of the contacts whose wait began in the span and is over, the share that was answered within the target of "
        "its queue. Who went on to voicemail or expired does not count.",
        "answered in time / (answered + abandoned)",
        _ANSWERS,
    ),
    "speed_of_answer": Definition(
        "seconds",
        True,
        "How long those who were answered had waited on average, from arrival, a callback from its due time.",
        "sum of the waits of the answered / answered",
        (InteractionQueued, AgentConnected),
    ),
    "abandon_share": Definition(
        "share",
        True,
        "Of the contacts whose wait began in the span and is over, the share whose customer left first.",
        "abandoned / (answered + abandoned)",
        _ANSWERS,
    ),
    "longest_wait": Definition(
        "seconds",
        False,
        "How long the contact has waited that has waited longest, of those that can be worked now.",
        "now - the earliest time since when something waits",
        (InteractionQueued, AgentConnected, InteractionAbandoned, SentToVoicemail, WorkExpired),
    ),
    "waiting": Definition(
        "number",
        False,
        "Contacts that wait for an agent and can be worked now; what is planned for later does not count.",
        "count of waiting legs whose time has come",
        (InteractionQueued, AgentConnected, InteractionAbandoned, SentToVoicemail, WorkExpired),
    ),
    "ready_agents": Definition(
        "number",
        False,
        "Agents of the pool who are ready for work, whatever they have in hand.",
        "count of agents in the state ready",
        _PRESENCE,
    ),
    "in_contact": Definition(
        "number",
        False,
        "Contacts of the project that an agent has in hand and has not finished; wrap-up does not count.",
        "count of pieces of work that are connected",
        (AgentConnected,),
    ),
    "rating": Definition(
        "score",
        True,
        "How customers who rated in the span rated the company, on average, from 1 (poor) to 5 (excellent).",
        "sum of the scores / number of ratings",
        (ServiceRated,),
    ),
}
