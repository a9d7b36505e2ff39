"""Measures of work that nobody was offered, of parts in colleagues' calls, and of paused channels."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.agent.events import (
    AgentReleased,
    AgentReserved,
    AgentSignedIn,
    AgentSignedOut,
    ChannelPaused,
    ChannelResumed,
)
from domain.event import Event
from domain.interaction.call_events import ConsultStarted
from domain.interaction.events import AgentConnected, InteractionTransferred, OfferAccepted
from tests.projections.given import AT
from tests.projections.measured import agent_on_duty, answered, measured, on_work, queued
from tests.projections.test_measures_of_agents import finished, released, time_of


def reserved(work_id: str, after: float, agent_id: str = "anna", leg: str = "1") -> tuple[float, Event]:
    held = {"work_id": work_id, "interaction_id": "i1", "leg": leg, "channel": "voice", "units": 1}
    return after, AgentReserved(agent_id=agent_id, **held)  # type: ignore[arg-type]


def dialled(after: float) -> list[Any]:
    """The agent calls a customer: in hand at once, without an offer."""
    return [
        queued("i1", after, channel="callback", reason="dialled"),
        on_work(OfferAccepted, "i1", after),
        on_work(AgentConnected, "i1", after),
        reserved("i1-anna", after),
    ]


def handed_over(at: float) -> list[Any]:
    """Anna's call goes to Bob, who was in it."""
    on = {"interaction_id": "i1", "leg": "1", "to_leg": "2", "from_agent": "anna", "queue": "help", "department": ""}
    return [
        (at, InteractionTransferred(**on, to_agent="bob")),  # type: ignore[arg-type]
        queued("i1", at, leg="2", reason="transferred", arrived_at=AT),
        on_work(OfferAccepted, "i1", at, "bob", leg="2"),
        on_work(AgentConnected, "i1", at, "bob", leg="2"),
        released("i1", at),
        reserved("i1-bob", at, "bob", "2"),
    ]


def test_a_call_that_the_agent_dialled_is_handled_beside_the_work_that_was_offered() -> None:
    offer = [queued("i2", 500, channel="email"), *answered("i2", 500), *finished("i2", 510, 520)]
    found = time_of(*dialled(100), *finished("i1", 300, 360), *offer)
    of = found.handling_by_origin
    assert (found.offers, found.handled, found.handling) == (1, 1, 20), "offered work is measured as ever"
    mine = of["dialled"]
    assert (mine.handled, mine.talk, mine.wrap_up, mine.handling) == (1, 200, 60, 260)
    assert (of["all"].handled, of["all"].handling) == (2, 140)
    assert (found.working, found.idle, found.occupancy) == (280, 720, 0.28)


def test_a_call_that_was_handed_over_is_handled_by_both_each_their_part() -> None:
    wrapped = [
        (at, event.model_copy(update={"leg": "2"}) if hasattr(event, "leg") else event)
        for at, event in finished("i1", 150, 200, "bob")
    ]
    events = [*agent_on_duty(), *agent_on_duty("bob"), queued(), *answered("i1", 10), *handed_over(100), *wrapped]
    by = {group.key: group for group in measured(*events, by="agent", now=AT + timedelta(seconds=1000)).groups}
    assert (by["anna"].handled, by["anna"].talk, by["anna"].transfers, by["anna"].working) == (1, 90, 1, 90)
    assert (by["bob"].offers, by["bob"].handled) == (0, 0)
    theirs = by["bob"].handling_by_origin["handed_over"]
    assert (theirs.handled, theirs.talk, theirs.wrap_up, by["bob"].working) == (1, 50, 50, 100)


def test_who_is_consulted_is_busy_by_the_definition_that_says_so() -> None:
    asks = ConsultStarted(
        interaction_id="i1",
        leg="1",
        work_id="i1-anna",
        agent_id="anna",
        party="p1",
        kind="agent",
        asked_agent="bob",
        customer_id="c1",
    )
    events = [
        *agent_on_duty(),
        *agent_on_duty("bob"),
        *[queued(), *answered("i1", 10)],
        (100, asks),
        reserved("p1", 100, "bob"),
        (300, AgentReleased(agent_id="bob", work_id="p1", reason="consult ended")),
    ]
    by = {group.key: group for group in measured(*events, by="agent", now=AT + timedelta(seconds=1000)).groups}
    bob = by["bob"]
    assert (bob.working, bob.idle, bob.consulting) == (0, 1000, 200)
    assert (bob.occupancy, bob.occupancy_with_consults) == (0, 0.2)
    assert (by["anna"].consulting, by["anna"].occupancy_with_consults) == (0, by["anna"].occupancy)


def test_a_paused_channel_is_told_by_its_time_whatever_else_the_agent_does() -> None:
    found = time_of(
        *[queued(), *answered("i1", 100)],
        (200, ChannelPaused(agent_id="anna", channel="email", reason="backlog")),
        (300, ChannelPaused(agent_id="anna", channel="chat", reason="one at a time")),
        *finished("i1", 400, 400),
        (500, ChannelResumed(agent_id="anna", channel="email")),
        (900, AgentSignedOut(agent_id="anna")),
        (950, AgentSignedIn(agent_id="anna")),
    )
    assert found.paused == {"chat": 600, "email": 300}
    assert (found.working, found.idle) == (300, 600)
