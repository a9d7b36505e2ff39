"""Definitions of good service: every switch, each with a case where it matters."""

from __future__ import annotations

import pytest

from domain.interaction.events import InteractionClosed
from tests.projections.measured import answered, configured, expired, left, level, of_level, queued, total, voicemail

LEAVERS = [queued("i1"), left("i1", 10), queued("i2"), left("i2", 40), queued("i3"), *answered("i3", 5)]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [("missed", (1, 2, 0)), ("excluded", (1, 0, 2)), ("met_if_early", (2, 1, 0))],
)
def test_who_left_counts_as_the_definition_says(switch: str, expected: tuple[int, int, int]) -> None:
    assert of_level(*LEAVERS, abandoned=switch) == expected


def test_who_left_at_once_is_not_counted_where_the_definition_says_how_soon_that_is() -> None:
    assert of_level(*LEAVERS, short_abandon=9) == (1, 2, 0)
    assert of_level(*LEAVERS, short_abandon=10) == (1, 1, 1)
    assert of_level(*LEAVERS, short_abandon=10, abandoned="met_if_early") == (1, 1, 1)


def test_without_short_abandons_nobody_is_left_out_however_soon_they_left() -> None:
    assert of_level(queued(), left("i1", 0)) == (0, 1, 0)


ELSEWHERE = [queued("i1"), voicemail("i1", 10), queued("i2"), expired("i2", 40), queued("i3"), *answered("i3", 5)]


@pytest.mark.parametrize(
    ("switch", "expected"),
    [("missed", (1, 2, 0)), ("excluded", (1, 0, 2)), ("met_if_early", (2, 1, 0))],
)
def test_who_went_on_elsewhere_counts_as_the_definition_says(switch: str, expected: tuple[int, int, int]) -> None:
    assert of_level(*ELSEWHERE, flow_out=switch) == expected
    assert total(*ELSEWHERE).flowed_out == {"expired": 1, "voicemail": 1}


def test_short_abandons_are_no_flow_outs() -> None:
    assert of_level(*ELSEWHERE, short_abandon=60) == (1, 2, 0)


MORNINGS = {"mornings": {"time_zone": "UTC", "weekly": {"mon": ["09:00-09:01"], "tue": ["09:00-12:00"]}}}


def test_seconds_while_the_queue_is_closed_count_only_on_the_clock_of_all_hours() -> None:
    events = [configured(hours=MORNINGS, queue_hours="mornings"), queued(after=50), *answered("i1", 24 * 3600 + 5)]
    assert of_level(*events, clock="open_hours", within=15) == (1, 0, 0)
    assert of_level(*events, clock="open_hours", within=14) == (0, 1, 0)
    assert of_level(*events, clock="all_hours", within=15) == (0, 1, 0)


def test_a_queue_without_hours_is_always_open() -> None:
    events = [configured(hours=MORNINGS), queued(), *answered("i1", 300)]
    assert of_level(*events, clock="open_hours") == of_level(*events, clock="all_hours") == (0, 1, 0)


def test_hours_are_those_of_the_day_on_which_the_contact_came() -> None:
    before = [configured(hours=MORNINGS, queue_hours="mornings"), queued(after=50)]
    later = (3600.0, configured(revision=2))
    assert of_level(*before, later, *answered("i1", 24 * 3600 + 5), clock="open_hours", within=15) == (1, 0, 0)


def test_a_definition_may_be_of_some_queues_and_channels_alone() -> None:
    events = [
        *[queued("i1"), *answered("i1", 5)],
        *[queued("i2", queue="billing"), *answered("i2", 50)],
        *[queued("i3", channel="callback"), *answered("i3", 50, channel="callback")],
    ]
    assert of_level(*events) == (1, 2, 0)
    assert of_level(*events, queues=["help"]) == (1, 1, 0)
    assert of_level(*events, channels=["voice"]) == (1, 1, 0)
    assert of_level(*events, queues=["help"], channels=["voice"]) == (1, 0, 0)


def test_a_goal_is_reached_by_exactly_its_share() -> None:
    events = [event for n in range(5) for event in (queued(f"i{n}"), *answered(f"i{n}", 10 if n else 60))]
    for goal, reached in ((0.8, True), (0.81, False)):
        found = total(*events, definitions={"one": level(goal=goal)}).levels["one"]
        assert (found.level, found.reached) == (0.8, reached)


def test_what_still_waits_and_what_was_cancelled_is_nobodys_fault_yet() -> None:
    cancelled = (40.0, InteractionClosed(interaction_id="i2", reason="cancelled by the customer"))
    events = [queued("i1"), queued("i2"), cancelled]
    assert of_level(*events) == (0, 0, 1)
    found = total(*events)
    assert (found.contacts, found.waiting, found.cancelled, found.mean_wait) == (2, 1, 1, None)


def test_definitions_side_by_side_say_what_each_says_alone() -> None:
    events = [*LEAVERS, *[queued("i4"), voicemail("i4", 15)]]
    both = {"strict": level(within=5), "lenient": level(within=60, abandoned="excluded", flow_out="excluded")}
    together = total(*events, definitions=both).levels
    for name, one in both.items():
        assert total(*events, definitions={name: one}).levels == {name: together[name]}
    assert together["strict"] != together["lenient"]
