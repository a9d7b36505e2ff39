"""Measures of contacts: what counts as one, waits, announcements, groups and spans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    InteractionInterrupted,
    InteractionTransferred,
    WaitAnnounced,
    WorkGivenUp,
    WrapUpCompleted,
    WrapUpStarted,
)
from projections.queries.measures import NotConfigured, Span, UnusableSpan, definitions_of, measures, zone_of
from tests.projections.given import AT, PROJECT, given, happened, recorded
from tests.projections.measured import (
    DAY,
    NOON,
    answered,
    configured,
    left,
    level,
    measured,
    of_level,
    offered,
    on_work,
    queued,
    sent,
    total,
    voicemail,
)


def transferred(interaction_id: str = "i1", after: float = 0, agent_id: str = "anna") -> tuple[float, Event]:
    return after, InteractionTransferred(
        interaction_id=interaction_id, leg="1", to_leg="2", from_agent=agent_id, queue="billing", department="help"
    )


def test_a_call_is_met_when_an_agent_is_connected_within_the_threshold_to_the_microsecond() -> None:
    assert of_level(queued(), *answered("i1", 20)) == (1, 0, 0)
    assert of_level(queued(), *answered("i1", 20.000001)) == (0, 1, 0)


def test_a_message_is_answered_by_its_first_reply_not_by_who_takes_it_up() -> None:
    mail = [queued(channel="email"), *answered("i1", 5, channel="email")]
    assert total(*mail).waiting == 1
    assert of_level(*mail, sent("i1", 19), sent("i1", 90)) == (1, 0, 0)
    assert of_level(*mail, sent("i1", 21)) == (0, 1, 0)
    assert total(*mail, sent("i1", 19)).speed_of_answer == 19


def test_a_message_that_needed_no_reply_is_answered_when_its_work_is_done() -> None:
    mail = [queued(channel="email"), *answered("i1", 5, channel="email")]
    done = on_work(WrapUpCompleted, "i1", 12, disposition="answered")
    assert of_level(*mail, done) == (1, 0, 0)
    started = on_work(WrapUpStarted, "i1", 11, ends_at=None, default_disposition="answered")
    assert total(*mail, started, done).speed_of_answer == 11


def test_a_definition_in_the_document_tells_of_the_past_too() -> None:
    past = [configured(), queued(), *answered("i1", 15)]
    applied = (7200.0, configured(revision=2, levels={"fast": level(within=10), "slow": level(within=60)}))
    found = total(*past, applied).levels
    assert (found["fast"].level, found["slow"].level) == (0.0, 1.0)


def test_a_document_without_definitions_measures_all_the_rest() -> None:
    found = measured(queued(), *answered("i1", 15))
    assert (found.definitions, found.total.levels, found.total.speed_of_answer) == ((), {}, 15)


def test_the_wait_runs_from_the_original_arrival_across_a_transfer() -> None:
    on = queued("i1", 100, leg="2", queue="billing", arrived_at=AT, reason="transferred")
    events = [queued(), *answered("i1", 10), transferred(after=100), on]
    joined = [*events, on_work(WrapUpStarted, after=160, ends_at=None, default_disposition="x", leg="2")]
    assert total(*events).waiting == 1
    by_queue = {group.key: group for group in measured(*events, left("i1", 150, "2"), by="queue").groups}
    assert (by_queue["help"].speed_of_answer, by_queue["billing"].longest_wait) == (10, 150)
    assert total(*joined).contacts == 2


def test_a_message_passed_on_without_a_reply_flows_out_to_the_other_queue() -> None:
    mail = [queued(channel="email"), *answered("i1", 5, channel="email"), transferred(after=30)]
    found = total(
        *mail, queued("i1", 30, leg="2", channel="email", queue="billing", arrived_at=AT, reason="transferred")
    )
    assert (found.flowed_out, found.answered, found.waiting, found.transfers) == ({"queue": 1}, 0, 1, 1)


def test_work_that_comes_back_unanswered_is_one_contact_and_waits_from_its_arrival() -> None:
    gone = on_work(WorkGivenUp, "i1", 15, reason="signed out")
    again = queued("i1", 15, arrived_at=AT, reason="agent_left")
    mail = [queued(channel="email"), *answered("i1", 5, channel="email"), gone]
    back = [*mail, (15.0, again[1].model_copy(update={"channel": "email"}))]
    found = total(*back, *answered("i1", 50, "bob", channel="email"), sent("i1", 55, "bob"))
    assert (found.contacts, found.answered, found.speed_of_answer, found.handled) == (1, 1, 55, 1)


def test_a_call_that_was_cut_was_answered_once_and_its_callback_is_no_new_contact() -> None:
    cut = on_work(InteractionInterrupted, "i1", 60, reason="power cut")
    back = queued("i1", 60, arrived_at=AT, channel="callback", reason="interrupted")
    found = total(queued(), *answered("i1", 10), cut, back, *answered("i1", 90, "bob", channel="callback"))
    assert (found.contacts, found.answered, found.speed_of_answer, found.longest_wait) == (1, 1, 10, 10)


def test_a_caller_who_chose_to_be_called_back_flows_out_to_the_callback() -> None:
    callback = queued("i1", 45, leg="2", channel="callback", arrived_at=AT)
    found = total(queued(), callback)
    assert (found.contacts, found.flowed_out, found.waiting) == (2, {"callback": 1}, 1)
    assert of_level(queued(), callback, flow_out="excluded") == (0, 0, 1)


def moved(at: float, leg: str, to_leg: str) -> tuple[float, Event]:
    return at, InteractionTransferred(
        interaction_id="i1", leg=leg, to_leg=to_leg, from_agent="", queue="help", department=""
    )


def test_a_caller_who_left_the_line_for_a_callback_did_not_flow_out_to_a_queue() -> None:
    callback = queued("i1", 45, leg="2", channel="callback", arrived_at=AT, reason="transferred")
    found = total(queued(), moved(45, "1", "2"), callback)
    assert (found.contacts, found.flowed_out, found.waiting) == (2, {"callback": 1}, 1)


def test_a_callback_that_waits_on_under_another_leg_is_one_contact() -> None:
    due = AT + timedelta(minutes=10)
    fields: Any = {"channel": "callback", "arrived_at": AT, "not_before": due}
    on = queued("i1", 45, leg="2", reason="transferred", **fields)
    taken = on_work(AgentConnected, "i1", 630, leg="2")
    found = total(queued(**fields), moved(45, "1", "2"), on, taken)
    assert (found.contacts, found.answered, found.flowed_out, found.speed_of_answer) == (1, 1, {}, 30)


def test_a_scheduled_callback_waits_from_when_it_is_due_and_counts_there() -> None:
    due = AT + timedelta(hours=2)
    events = [queued(channel="callback", not_before=due), *answered("i1", 7200 + 30, channel="callback")]
    assert total(*events).speed_of_answer == 30
    (group,) = measured(*events, by="hour").groups[:1]
    assert [g.key for g in measured(*events, by="hour").groups if g.contacts] == ["2026-03-02T11:00+00:00"]
    assert group.contacts == 1


def test_speed_of_answer_is_of_the_answered_and_mean_and_longest_wait_of_all_whose_wait_ended() -> None:
    found = total(
        *[queued("i1"), *answered("i1", 10)],
        *[queued("i2"), *answered("i2", 30)],
        *[queued("i3"), left("i3", 110)],
        *[queued("i4"), voicemail("i4", 50)],
        queued("i5"),
    )
    assert (found.speed_of_answer, found.mean_wait, found.longest_wait) == (20, 50, 110)
    assert found.abandon_share == 0.25


def test_announced_waits_are_held_against_what_the_wait_was() -> None:
    def told(after: float, seconds: int, interaction_id: str = "i1") -> tuple[float, Event]:
        return after, WaitAnnounced(
            interaction_id=interaction_id, leg="1", seconds=seconds, place=1, method="queue_length"
        )

    found = total(queued(), told(0, 100), told(60, 30), *answered("i1", 80))
    # announced 100 when it took 80, and 30 when it took 20 more
    assert (found.announced, found.announced_error, found.announced_absolute_error) == (2, 15, 15)
    short = total(queued(), told(0, 50), told(60, 30), *answered("i1", 80))
    assert (short.announced_error, short.announced_absolute_error) == (-10, 20)
    nobody_came = total(queued(), told(0, 100), left("i1", 20))
    assert (nobody_came.announced, nobody_came.announced_error) == (0, None)
    gave_up = on_work(WorkGivenUp, "i1", 60, reason="silent")
    mail = [queued(channel="email"), told(0, 100), *answered("i1", 50, channel="email"), gave_up]
    again = [queued("i1", 60, channel="email", arrived_at=AT, reason="silent"), *answered("i1", 80, channel="email")]
    once = total(*mail, *again, sent("i1", 90))
    assert (once.announced, once.announced_error) == (1, 50)


def test_a_late_event_corrects_the_interval_that_it_happened_in() -> None:
    events: list[Any] = [configured(), queued(), queued("i2", 4 * 3600)]
    with given(*happened(*events, (3 * 3600.0, answered("i2", 0)[0][1]))) as read:
        before = measures(read, PROJECT, DAY, now=NOON, by="hour", definitions={"one": level()})
        assert before.groups[0].waiting == 1
    late = [*events, (10.0, answered("i1", 10)[-1][1])]
    after = {g.key: g for g in measured(*late, by="hour", definitions={"one": level()}).groups}
    assert after["2026-03-02T09:00+00:00"].levels["one"].met == 1
    assert after["2026-03-02T13:00+00:00"].contacts == 1


@pytest.mark.parametrize("by", ["queue", "channel", "site", "agent", "hour", "day"])
def test_groups_are_the_parts_of_the_whole(by: Any) -> None:
    events = [
        *[queued("i1", site="paris"), *answered("i1", 10)],
        *[queued("i2", 4000, queue="billing", site="lyon"), *answered("i2", 4010, "bob")],
        *[queued("i3", 90_000, channel="callback"), left("i3", 90_030)],
    ]
    span = Span(DAY.since, DAY.until + timedelta(days=1), DAY.zone)
    found = measured(*events, by=by, span=span)
    keys = {
        "queue": ["billing", "help"],
        "channel": ["callback", "voice"],
        "site": ["", "lyon", "paris"],
        "agent": ["", "anna", "bob"],
        "hour": ["2026-03-02T09:00+00:00", "2026-03-02T10:00+00:00", "2026-03-03T10:00+00:00"],
        "day": ["2026-03-02", "2026-03-03"],
    }
    assert [group.key for group in found.groups if group.contacts] == keys[by]
    assert sum(group.contacts for group in found.groups) == found.total.contacts == 3
    assert sum(group.offers for group in found.groups) == found.total.offers == 2


def test_the_span_holds_its_beginning_and_not_its_end() -> None:
    hour = Span(AT, AT + timedelta(hours=1), DAY.zone)
    assert total(queued("i1"), queued("i2", 3600), span=hour).contacts == 1
    assert total(queued("i1"), queued("i2", 3599.999999), span=hour).contacts == 2


def test_a_day_on_which_clocks_change_has_25_hours_and_none_is_counted_twice() -> None:
    zone = ZoneInfo("Europe/Warsaw")
    start = datetime(2026, 10, 25, tzinfo=zone)
    span = Span(start, datetime(2026, 10, 26, tzinfo=zone), zone)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    events = [
        queued(f"i{n}", arrived_at=first + timedelta(hours=n - 3))  # from half past nine in the evening UTC
        for n in range(28)
    ]
    found = measured(*events, by="hour", span=span, now=first + timedelta(days=3))
    assert (found.total.contacts, len(found.groups)) == (25, 25)
    assert {"2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"} < {group.key for group in found.groups}
    (day,) = measured(*events, by="day", span=span, now=first + timedelta(days=3)).groups
    assert (day.key, day.contacts) == ("2026-10-25", 25)


def test_the_projects_zone_is_that_of_its_hours_where_they_agree() -> None:
    warsaw = {"time_zone": "Europe/Warsaw", "weekly": {"mon": ["08:00-16:00"]}}
    paris = {"time_zone": "Europe/Paris", "weekly": {"mon": ["08:00-16:00"]}}
    for hours, zone in (({"a": warsaw, "b": warsaw}, "Europe/Warsaw"), ({"a": warsaw, "b": paris}, "UTC"), ({}, "UTC")):
        with given(configured(hours=hours)) as read:
            assert zone_of(read, PROJECT).key == zone


def test_a_project_that_was_never_configured_is_named() -> None:
    with given(queued()) as read, pytest.raises(NotConfigured, match="there is no project 'shop'"):
        definitions_of(read, PROJECT)


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (AT, AT, "before it begins"),
        (AT, AT - timedelta(days=1), "before it begins"),
        (AT, AT + timedelta(days=401), "longer than 400 days"),
        (AT.replace(tzinfo=None), AT, "time zone"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(since: datetime, until: datetime, said: str) -> None:
    with pytest.raises(UnusableSpan, match=said):
        Span(since, until, DAY.zone)


def test_other_projects_contacts_are_not_counted() -> None:
    history = [*happened(configured(), queued()), recorded(9, queued("i2")[1], project="other")]
    with given(*history) as read:
        assert measures(read, PROJECT, DAY, now=NOON).total.contacts == 1


def test_an_offer_that_rings_is_not_answered() -> None:
    assert total(queued(), *offered("i1", 5)).waiting == 1
