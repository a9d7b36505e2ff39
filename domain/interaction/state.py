"""An interaction as decisions see it: its legs and where each of them stands.

A leg waits until one agent has accepted one offer of it; offers come and go while it waits. The interaction
itself is open from its first event to `InteractionClosed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    CallbackOffered,
    CallbackRequested,
    ConnectFailed,
    CustomerRecognised,
    DeflectionSent,
    DispositionGiven,
    InteractionAbandoned,
    InteractionClosed,
    InteractionInterrupted,
    InteractionOffered,
    InteractionQueued,
    InteractionStarted,
    InteractionTransferred,
    MessageReceived,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    PriorityRaised,
    RequirementsRelaxed,
    SentToVoicemail,
    WaitAnnounced,
    WorkExpired,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.personal import plain
from domain.rejection import NotFound, Rejection
from domain.states import States, concept
from domain.transitions import Table, step

LegStatus = Literal["absent", "waiting", "accepted", "connected", "wrap_up", "ended"]

LEG: Table[LegStatus] = {
    ("absent", InteractionQueued): "waiting",
    ("waiting", InteractionOffered): "waiting",
    ("waiting", OfferDeclined): "waiting",
    ("waiting", OfferTimedOut): "waiting",
    ("waiting", OfferRescinded): "waiting",
    ("waiting", OfferAccepted): "accepted",
    ("waiting", InteractionAbandoned): "ended",
    # what waiting changes
    ("waiting", WaitAnnounced): "waiting",
    ("waiting", RequirementsRelaxed): "waiting",
    ("waiting", PriorityRaised): "waiting",
    ("waiting", CallbackOffered): "waiting",
    ("waiting", DeflectionSent): "waiting",
    ("waiting", SentToVoicemail): "ended",
    ("waiting", WorkExpired): "ended",
    # the losers of a ring are rescinded after one of them accepted
    ("accepted", OfferRescinded): "accepted",
    ("accepted", AgentConnected): "connected",
    ("accepted", ConnectFailed): "absent",
    ("accepted", WorkGivenUp): "absent",
    ("connected", WorkGivenUp): "absent",
    ("connected", InteractionInterrupted): "absent",
    ("connected", InteractionTransferred): "ended",
    ("connected", WrapUpStarted): "wrap_up",
    ("connected", WrapUpCompleted): "ended",
    ("wrap_up", DispositionGiven): "wrap_up",
    ("wrap_up", WrapUpCompleted): "ended",
}

#: On these channels agent and customer are in contact as soon as the agent has accepted.
CONNECTED_ON_ACCEPT = frozenset({"sms", "email", "callback"})


@dataclass(frozen=True, slots=True)
class Offer:
    agent_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """One agent's part: `offers` by work id while it waits, then `agent_id` under `work_id`."""

    status: LegStatus = "absent"
    queue: str = ""
    queued: InteractionQueued | None = None
    offers: Mapping[str, Offer] = field(default_factory=dict[str, Offer])
    work_id: str = ""
    agent_id: str = ""
    wrap_up_ends: datetime | None = None
    default_disposition: str = ""
    trail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Interaction:
    interaction_id: str = ""
    status: Literal["absent", "open", "closed"] = "absent"
    channel: str = ""
    customer_id: str = ""
    ticket_id: str = ""
    entry: str = ""
    language: str = "en"
    callback_key: str = ""
    last_message: str = ""
    last_sender: str = ""
    legs: Mapping[str, Leg] = field(default_factory=dict[str, Leg])

    def leg(self, name: str) -> Leg:
        return self.legs.get(name, Leg())

    @property
    def being_worked(self) -> bool:
        """Whether a leg waits for an agent or is in an agent's hands (wrap-up no longer reads messages)."""
        return any(leg.status in ("waiting", "accepted", "connected") for leg in self.legs.values())


def interaction_of(states: States, interaction_id: str) -> Interaction:
    """The interaction, open. Raises `NotFound`, or `Rejection` (`closed`)."""
    found = states.of(Interaction, "interaction", interaction_id)
    if found.status == "absent":
        raise NotFound("interaction", interaction_id)
    if found.status == "closed":
        raise Rejection("closed", "this interaction is closed; a new contact of the customer starts another one")
    return found


def evolve_leg(leg: Leg, event: Event) -> Leg:
    """One leg after one of its events."""
    leg = replace(leg, status=step(LEG, leg.status, type(event), "the work"))
    match event:
        case InteractionQueued():
            return Leg("waiting", event.queue, event, trail=event.trail)
        case RequirementsRelaxed():
            assert leg.queued is not None, "a waiting leg was queued"
            return replace(leg, queued=leg.queued.model_copy(update=_relaxed(leg.queued, event)))
        case PriorityRaised():
            assert leg.queued is not None, "a waiting leg was queued"
            steps = (*leg.queued.steps, event.step)
            return replace(leg, queued=leg.queued.model_copy(update={"priority": event.priority, "steps": steps}))
        case CallbackOffered() | DeflectionSent():
            assert leg.queued is not None, "a waiting leg was queued"
            return replace(leg, queued=leg.queued.model_copy(update={"steps": (*leg.queued.steps, event.step)}))
        case DispositionGiven():
            return replace(leg, default_disposition=event.disposition)
        case InteractionOffered():
            return replace(leg, offers={**leg.offers, event.work_id: Offer(event.agent_id, event.expires_at)})
        case OfferAccepted():
            offers = _without(leg.offers, event.work_id)
            return replace(leg, offers=offers, work_id=event.work_id, agent_id=event.agent_id)
        case OfferDeclined() | OfferTimedOut():
            offers = _without(leg.offers, event.work_id)
            return replace(leg, offers=offers, trail=(*leg.trail, event.agent_id))
        case OfferRescinded():
            return replace(leg, offers=_without(leg.offers, event.work_id))
        case WrapUpStarted():
            return replace(leg, wrap_up_ends=event.ends_at, default_disposition=event.default_disposition)
        case _:
            return leg


def _relaxed(queued: InteractionQueued, event: RequirementsRelaxed) -> dict[str, object]:
    return {
        "skills": event.skills,
        "also": event.also,
        "rings": event.rings,
        "sites": event.sites,
        "language_required": event.language_required,
        "steps": (*queued.steps, event.step),
    }


def _without(offers: Mapping[str, Offer], work_id: str) -> dict[str, Offer]:
    return {w: offer for w, offer in offers.items() if w != work_id}


def evolve(state: Interaction, event: Event) -> Interaction:
    match event:
        case InteractionStarted():
            return Interaction(
                event.interaction_id,
                "open",
                event.channel,
                event.customer_id,
                event.ticket_id,
                event.entry,
                event.language,
            )
        case CustomerRecognised():
            return replace(state, customer_id=event.customer_id)
        case MessageReceived():
            if event.automatic:  # nobody reads what is answered to it (RFC 3834)
                return state
            sender = plain(event.sender, otherwise="")
            return replace(state, last_message=plain(event.external_id, otherwise=""), last_sender=sender)
        case CallbackRequested():
            return replace(state, callback_key=event.key)
        case InteractionClosed():
            return replace(state, status="closed")
        case _:
            return _evolve_legs(state, event)


_LEG_EVENTS = frozenset(kind for _, kind in LEG)


def _evolve_legs(state: Interaction, event: Event) -> Interaction:
    """Move the leg that the event is about; a message or a note merely mentions one."""
    if type(event) not in _LEG_EVENTS:
        return state
    name: str = getattr(event, "leg")  # noqa: B009 - every event of the table bears one
    return replace(state, legs={**state.legs, name: evolve_leg(state.leg(name), event)})


concept("interaction", Interaction(), evolve)
