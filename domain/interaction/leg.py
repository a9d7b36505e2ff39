"""One leg of an interaction: one agent's part of it, from waiting to the end of wrap-up.

A leg waits until one agent has accepted one offer of it; offers come and go while it waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from domain.event import Event
from domain.interaction.call import Call
from domain.interaction.events import (
    AgentConnected,
    CallbackOffered,
    ConnectFailed,
    DeflectionSent,
    DispositionGiven,
    InteractionAbandoned,
    InteractionInterrupted,
    InteractionOffered,
    InteractionQueued,
    InteractionTransferred,
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
    # who would rather be called back leaves this leg for one that waits in its place
    ("waiting", InteractionTransferred): "ended",
    # the losers of a ring are rescinded after one of them accepted
    ("accepted", OfferRescinded): "accepted",
    ("accepted", InteractionAbandoned): "ended",
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


@dataclass(frozen=True, slots=True)
class Offer:
    """An open offer. `silence`: seconds that whoever accepts it has for a reply, if there is a limit."""

    agent_id: str
    expires_at: datetime
    silence: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """`offers` by work id while it waits, then `agent_id` under `work_id`.

    `queued` holds the requirements as they are now, after every step taken. `reply_by`: when work in hand without a
    reply is queued again. `disposed`: the agent has said how it ended, though the wrap-up goes on.
    """

    status: LegStatus = "absent"
    queue: str = ""
    queued: InteractionQueued | None = None
    offers: Mapping[str, Offer] = field(default_factory=dict[str, Offer])
    work_id: str = ""
    agent_id: str = ""
    wrap_up_ends: datetime | None = None
    wrap_up_fixed: bool = False
    default_disposition: str = ""
    disposed: bool = False
    trail: tuple[str, ...] = ()
    announce_at: datetime | None = None
    reply_by: datetime | None = None
    call: Call = field(default_factory=Call)

    @property
    def wanted(self) -> InteractionQueued:
        """What it asks for; only for a leg that was queued."""
        assert self.queued is not None, "only a leg that was queued asks for anything"
        return self.queued


def _queued(leg: Leg, event: InteractionQueued) -> Leg:
    return Leg("waiting", event.queue, event, trail=event.trail)


def _now_asks(leg: Leg, number: int, **changed: object) -> Leg:
    """The leg with other requirements, its queue's step `number` taken."""
    wanted = leg.wanted
    steps = wanted.steps if number in wanted.steps else (*wanted.steps, number)
    return replace(leg, queued=wanted.model_copy(update={**changed, "steps": steps}))


def _relaxed(leg: Leg, event: RequirementsRelaxed) -> Leg:
    return _now_asks(
        leg,
        event.step,
        skills=event.skills,
        also=event.also,
        rings=event.rings,
        sites=event.sites,
        language_required=event.language_required,
    )


def _raised(leg: Leg, event: PriorityRaised) -> Leg:
    return _now_asks(leg, event.step, priority=event.priority)


def _step_taken(leg: Leg, event: CallbackOffered | DeflectionSent) -> Leg:
    return _now_asks(leg, event.step)


def _announced(leg: Leg, event: WaitAnnounced) -> Leg:
    return replace(leg, announce_at=event.next_at)


def _offered(leg: Leg, event: InteractionOffered) -> Leg:
    offer = Offer(event.agent_id, event.expires_at, event.silence)
    return replace(leg, offers={**leg.offers, event.work_id: offer})


def _without(leg: Leg, work_id: str) -> Leg:
    return replace(leg, offers={w: offer for w, offer in leg.offers.items() if w != work_id})


def _accepted(leg: Leg, event: OfferAccepted) -> Leg:
    return replace(_without(leg, event.work_id), work_id=event.work_id, agent_id=event.agent_id)


def _not_taken(leg: Leg, event: OfferDeclined | OfferTimedOut) -> Leg:
    return replace(_without(leg, event.work_id), trail=(*leg.trail, event.agent_id))


def _rescinded(leg: Leg, event: OfferRescinded) -> Leg:
    return _without(leg, event.work_id)


def _connected(leg: Leg, event: AgentConnected) -> Leg:
    return replace(leg, reply_by=event.reply_by)


def _wrapping_up(leg: Leg, event: WrapUpStarted) -> Leg:
    return replace(
        leg,
        wrap_up_ends=event.ends_at,
        wrap_up_fixed=event.fixed,
        default_disposition=event.default_disposition,
        reply_by=None,
    )


def _disposed(leg: Leg, event: DispositionGiven) -> Leg:
    return replace(leg, default_disposition=event.disposition, disposed=True)


_FOLDS: Mapping[type[Event], Callable[[Leg, Any], Leg]] = {
    InteractionQueued: _queued,
    RequirementsRelaxed: _relaxed,
    PriorityRaised: _raised,
    CallbackOffered: _step_taken,
    DeflectionSent: _step_taken,
    WaitAnnounced: _announced,
    InteractionOffered: _offered,
    OfferAccepted: _accepted,
    OfferDeclined: _not_taken,
    OfferTimedOut: _not_taken,
    OfferRescinded: _rescinded,
    AgentConnected: _connected,
    WrapUpStarted: _wrapping_up,
    DispositionGiven: _disposed,
}


def evolve_leg(leg: Leg, event: Event) -> Leg:
    """One leg after one of its events."""
    leg = replace(leg, status=step(LEG, leg.status, type(event), "the work"))
    fold = _FOLDS.get(type(event))
    return leg if fold is None else fold(leg, event)
