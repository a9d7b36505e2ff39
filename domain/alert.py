"""Alerts of a project: cleared → raised → cleared, once each, however many processes watch the figures.

One that is raised can be acknowledged by whoever sees to it; it stays raised until its figure is good again.

Who is told stands in the event, each notice under an id of its own: pending → attempting → sent, or, after an attempt
that failed, pending again until it has failed for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from domain.centre.configuration import Project, project_of
from domain.centre.wallboard import Alert as Rule
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event, Fact
from domain.rejection import NotFound, Rejection
from domain.states import States, concept

#: How often a notice is tried, and the seconds before the second try, doubled each time.
ATTEMPTS, PAUSE = 6, 30


class Notice(Fact):
    """Somebody who is told: by mail to an address, or by webhook at a URL."""

    notice_id: str
    channel: Literal["mail", "webhook"]
    to: str


class AlertRaised(Event, wire="alert.raised.v1"):
    """A figure has been past its threshold since `since` for as long as the rule asks. `queue` empty: all."""

    project: str
    alert: str
    metric: str
    queue: str
    value: float
    threshold: float
    since: datetime
    notices: tuple[Notice, ...] = ()


class AlertAcknowledged(Event, wire="alert.acknowledged.v1"):
    """Somebody has seen it and sees to it."""

    project: str
    alert: str
    by: str


class AlertCleared(Event, wire="alert.cleared.v1"):
    """It is over, for the reason given; `value` None where the rule is gone."""

    project: str
    alert: str
    value: float | None
    reason: str
    notices: tuple[Notice, ...] = ()


class AlertNoticeAttempted(Event, wire="alert.notice_attempted.v1"):
    """Somebody is about to be told: from here on they may have been."""

    alert: str
    notice_id: str
    attempt: int


class AlertNoticeSent(Event, wire="alert.notice_sent.v1"):
    alert: str
    notice_id: str


class AlertNoticeFailed(Event, wire="alert.notice_failed.v1"):
    """The attempt failed; tried again at `retry_at`, or no more."""

    alert: str
    notice_id: str
    reason: str
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice on its way."""

    attempts: int = 0


@dataclass(frozen=True, slots=True)
class AlertState:
    raised: bool = False
    acknowledged: bool = False
    telling: Mapping[str, Telling] = field(default_factory=dict[str, Telling])


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlert(Command):
    """The figure has been bad since `since`, long enough. One that is raised already stays so."""

    project: str
    alert: str
    value: float
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlert(Command):
    """Say that somebody sees to it. One that was acknowledged already stays with who did it first."""

    project: str
    alert: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearAlert(Command):
    project: str
    alert: str
    value: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptNotice(Command):
    """Begin to tell somebody, for the `attempt`th time; refused where another process was faster."""

    project: str
    alert: str
    notice_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNotice(Command):
    """What came of an attempt; `fault` empty: it was taken. `final`: trying again is useless."""

    project: str
    alert: str
    notice_id: str
    fault: str = ""
    final: bool = False


def identity(project: str, alert: str) -> str:
    """The id of an alert's stream; neither name holds a dot."""
    return f"{project}.{alert}"


def evolve(state: AlertState, event: Event) -> AlertState:
    match event:
        case AlertRaised() | AlertCleared():
            new = {notice.notice_id: Telling() for notice in event.notices}
            return AlertState(isinstance(event, AlertRaised), telling={**state.telling, **new})
        case AlertAcknowledged():
            return replace(state, acknowledged=True)
        case AlertNoticeAttempted():
            return _told(state, event.notice_id, Telling(event.attempt))
        case AlertNoticeSent():
            return _told(state, event.notice_id, None)
        case AlertNoticeFailed():
            return state if event.retry_at else _told(state, event.notice_id, None)
        case _:
            return state


def _told(state: AlertState, notice_id: str, telling: Telling | None) -> AlertState:
    others = {name: one for name, one in state.telling.items() if name != notice_id}
    return replace(state, telling=others if telling is None else {**others, notice_id: telling})


concept("alert", AlertState(), evolve)


def _of(states: States, project: str, alert: str) -> AlertState:
    return states.of(AlertState, "alert", identity(project, alert))


def _rule(project: Project, alert: str) -> Rule:
    rule = project.configured.alerts.get(alert)
    if rule is None:
        raise NotFound("alert", alert)
    return rule


def _notices(rule: Rule | None, at: Moment) -> tuple[Notice, ...]:
    if rule is None:
        return ()
    mails = [Notice(notice_id=at.new_id(), channel="mail", to=address) for address in rule.mail]
    hooks = [Notice(notice_id=at.new_id(), channel="webhook", to=rule.webhook)] if rule.webhook else []
    return (*mails, *hooks)


@decides(RaiseAlert)
def raise_alert(states: States, c: RaiseAlert, at: Moment) -> Outcome:
    rule = _rule(project_of(states, c.project), c.alert)
    if _of(states, c.project, c.alert).raised:
        return Outcome()
    raised = AlertRaised(
        project=c.project,
        alert=c.alert,
        metric=rule.metric,
        queue=rule.queue or "",
        value=c.value,
        threshold=rule.threshold,
        since=c.since,
        notices=_notices(rule, at),
    )
    return Outcome().add("alert", identity(c.project, c.alert), raised)


@decides(AcknowledgeAlert)
def acknowledge_alert(states: States, c: AcknowledgeAlert, at: Moment) -> Outcome:
    """Raises `NotFound` for an alert that there is no rule for, `Rejection` for one that is not raised."""
    _rule(project_of(states, c.project), c.alert)
    state = _of(states, c.project, c.alert)
    if not state.raised:
        raise Rejection("not_raised", "this alert is over; there is nothing to acknowledge")
    if state.acknowledged:
        return Outcome()
    acknowledged = AlertAcknowledged(project=c.project, alert=c.alert, by=c.by)
    return Outcome().add("alert", identity(c.project, c.alert), acknowledged)


@decides(ClearAlert)
def clear_alert(states: States, c: ClearAlert, at: Moment) -> Outcome:
    if not _of(states, c.project, c.alert).raised:
        return Outcome()
    notices = _notices(project_of(states, c.project).configured.alerts.get(c.alert), at)
    cleared = AlertCleared(project=c.project, alert=c.alert, value=c.value, reason=c.reason, notices=notices)
    return Outcome().add("alert", identity(c.project, c.alert), cleared)


@decides(AttemptNotice)
def attempt(states: States, c: AttemptNotice, at: Moment) -> Outcome:
    telling = _of(states, c.project, c.alert).telling.get(c.notice_id)
    if telling is None:
        raise Rejection("already_told", "this notice is sent, or given up")
    if c.attempt != telling.attempts + 1 or c.attempt > ATTEMPTS:
        raise Rejection("under_way", "another process is trying it")
    attempted = AlertNoticeAttempted(alert=c.alert, notice_id=c.notice_id, attempt=c.attempt)
    return Outcome().add("alert", identity(c.project, c.alert), attempted)


@decides(RecordNotice)
def record(states: States, c: RecordNotice, at: Moment) -> Outcome:
    telling = _of(states, c.project, c.alert).telling.get(c.notice_id)
    if telling is None:
        return Outcome()
    where = {"alert": c.alert, "notice_id": c.notice_id}
    if not c.fault:
        return Outcome().add("alert", identity(c.project, c.alert), AlertNoticeSent(**where))
    last = c.final or telling.attempts >= ATTEMPTS
    pause = timedelta(seconds=PAUSE * 2 ** max(0, telling.attempts - 1))
    failed = AlertNoticeFailed(**where, reason=c.fault[:300], retry_at=None if last else at.now + pause)
    return Outcome().add("alert", identity(c.project, c.alert), failed)


class Judged(NamedTuple):
    """Since when the figure has been on the other side, and what is to be done now."""

    since: datetime | None
    act: Literal["raise", "clear"] | None


def judge(rule: Rule, *, raised: bool, since: datetime | None, value: float | None, now: datetime) -> Judged:
    """One look at a figure. With nothing to measure, or a figure between the two thresholds, it stays as it is."""
    turning = value is not None and (rule.good(value) if raised else rule.bad(value))
    if not turning:
        return Judged(None, None)
    since = since or now
    if now - since < timedelta(seconds=rule.lasting):
        return Judged(since, None)
    return Judged(None if raised else since, "clear" if raised else "raise")
