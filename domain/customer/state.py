"""A customer as decisions see it: unknown → registered → erased. Merging points one customer at another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from domain.customer.events import (
    AgentExcluded,
    AgentReadmitted,
    ConsentGiven,
    ConsentWithdrawn,
    ContactPointLinked,
    CustomerErased,
    CustomerIdentified,
    CustomerRegistered,
    CustomersMerged,
    CustomersUnmerged,
)
from domain.event import Event
from domain.personal import plain
from domain.states import concept
from domain.transitions import Table, step

Status = Literal["unknown", "registered", "erased"]

STATUS: Table[Status] = {
    ("unknown", CustomerRegistered): "registered",
    ("registered", CustomerErased): "erased",
}


@dataclass(frozen=True, slots=True)
class ContactPoint:
    kind: str
    address: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str = ""
    status: Status = "unknown"
    provisional: bool = True
    language: str = "en"
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()
    merged: tuple[str, ...] = ()
    merged_into: str = ""
    consents: Mapping[str, bool] = field(default_factory=dict[str, bool])
    excluded: tuple[str, ...] = ()

    def address(self, kind: str) -> str | None:
        """The address of this kind that was linked last, None if there is none."""
        return next((c.address for c in reversed(self.contacts) if c.kind == kind), None)


def evolve(state: Customer, event: Event) -> Customer:  # noqa: C901 - one flat match over the events
    if (state.status, type(event)) in STATUS:
        state = replace(state, status=step(STATUS, state.status, type(event), "the customer"))
    match event:
        case CustomerRegistered():
            name = plain(event.name, otherwise="")
            return replace(
                state,
                customer_id=event.customer_id,
                provisional=event.provisional,
                language=event.language,
                name=name,
            )
        case CustomerIdentified():
            return replace(state, provisional=False, name=plain(event.name, otherwise=""))
        case ContactPointLinked():
            point = ContactPoint(event.kind, plain(event.address, otherwise=""), event.fingerprint)
            others = tuple(c for c in state.contacts if c.fingerprint != point.fingerprint)
            return replace(state, contacts=(*others, point))
        case CustomersMerged():
            if event.merged_id == state.customer_id:
                return replace(state, merged_into=event.customer_id)
            return replace(state, merged=(*state.merged, event.merged_id))
        case CustomersUnmerged():
            if event.merged_id == state.customer_id:
                return replace(state, merged_into="")
            return replace(state, merged=tuple(m for m in state.merged if m != event.merged_id))
        case ConsentGiven() | ConsentWithdrawn():
            given = isinstance(event, ConsentGiven)
            return replace(state, consents={**state.consents, event.purpose: given})
        case AgentExcluded():
            return replace(state, excluded=(*state.excluded, event.agent_id))
        case AgentReadmitted():
            return replace(state, excluded=tuple(a for a in state.excluded if a != event.agent_id))
        case CustomerErased():
            return Customer(customer_id=state.customer_id, status="erased", merged=state.merged)
        case _:
            return state


concept("customer", Customer(), evolve)
