"""Events: what happened, in the past tense, under a wire name that never changes.

An event class declares its wire name once (`class AgentSignedIn(Event, wire="agent.signed_in.v1")`);
the name and its version are what the log stores, never a Python path, so classes may move freely.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.personal import personal_fields

WIRE_NAME = re.compile(r"^[a-z][a-z_]*\.[a-z][a-z_]*\.v[1-9][0-9]*$")

#: Every event class by its wire name. Filled by the class statements themselves.
REGISTRY: dict[str, type[Event]] = {}


class Fact(BaseModel):
    """A frozen value that may stand inside an event; unknown fields are a fault, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="float")


class Event(Fact):
    """Something that happened. Frozen, self-contained, stored for ever under its wire name."""

    wire: ClassVar[str] = ""
    #: Names of the fields that are sealed under the customer's key before they are stored.
    personal: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, wire: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, wire: str = "", **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not WIRE_NAME.match(wire):
            raise TypeError(f"{cls.__name__}: wire name {wire!r} is not of the form 'concept.what_happened.v1'")
        if wire in REGISTRY:
            raise TypeError(f"{cls.__name__}: wire name {wire!r} is already {REGISTRY[wire].__name__}")
        cls.wire = wire
        cls.personal = personal_fields(cls)
        if cls.personal and "customer_id" not in cls.model_fields:
            raise TypeError(f"{cls.__name__}: personal fields {cls.personal} need an owner: add customer_id")
        REGISTRY[wire] = cls


class Recorded(NamedTuple):
    """An event as the log keeps it: where it stands, when it happened and why.

    `occurred_at` is when it happened in the world, `recorded_at` when the log learned of it (never
    decreasing along `position`). `causation_id` names the event or command that led to it directly,
    `correlation_id` the conversation that all of them belong to.
    """

    position: int
    stream: str
    version: int
    event: Event
    event_id: str
    project: str
    pool: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    causation_id: str
    correlation_id: str


class Proposed(NamedTuple):
    """An event on its way into the log: everything but what the log itself assigns."""

    event: Event
    event_id: str
    project: str
    pool: str
    actor: str
    occurred_at: datetime
    causation_id: str
    correlation_id: str
