"""Alerts: raised once, cleared once, with who is told in the event; and when a figure asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.alert import (
    ATTEMPTS,
    AcknowledgeAlert,
    AlertAcknowledged,
    AlertCleared,
    AlertNoticeAttempted,
    AlertNoticeFailed,
    AlertNoticeSent,
    AlertRaised,
    AttemptNotice,
    ClearAlert,
    RaiseAlert,
    RecordNotice,
    judge,
)
from domain.centre.configuration import ConfigureProject
from domain.centre.references import check
from domain.centre.wallboard import Alert
from tests.domain.documents import project
from tests.domain.world import START, World, happened

RULE = {
    "metric": "longest_wait",
    "above": 120,
    "clear": 60,
    "lasting": 30,
    "mail": ["boss@example.com"],
    "webhook": "https://example.com/hook",
}
ALERT = {"project": "hotline", "alert": "long_wait"}


def alerting(world: World, **changes: Any) -> World:
    document = project(alerts={"long_wait": RULE | changes})
    return world.given(ConfigureProject(document=document, expected_revision=1))


def bad(value: float = 130) -> RaiseAlert:
    return RaiseAlert(**ALERT, value=value, since=START)


def test_an_alert_is_raised_once_and_says_who_is_told(world: World) -> None:
    raised = alerting(world).when(bad()).one(AlertRaised)
    assert (raised.metric, raised.value, raised.threshold, raised.since) == ("longest_wait", 130, 120, START)
    assert [(one.channel, one.to) for one in raised.notices] == [
        ("mail", "boss@example.com"),
        ("webhook", "https://example.com/hook"),
    ]
    world.when(bad(999)).changes_nothing()


def test_an_alert_is_cleared_once_and_can_be_raised_again(world: World) -> None:
    over = ClearAlert(**ALERT, value=10, reason="good again")
    alerting(world).when(over).changes_nothing()
    world.given(bad()).when(over).then(happened(AlertCleared, value=10, reason="good again"))
    world.when(over).changes_nothing()
    world.when(bad()).including(happened(AlertRaised))


def test_a_raised_alert_is_acknowledged_by_whoever_is_first_and_anew_once_it_is_raised_anew(world: World) -> None:
    sue, max_ = (AcknowledgeAlert(**ALERT, by=f"account:{name}") for name in ("sue", "max"))
    alerting(world).when(sue).rejected("not_raised")
    world.given(bad()).when(sue).then(happened(AlertAcknowledged, by="account:sue"))
    world.when(max_).changes_nothing()
    world.given(ClearAlert(**ALERT, value=10, reason="good again")).when(max_).rejected("not_raised")
    world.given(bad()).when(max_).then(happened(AlertAcknowledged, by="account:max"))
    world.when(AcknowledgeAlert(project="hotline", alert="nothing", by="account:sue")).rejected("not_found")


def test_an_alert_whose_rule_is_gone_is_not_raised_but_can_be_cleared(world: World) -> None:
    alerting(world).given(bad(), ConfigureProject(document=project(), expected_revision=2))
    world.when(ClearAlert(**ALERT, value=None, reason="gone")).then(happened(AlertCleared, value=None, notices=()))
    world.when(bad()).rejected("not_found")


def test_a_notice_is_tried_by_one_process_at_a_time_and_not_for_ever(world: World) -> None:
    notice = alerting(world, webhook=None).when(bad()).one(AlertRaised).notices[0].notice_id
    where = ALERT | {"notice_id": notice}
    for attempt in range(1, ATTEMPTS + 1):
        world.when(AttemptNotice(**where, attempt=attempt)).then(happened(AlertNoticeAttempted, attempt=attempt))
        world.when(AttemptNotice(**where, attempt=attempt)).rejected("under_way")
        failed = world.when(RecordNotice(**where, fault="no answer")).one(AlertNoticeFailed)
        assert (failed.retry_at is None) is (attempt == ATTEMPTS)
    world.when(AttemptNotice(**where, attempt=ATTEMPTS + 1)).rejected("already_told")
    world.when(RecordNotice(**where)).changes_nothing()


def test_a_notice_that_is_sent_or_refused_for_good_is_tried_no_more(world: World) -> None:
    mail, hook = (one.notice_id for one in alerting(world).when(bad()).one(AlertRaised).notices)
    world.given(AttemptNotice(**ALERT, notice_id=mail, attempt=1), AttemptNotice(**ALERT, notice_id=hook, attempt=1))
    world.when(RecordNotice(**ALERT, notice_id=mail)).then(happened(AlertNoticeSent))
    refused = RecordNotice(**ALERT, notice_id=hook, fault="HTTP 410", final=True)
    world.when(refused).then(happened(AlertNoticeFailed, reason="HTTP 410", retry_at=None))
    for notice in (mail, hook):
        world.when(AttemptNotice(**ALERT, notice_id=notice, attempt=2)).rejected("already_told")


def lived(rule: Alert, *figures: tuple[int, float | None]) -> list[tuple[int, str]]:
    """What is done about figures, told by the seconds at which they are seen."""
    raised, since, acts = False, None, list[tuple[int, str]]()
    for seconds, value in figures:
        now: datetime = START + timedelta(seconds=seconds)
        judged = judge(rule, raised=raised, since=since, value=value, now=now)
        since = None if judged.act else judged.since
        if judged.act:
            raised = judged.act == "raise"
            acts.append((seconds, judged.act))
    return acts


def test_a_figure_must_be_bad_for_as_long_as_the_rule_says() -> None:
    rule = Alert.model_validate(RULE)
    assert lived(rule, (0, 130), (29, 130), (30, 130)) == [(30, "raise")]
    assert lived(rule, (0, 130), (20, 119), (25, 130), (54, 130), (55, 130)) == [(55, "raise")]
    assert lived(rule, (0, 130), (20, None), (40, 130)) == [], "nothing to measure is not bad"


def test_a_figure_around_the_threshold_does_not_turn_an_alert_on_and_off() -> None:
    rule = Alert.model_validate(RULE)
    around = [(seconds, 110.0 if seconds % 2 else 130.0) for seconds in range(40, 140)]
    assert lived(rule, (0, 130), (30, 130), *around, (200, 60), (229, 59), (230, 60)) == [(30, "raise"), (230, "clear")]


def test_a_share_is_bad_when_it_is_below_and_at_once_where_nothing_must_last() -> None:
    rule = Alert.model_validate({"metric": "service_level", "below": 0.8, "lasting": 0})
    assert lived(rule, (0, 0.8), (1, 0.79), (2, 0.8)) == [(1, "raise"), (2, "clear")]


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"metric": "longest_weight", "above": 1}, "there is no metric 'longest_weight'"),
        ({"metric": "waiting"}, "an alert needs one threshold, `above` or `below`"),
        ({"metric": "waiting", "above": 1, "below": 2}, "an alert needs one threshold, `above` or `below`"),
        ({"metric": "waiting", "above": 1, "queue": "nowhere"}, "there is no queue 'nowhere'"),
        ({"metric": "waiting", "above": 10, "clear": 20}, "it would be over at 20, where it is raised"),
        (
            {"metric": "ready_agents", "below": 1, "queue": "billing"},
            "ready_agents is counted over all agents of the pool, not by queue",
        ),
    ],
)
def test_a_rule_that_cannot_be_meant_is_a_fault_with_its_place(rule: dict[str, Any], what: str) -> None:
    found = check([], [project(alerts={"wrong": rule})], time_zones={"UTC"})
    faults = [fault for fault in found if fault.severity == "fault"]
    assert [(fault.what, fault.path[:2]) for fault in faults] == [(what, ("alerts", "wrong"))]


def test_a_target_for_what_is_no_metric_is_a_fault() -> None:
    board = {"targets": {"happiness": 1}, "time_zone": "Mars/Base"}
    found = check([], [project(wallboard=board)], time_zones={"UTC"})
    assert [fault.what for fault in found if fault.severity == "fault"] == [
        "there is no time zone 'Mars/Base'",
        "there is no metric 'happiness'",
    ]
