"""An interaction as decisions see it: its legs and where each of them stands.

The interaction itself is open from its first event to `InteractionClosed`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, cast

from domain.event import Event
from domain.interaction.call import CALL_EVENTS, RECORDING_EVENTS, Recording, evolve_call, evolve_recordings
from domain.interaction.call_events import CallPlaced, CustomerPutThrough, OutsideEnded
from domain.interaction.events import (
    CallbackRequested,
    CustomerRecognised,
    InteractionClosed,
    InteractionStarted,
    MessageReceived,
    MessageSent,
)
from domain.interaction.leg import LEG, Leg, LegStatus, Offer, evolve_leg
from domain.personal import plain
from domain.rejection import NotFound, Rejection
from domain.states import States, concept

__all__ = [
    "LEG",
    "Interaction",
    "Leg",
    "LegStatus",
    "Offer",
    "in_hand",
    "interaction_of",
]


#: A leg that has not begun.
_NO_LEG = Leg()


@dataclass(frozen=True, slots=True)
class Interaction:
    """`placed`: an agent called the customer. `outside`: whom the customer was put through to, while there."""

    interaction_id: str = ""
    status: Literal["absent", "open", "closed"] = "absent"
    channel: str = ""
    customer_id: str = ""
    ticket_id: str = ""
    entry: str = ""
    language: str = "en"
    callback_key: str = ""
    callback_notify: str = ""
    callback_zone: str = ""
    last_message: str = ""
    last_sender: str = ""
    #: the id of the last message of either side that a person wrote
    last_said: str = ""
    placed: bool = False
    outside: str = ""
    legs: Mapping[str, Leg] = field(default_factory=dict[str, Leg])
    recordings: Mapping[str, Recording] = field(default_factory=dict[str, Recording])

    def leg(self, name: str) -> Leg:
        return self.legs.get(name, _NO_LEG)

    @property
    def next_leg(self) -> str:
        """The name of a further leg."""
        return str(len(self.legs) + 1)

    @property
    def being_worked(self) -> bool:
        """Whether a leg waits for an agent or is in an agent's hands (wrap-up no longer reads messages)."""
        return any(leg.status in ("waiting", "accepted", "connected") for leg in self.legs.values())

    @property
    def connected_leg(self) -> Leg | None:
        """The leg of the agent who is in contact, None when nobody is."""
        return next((leg for leg in self.legs.values() if leg.status == "connected"), None)


def interaction_of(states: States, interaction_id: str) -> Interaction:
    """The interaction, open. Raises `NotFound`, or `Rejection` (`closed`)."""
    found = states.of(Interaction, "interaction", interaction_id)
    if found.status == "absent":
        raise NotFound("interaction", interaction_id)
    if found.status == "closed":
        raise Rejection("closed", "this interaction is closed; a new contact of the customer starts another one")
    return found


def in_hand(interaction: Interaction, leg: str, agent_id: str) -> Leg:
    """The leg, in this agent's hands from acceptance to the end of wrap-up. Raises `Rejection` (`not_yours`)."""
    found = interaction.leg(leg)
    if found.agent_id != agent_id or found.status not in ("accepted", "connected", "wrap_up"):
        raise Rejection("not_yours", "this work is not in your hands (any more)")
    return found


def evolve(state: Interaction, event: Event) -> Interaction:  # noqa: C901 - one flat match over the events
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
            return _received(state, event)
        case MessageSent():
            return _replied(replace(state, last_said=event.message_id), event.leg)
        case CallbackRequested():
            notify = plain(event.notify, otherwise="") if event.notify is not None else ""
            return replace(state, callback_key=event.key, callback_notify=notify, callback_zone=event.zone)
        case CallPlaced():
            return replace(state, placed=True)
        case CustomerPutThrough():
            return replace(state, outside=event.party)
        case OutsideEnded():
            return replace(state, outside="")
        case InteractionClosed():
            return replace(state, status="closed")
        case _ if type(event) in RECORDING_EVENTS:
            return replace(state, recordings=evolve_recordings(state.recordings, cast("Any", event)))
        case _:
            return _evolve_legs(state, event)


def _received(state: Interaction, event: MessageReceived) -> Interaction:
    if event.automatic:  # nobody reads what is answered to it (RFC 3834)
        return state
    sender = plain(event.sender, otherwise="")
    legs = state.legs if event.reply_by is None else _awaiting_reply(state.legs, event.reply_by)
    return replace(
        state,
        last_message=plain(event.external_id, otherwise=""),
        last_sender=sender,
        last_said=event.message_id,
        legs=legs,
    )


def _awaiting_reply(legs: Mapping[str, Leg], reply_by: datetime) -> dict[str, Leg]:
    """The first message without a reply says by when there must be one; further ones do not put it off."""
    return {
        name: replace(leg, reply_by=leg.reply_by or reply_by) if leg.status == "connected" else leg
        for name, leg in legs.items()
    }


def _replied(state: Interaction, name: str) -> Interaction:
    leg = state.leg(name)
    if leg.reply_by is None:
        return state
    return replace(state, legs={**state.legs, name: replace(leg, reply_by=None)})


_LEG_EVENTS = frozenset(kind for _, kind in LEG)
_ABOUT_A_LEG = _LEG_EVENTS | CALL_EVENTS


def _evolve_legs(state: Interaction, event: Event) -> Interaction:
    """Move the leg that the event is about; a message or a note merely mentions one."""
    if type(event) not in _ABOUT_A_LEG:
        return state
    name: str = getattr(event, "leg")  # noqa: B009 - every event of the tables bears one
    leg = state.leg(name)
    after = evolve_leg(leg, event) if type(event) in _LEG_EVENTS else replace(leg, call=evolve_call(leg.call, event))
    return replace(state, legs={**state.legs, name: after})


concept("interaction", Interaction(), evolve)
