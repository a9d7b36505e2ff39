"""Passing work on, as a request says it: to a department, a queue, an agent or an outside number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from domain.centre.documents import Name
from domain.customer.contact import contact
from domain.decide import Command
from domain.interaction.outside import TransferToNumber
from domain.interaction.work import TransferInteraction, TransferToAgent, TransferToQueue
from domain.ports import Fingerprints
from web.bodies import Body
from web.contacts import read_number

_TO = ("department", "queue", "agent_id", "number")


class TransferBody(Body):
    """Where to: exactly one of `department`, `queue`, `agent_id` and, for a call, an outside `number`."""

    department: Name | None = Field(default=None, examples=["billing"])
    queue: Name | None = Field(default=None, examples=["orders"])
    agent_id: Name | None = Field(default=None, examples=["boris"])
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)] | None = Field(
        default=None, examples=["+48 22 123 45 67"]
    )
    note: Annotated[str, StringConstraints(max_length=20_000)] = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, name) is not None for name in _TO) != 1:
            raise ValueError(f"give exactly one of {', '.join(_TO)}")
        return self


def transfer_of(body: TransferBody, where: Mapping[str, Any], fingerprints: Fingerprints) -> Command:
    """The command, by an agent `where` they have the work. Raises `Problem` 422 for what is no telephone number."""
    if body.department is not None:
        return TransferInteraction(**where, department=body.department, note=body.note)
    if body.queue is not None:
        return TransferToQueue(**where, queue=body.queue, note=body.note)
    if body.agent_id is not None:
        return TransferToAgent(**where, to_agent=body.agent_id, note=body.note)
    number = contact(fingerprints, where["project"], "phone", read_number(body.number or ""))
    return TransferToNumber(**where, number=number, note=body.note)
