"""Reservations: one small stream per thing that must be unique (the customer of an address, a number's open callback).

free → held → free. The stream's id is a fingerprint (HMAC) of the thing, so the log never tells what it is;
two writers that both want it conflict on the stream's version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from domain.decide import Outcome
from domain.event import Event
from domain.rejection import Rejection
from domain.states import States, concept
from domain.transitions import Table, step

Status = Literal["free", "held"]


class KeyReserved(Event, wire="reservation.key_reserved.v1"):
    """`holder` (an id of the kind's own) has the key until it is released."""

    kind: str
    fingerprint: str
    holder: str


class KeyReleased(Event, wire="reservation.key_released.v1"):
    kind: str
    fingerprint: str
    holder: str


STATUS: Table[Status] = {
    ("free", KeyReserved): "held",
    ("held", KeyReleased): "free",
}


@dataclass(frozen=True, slots=True)
class Reservation:
    status: Status = "free"
    kind: str = ""
    holder: str = ""


def evolve(state: Reservation, event: Event) -> Reservation:
    if isinstance(event, KeyReserved):
        return replace(state, status="held", kind=event.kind, holder=event.holder)
    if isinstance(event, KeyReleased):
        return Reservation(kind=event.kind)
    return state


concept("reservation", Reservation(), evolve)


def holder_of(states: States, fingerprint: str) -> str | None:
    """Who holds the key, None when it is free."""
    return states.of(Reservation, "reservation", fingerprint).holder or None


def reserve(states: States, kind: str, fingerprint: str, holder: str) -> Outcome:
    """Take a free key; taking what one already holds changes nothing. Raises `Rejection` (`already_held`)."""
    before = states.of(Reservation, "reservation", fingerprint)
    if before.holder == holder:
        return Outcome()
    if before.holder:
        raise Rejection("already_held", f"this {kind} is already taken; release it first or use what holds it")
    step(STATUS, before.status, KeyReserved, f"the {kind}")
    return Outcome().add("reservation", fingerprint, KeyReserved(kind=kind, fingerprint=fingerprint, holder=holder))


def hand_on(states: States, kind: str, fingerprint: str, holder: str) -> Outcome:
    """Take a key, from whoever had it; taking what one already holds changes nothing."""
    before = states.of(Reservation, "reservation", fingerprint)
    if not before.holder or before.holder == holder:
        return reserve(states, kind, fingerprint, holder)
    released = KeyReleased(kind=kind, fingerprint=fingerprint, holder=before.holder)
    return Outcome().add(
        "reservation", fingerprint, released, KeyReserved(kind=kind, fingerprint=fingerprint, holder=holder)
    )


def release(states: States, kind: str, fingerprint: str, holder: str) -> Outcome:
    """Free a key held by `holder`; freeing what another holds, or nobody, changes nothing."""
    before = states.of(Reservation, "reservation", fingerprint)
    if before.holder != holder:
        return Outcome()
    return Outcome().add("reservation", fingerprint, KeyReleased(kind=kind, fingerprint=fingerprint, holder=holder))
