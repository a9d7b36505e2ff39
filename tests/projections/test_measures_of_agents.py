"""Measures of work, of agents' time, of matters and of ratings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.agent.events import (
    AgentBecameNotReady,
    AgentBecameReady,
    AgentMoved,
    AgentReleased,
    AgentSignedIn,
    AgentSignedOut,
    AgentStoppedResponding,
    ProfileAssigned,
)
from domain.event import Event
from domain.interaction.events import (
    ConnectFailed,
    DispositionGiven,
    InteractionStarted,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    OfferRescinded,
    OfferTimedOut,
    WrapUpCompleted,
    WrapUpStarted,
)
from domain.ticket.events import InformationAdded, ServiceRated, TicketOpened, TicketReopened, TicketResolved
from projections.queries.measures import MeasuredGroup, Span
from tests.projections.given import AT
from tests.projections.measured import (
    DAY,
    PROFILE,
    agent_on_duty,
    answered,
    left,
    measured,
    offered,
    on_work,
    queued,
    total,
)

DAYS = Span(DAY.since, DAY.since + timedelta(days=60), DAY.zone)


def finished(interaction_id: str, talked_until: float, until: float, agent_id: str = "anna") -> list[Any]:
    """Contact ends, then the wrap-up, and the capacity is free."""
    default = {"ends_at": None, "default_disposition": "not_stated"}
    return [
        on_work(WrapUpStarted, interaction_id, talked_until, agent_id, **default),
        on_work(WrapUpCompleted, interaction_id, until, agent_id, disposition="answered"),
        released(interaction_id, until, agent_id),
    ]


def released(interaction_id: str, after: float, agent_id: str = "anna") -> tuple[float, Event]:
    return after, AgentReleased(agent_id=agent_id, work_id=f"{interaction_id}-{agent_id}", reason="completed")


def test_handling_is_talk_and_wrap_up_of_the_work_that_ended() -> None:
    events = [
        *[queued("i1"), *answered("i1", 10), *finished("i1", 110, 130)],
        *[queued("i2"), *answered("i2", 200), *finished("i2", 240, 300)],
        *[queued("i3"), *answered("i3", 400)],  # still talking
    ]
    found = total(*events)
    assert (found.handled, found.talk, found.wrap_up, found.handling) == (2, 70, 40, 110)
    assert found.dispositions == {"answered": 2}


def test_work_that_could_not_be_connected_was_offered_and_accepted_but_not_handled() -> None:
    failed = on_work(ConnectFailed, "i1", 15, reason="busy")
    found = total(queued(), *offered("i1", 10), on_work(OfferAccepted, "i1", 12), failed)
    assert (found.offers, found.accepted, found.handled, found.handling) == (1, 1, 0, None)


def test_the_disposition_given_during_wrap_up_gives_way_to_the_one_recorded_at_its_end() -> None:
    given_early = on_work(DispositionGiven, "i1", 50, disposition="not_reached")
    events = [queued(), *answered("i1", 10), *finished("i1", 40, 60)]
    assert total(*events[:-2], given_early, *events[-2:]).dispositions == {"answered": 1}


def test_offers_are_counted_by_how_they_were_answered() -> None:
    events: list[Any] = [queued()]
    fates = {"a": OfferDeclined, "b": OfferTimedOut, "c": OfferRescinded, "d": OfferTimedOut}
    for agent_id, fate in fates.items():
        more = {} if fate is OfferTimedOut else {"reason": "x"}
        events += [*offered("i1", 5, agent_id), on_work(fate, "i1", 35, agent_id, **more)]
    found = total(*events, *answered("i1", 40, "e"))
    assert (found.offers, found.accepted, found.declined, found.missed, found.rescinded) == (5, 1, 1, 2, 1)
    assert found.missed_share == 0.5  # a rescinded offer was nobody's to miss


def test_a_transfer_ends_the_work_of_who_passes_it_on() -> None:
    on = InteractionTransferred(
        interaction_id="i1", leg="1", to_leg="2", from_agent="anna", queue="billing", department="help"
    )
    events = [
        queued("i1"),
        *answered("i1", 10),
        (70.0, on),
        *[queued("i2"), *answered("i2", 80)],
        *finished("i2", 90, 95),
    ]
    found = {group.key: group for group in measured(*events, by="agent").groups}["anna"]
    assert (found.handled, found.transfers, found.transfer_share, found.talk) == (2, 1, 0.5, 35)


def time_of(*events: Any, until: float = 1000, **more: Any) -> MeasuredGroup:
    return total(*agent_on_duty(), *events, now=AT + timedelta(seconds=until), **more)


def test_occupancy_is_the_share_of_work_in_the_time_worked_and_the_time_free_for_work() -> None:
    found = time_of(
        *[queued(), *answered("i1", 100), *finished("i1", 300, 400)],
        (600, AgentBecameNotReady(agent_id="anna", reason="lunch")),
        until=1000,
    )
    assert (found.signed_in, found.working, found.idle) == (1000, 300, 300)
    assert found.not_ready == {"lunch": 400}
    assert found.occupancy == 0.5


def test_several_pieces_of_work_at_once_are_worked_on_once() -> None:
    mails = [(100, "i1", 300), (200, "i2", 400)]
    events = [
        event
        for start, name, end in mails
        for event in (queued(name, channel="email"), *answered(name, start, channel="email"), *finished(name, end, end))
    ]
    in_order = sorted(events, key=lambda event: event[0])
    found = time_of(*in_order)
    assert (found.working, found.idle) == (300, 700)


def test_ringing_is_no_work() -> None:
    rang = [queued(), *offered("i1", 100), on_work(OfferTimedOut, "i1", 130), released("i1", 130)]
    found = time_of(*rang)
    assert (found.working, found.idle) == (0, 1000)


def test_who_does_not_respond_is_neither_idle_nor_working() -> None:
    found = time_of((400, AgentStoppedResponding(agent_id="anna", misses=2)))
    assert (found.idle, found.not_responding, found.occupancy) == (400, 600, 0)


def test_time_signed_out_is_no_time() -> None:
    gone = [(300, AgentSignedOut(agent_id="anna")), (800, AgentSignedIn(agent_id="anna"))]
    found = time_of(*gone)
    assert (found.signed_in, found.idle, found.not_ready) == (500, 300, {"signed in": 200})


def test_work_in_hand_counts_as_work_in_whatever_state() -> None:
    found = time_of(
        *[queued(), *answered("i1", 100)],
        (200, AgentBecameNotReady(agent_id="anna", reason="lunch")),
        *finished("i1", 300, 400),
    )
    assert (found.working, found.not_ready) == (300, {"lunch": 600})


def test_time_is_cut_at_the_ends_of_the_span_and_at_hours() -> None:
    long_day = [*agent_on_duty(after=1800), (3 * 3600, AgentSignedOut(agent_id="anna"))]
    hours = {g.key[11:13]: g.signed_in for g in measured(*long_day, by="hour").groups}
    assert hours == {"09": 1800, "10": 3600, "11": 3600}
    middle = Span(AT + timedelta(hours=1), AT + timedelta(hours=1, minutes=10), ZoneInfo("UTC"))
    assert total(*long_day, span=middle).signed_in == 600


def test_who_stays_signed_in_for_days_counts_every_day() -> None:
    later = AT + timedelta(days=5)
    events = [*agent_on_duty(), (4 * 86_400, AgentBecameNotReady(agent_id="anna", reason="lunch"))]
    by_day = {g.key: g.signed_in for g in measured(*events, by="day", span=DAYS, now=later).groups}
    assert by_day == {"2026-03-02": 15 * 3600, **{f"2026-03-0{n}": 86_400 for n in range(3, 7)}, "2026-03-07": 9 * 3600}


def test_time_is_of_the_site_where_the_agent_sat_and_of_projects_that_the_profile_serves() -> None:
    elsewhere = PROFILE.model_copy(update={"queues": {"other/help": next(iter(PROFILE.queues.values()))}})
    events = [
        *agent_on_duty(),
        (300, AgentMoved(agent_id="anna", site="lyon")),
        (500, ProfileAssigned(agent_id="anna", profile_name="other", profile=elsewhere)),
    ]
    by_site = {g.key: g.signed_in for g in measured(*events, by="site").groups}
    assert by_site == {"paris": 300, "lyon": 200}


def test_agents_time_belongs_to_no_queue_or_channel_and_is_not_shown_there() -> None:
    events = [*agent_on_duty(), queued(), *answered("i1", 100), *finished("i1", 200, 200)]
    for by in ("queue", "channel"):
        found = measured(*events, by=by)
        assert [(g.occupancy, g.signed_in) for g in found.groups] == [(None, None)]
        assert found.total.occupancy is not None


def test_an_agents_own_row_holds_their_answers_offers_time_and_rating() -> None:
    events = [*agent_on_duty(), queued(), *answered("i1", 100), *finished("i1", 200, 200), queued("i2"), left("i2", 30)]
    rows = {g.key: g for g in measured(*events, *matter(), rated(5, 3), by="agent", now=AT + timedelta(hours=1)).groups}
    anna, nobody = rows["anna"], rows[""]
    assert (anna.answered, anna.offers, anna.working, anna.agent_rating) == (1, 1, 100, 5)
    assert (nobody.abandoned, nobody.offers) == (1, 0)


def matter(interaction_id: str = "i1", after: float = 0) -> list[Any]:
    started = InteractionStarted(
        interaction_id=interaction_id, channel="email", direction="inbound", customer_id="c1", ticket_id="t1",
        entry="info", language="en",
    )  # fmt: skip
    opened = TicketOpened(
        ticket_id="t1", number="T-1", customer_id="c1", interaction_id=interaction_id, department="help",
        mailbox="info", language="en", subject="Hello", deadline=AT + timedelta(days=1),
    )  # fmt: skip
    return [(after, started), (after, opened), said(after, interaction_id)]


def said(after: float, interaction_id: str = "i1", by: Any = "customer") -> tuple[float, Event]:
    return after, InformationAdded(
        ticket_id="t1", customer_id="c1", by=by, interaction_id=interaction_id, message_id="m", external_id="<m>"
    )


def resolved(after: float) -> tuple[float, Event]:
    return after, TicketResolved(ticket_id="t1", agent_id="anna")


def reopened(after: float) -> tuple[float, Event]:
    return after, TicketReopened(ticket_id="t1", reason="again")


def rated(agent: int | None, company: int | None, after: float = 0) -> tuple[float, Event]:
    return after, ServiceRated(
        ticket_id="t1", customer_id="c1", agent_id="anna", agent_score=agent, company_score=company, comment=""
    )


def first(*events: Any, **more: Any) -> tuple[int, int]:
    found = total(*matter(), *events, span=DAYS, **more)
    return found.resolved, found.resolved_at_first_contact


def test_a_matter_resolved_after_its_first_contact_counts() -> None:
    assert first() == (0, 0)
    assert first(resolved(60)) == (1, 1)
    assert first(said(30, by="agent"), said(40, by="automatic"), resolved(60)) == (1, 1)


def test_a_matter_about_which_the_customer_had_to_come_back_was_not_resolved_at_first_contact() -> None:
    assert first(said(30), resolved(60)) == (1, 0)
    again = InteractionStarted(
        interaction_id="i2", channel="voice", direction="inbound", customer_id="c1", ticket_id="t1", entry="line",
        language="en",
    )  # fmt: skip
    assert first((30.0, again), resolved(60)) == (1, 0)
    assert first((30.0, again.model_copy(update={"direction": "outbound"})), resolved(60)) == (1, 1)


def test_a_matter_that_comes_back_within_the_days_was_not_resolved_and_later_it_was() -> None:
    week = 7 * 86_400
    assert first(resolved(60), reopened(60 + week)) == (1, 0)
    assert first(resolved(60), reopened(60 + week + 1)) == (1, 1)
    assert first(resolved(60), reopened(60 + week), days=6) == (1, 1)


def test_a_matter_counts_once_however_often_it_is_resolved() -> None:
    assert first(resolved(60), reopened(120), resolved(180), reopened(240), resolved(300)) == (1, 0)


def test_a_matter_belongs_to_the_queue_in_which_its_work_last_waited() -> None:
    work = queued("i1", 5, queue="billing", channel="email")
    groups = measured(*matter(), work, resolved(60), rated(4, None, 90), by="queue").groups
    assert {g.key: (g.resolved, g.agent_rating) for g in groups} == {"billing": (1, 4)}


def test_a_corrected_rating_takes_the_place_of_the_first_and_counts_when_it_was_given() -> None:
    found = total(*matter(), rated(2, 5, 60), rated(4, None, 120))
    assert (found.agent_ratings, found.agent_rating, found.company_ratings, found.company_rating) == (1, 4, 0, None)
    by_hour = measured(*matter(), rated(2, 5, 60), rated(4, None, 3700), by="hour").groups
    assert [(g.key[11:13], g.agent_ratings) for g in by_hour] == [("10", 1)]


@pytest.mark.parametrize("count", [49, 51])
def test_reasons_beyond_a_bound_are_told_as_one(count: int) -> None:
    reasons = [(60.0 * n, AgentBecameNotReady(agent_id="anna", reason=f"reason {n}")) for n in range(1, count + 1)]
    found = time_of(*reasons, (60.0 * (count + 1), AgentBecameReady(agent_id="anna")), until=4000)
    told = found.not_ready or {}
    assert sum(told.values()) == 60 * count
    assert len(told) == min(count, 51)
    assert ("other" in told) == (count > 50)
