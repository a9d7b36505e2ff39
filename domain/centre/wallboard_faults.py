"""Wallboards and alerts that cannot be meant: metrics and queues that there are none of, thresholds in disorder."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from domain.centre.documents import ProjectDocument
from domain.centre.faults import Fault, Path, Subject, unknown
from domain.centre.wallboard import METRICS, OF_AGENTS, Alert
from domain.sentence import say


def check_wallboard(subject: Subject, p: ProjectDocument, time_zones: Collection[str]) -> Iterator[Fault]:
    """What is wrong with a project's wallboard and alerts."""
    wallboard = p.wallboard
    if wallboard.time_zone is not None:
        yield from unknown("time zone", wallboard.time_zone, time_zones, subject, ("wallboard", "time_zone"), None)
    for metric in wallboard.targets:
        path: Path = ("wallboard", "targets", metric)
        yield from unknown("metric", metric, METRICS, subject, path, None, at_key=True)
    for name, alert in p.alerts.items():
        yield from _alert(subject, ("alerts", name), alert, p.queues)


def _alert(subject: Subject, here: Path, alert: Alert, queues: Collection[str]) -> Iterator[Fault]:
    yield from unknown("metric", alert.metric, METRICS, subject, (*here, "metric"), None)
    if alert.queue is not None:
        yield from unknown("queue", alert.queue, queues, subject, (*here, "queue"), ("queues",))
        if alert.metric in OF_AGENTS:
            what = say(
                "counted_over_all_agents",
                "{metric} is counted over all agents of the pool, not by queue",
                metric=alert.metric,
            )
            yield Fault(subject=subject, path=(*here, "queue"), what=what, mend=say("remove_queue", "remove `queue`"))
    if (alert.above is None) == (alert.below is None):
        what = say("an_alert_needs_one_threshold", "an alert needs one threshold, `above` or `below`")
        mend = (
            say("give_above_or_below", "`above: 120`, or `below: 0.8`")
            if alert.above is None
            else say("keep_one_of_the_two", "keep one of the two")
        )
        yield Fault(subject=subject, path=here, what=what, mend=mend)
    elif alert.clear is not None and alert.bad(alert.clear):
        side = say("clear_more", "more") if alert.above is not None else say("clear_less", "less")
        what = say("over_where_it_is_raised", "it would be over at {clear:g}, where it is raised", clear=alert.clear)
        mend = say(
            "clear_on_the_wrong_side",
            "`clear` must not be {side} than {threshold:g}",
            side=side,
            threshold=alert.threshold,
        )
        yield Fault(subject=subject, path=(*here, "clear"), what=what, mend=mend)
