"""Windows of time in which a customer can be called: opening hours, holidays, changes of the clock, statuses told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.callback_windows import LEAD, MOST, windows
from domain.centre.configuration import ConfigureCentre, ConfigureProject, Project
from domain.centre.hours import is_open
from domain.decide import Command
from domain.delivery.events import NotificationRequested
from domain.interaction.escalation import ExpireWork
from domain.interaction.events import CallbackRequested, InteractionQueued
from domain.voice.callbacks import FailCallback
from tests.domain.commands import PROJECT, callback, in_hand, offer, ready
from tests.domain.documents import centre, project
from tests.domain.world import START, World, happened

WARSAW = {"time_zone": "Europe/Warsaw", "weekly": {"mon": ["08:15-10:45", "12:00-13:00"], "tue": ["09:00-11:00"]}}


def keeping(hours: dict[str, Any] | None, **callbacks: Any) -> Project:
    queue = {"title": "Billing", "hours": "office"} if hours else {"title": "Billing"}
    document = project(
        queues={"billing": queue},
        departments={"billing": {"title": "Billing", "queue": "billing"}},
        mailboxes={"help": {"address": "help@example.com", "title": "Help", "department": "billing"}},
        hours={"office": hours} if hours else {},
        callbacks={"queue": "billing", "horizon": 7 * 86_400, "retry": 600, **callbacks},
    )
    return Project(1, "", document)


def world(hours: dict[str, Any] | None = None, **callbacks: Any) -> World:
    found = World().given(ConfigureProject(document=keeping(hours, **callbacks).configured, expected_revision=0))
    return found.given(ConfigureCentre(document=centre(), expected_revision=0), *ready("anna"))


def told(found: Project, now: datetime, zone: str = "Europe/Warsaw") -> list[str]:
    return [f"{one.start.astimezone(ZoneInfo(zone)):%a %H:%M}" for one in windows(found, now)]


def test_windows_fill_the_spans_of_opening_and_none_sticks_out() -> None:
    # Monday, 06:00 in Warsaw; the week's last window is the next Monday's, before the horizon ends at 06:00
    assert told(keeping(WARSAW), datetime(2026, 3, 2, 5, tzinfo=UTC)) == [
        "Mon 08:15", "Mon 09:15", "Mon 12:00", "Tue 09:00", "Tue 10:00",
    ]  # fmt: skip


def test_while_it_is_open_windows_begin_where_they_would_have_and_leave_time_to_be_ready() -> None:
    assert told(keeping(WARSAW), datetime(2026, 3, 2, 7, 40, 7, tzinfo=UTC))[:2] == ["Mon 09:15", "Mon 12:00"]
    assert told(keeping(WARSAW), datetime(2026, 3, 2, 8, 0, tzinfo=UTC))[0] == "Mon 09:15"
    assert told(keeping(WARSAW), datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC))[0] == "Mon 12:00"
    kathmandu = WARSAW | {"time_zone": "Asia/Kathmandu"}
    assert told(keeping(kathmandu), datetime(2026, 3, 2, 3, 0, tzinfo=UTC), "Asia/Kathmandu")[0] == "Mon 09:15"


@settings(deadline=None, max_examples=25)
@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    later=st.timedeltas(timedelta(seconds=1), timedelta(hours=20)),
    length=st.sampled_from([900, 3600, 5400]),
    hours=st.sampled_from([None, WARSAW, {"time_zone": "Asia/Kathmandu", "weekly": {"mon": ["00:00-24:00"]}}]),
)
def test_whoever_looks_again_later_the_same_day_sees_the_windows_that_are_left(
    now: datetime, later: timedelta, length: int, hours: dict[str, Any] | None
) -> None:
    found = keeping(hours, window=length, horizon=3 * 86_400)
    zone = ZoneInfo(hours["time_zone"] if hours else "UTC")
    if (now + later).astimezone(zone).date() != now.astimezone(zone).date():
        return
    before, after = windows(found, now), windows(found, now + later)
    # some more come into reach at the far end
    assert [one for one in after if one.end <= now + timedelta(days=3)] == [
        one for one in before if one.start >= now + later + LEAD or one in after
    ]


def test_a_closed_day_and_a_half_day_count_as_the_hours_say() -> None:
    hours = WARSAW | {"days": {"2026-03-02": [], "2026-03-03": ["09:00-10:00"]}}
    assert told(keeping(hours), datetime(2026, 3, 2, 5, tzinfo=UTC)) == ["Tue 09:00"]


def test_a_night_in_which_the_clock_is_put_forward_has_an_hour_less() -> None:
    night = {"time_zone": "Europe/Warsaw", "weekly": {"sun": ["01:00-04:00"]}}
    assert told(keeping(night), datetime(2026, 3, 28, 12, tzinfo=UTC)) == ["Sun 01:00", "Sun 03:00"]


def test_without_hours_it_is_always_open_up_to_the_horizon() -> None:
    found = windows(keeping(None, horizon=3 * 3600), START)
    assert [one.start - START for one in found] == [timedelta(hours=1), timedelta(hours=2)]


@settings(deadline=None, max_examples=25)
@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    length=st.sampled_from([900, 1800, 3600, 5400, 86_400]),
    zone=st.sampled_from(["Europe/Warsaw", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
)
def test_every_window_is_open_throughout_ahead_and_apart_from_the_others(now: datetime, length: int, zone: str) -> None:
    hours = {"time_zone": zone, "weekly": {"mon": ["00:00-24:00"], "sat": ["02:10-09:00", "22:00-24:00"]}}
    found = keeping(hours, window=length, horizon=14 * 86_400)
    offered = windows(found, now)
    assert len(offered) <= MOST
    for one in offered:
        assert now < one.start < one.end <= now + timedelta(days=14)
        assert one.end - one.start == timedelta(seconds=length)
        for part in range(4):
            assert is_open(found.configured.hours["office"], one.start + (one.end - one.start) * part / 4)
    assert all(first.end <= second.start for first, second in pairwise(offered))


def test_a_time_at_which_nobody_is_there_is_refused_with_the_next_opening() -> None:
    w = world(WARSAW)
    w.when(callback(due_at=datetime(2026, 3, 2, 11, 30, tzinfo=UTC) + timedelta(hours=2))).rejected(
        "closed_then", "it opens at 2026-03-03T08:00+00:00"
    )
    due = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    w.when(callback(due_at=due, due_until=due)).rejected("bad_window")
    w.when(callback(due_at=due, due_until=due + timedelta(hours=1))).including(
        happened(CallbackRequested, due_at=due, due_until=due + timedelta(hours=1))
    )


def test_as_soon_as_possible_waits_for_the_opening_and_is_offered_then() -> None:
    w = world(WARSAW).wait(hours=4)
    opens = datetime(2026, 3, 3, 8, tzinfo=UTC)
    then = w.when(callback()).including(
        happened(CallbackRequested, due_at=opens), happened(InteractionQueued, not_before=opens, arrived_at=w.now)
    )
    w.when(offer(then.result["interaction_id"], "anna")).rejected("not_due")
    w.now = opens
    w.given(offer(then.result["interaction_id"], "anna"))


def test_a_queue_that_passes_its_work_on_while_closed_is_open_when_the_other_is() -> None:
    document = keeping(WARSAW).configured.model_dump(mode="json")
    document["queues"]["billing"]["closed"] = {"then": "queue", "queue": "night"}
    document["queues"]["night"] = {"title": "Night"}
    w = World().given(
        ConfigureProject(document=type(keeping(None).configured).model_validate(document), expected_revision=0)
    )
    w.wait(hours=4).when(callback()).including(
        happened(CallbackRequested, due_at=w.now), happened(InteractionQueued, queue="night")
    )


def mails(found: Any) -> list[NotificationRequested]:
    return found.all(NotificationRequested)


def test_whoever_leaves_an_address_hears_of_the_request_each_failed_try_and_the_end() -> None:
    w = world(attempts=2)
    due = START + timedelta(hours=3)
    first = w.when(
        callback(notify="ada@example.org", zone="Asia/Tokyo", due_at=due, due_until=due + timedelta(hours=1))
    )
    (mail,) = mails(first)
    assert (mail.kind, mail.to, mail.body, mail.params["zone"]) == (
        "callback_registered", "ada@example.org", "+48221234567", "Asia/Tokyo",
    )  # fmt: skip
    assert (mail.params["due"], mail.params["until"]) == (due.isoformat(), (due + timedelta(hours=1)).isoformat())
    w.wait(hours=3)
    interaction = first.result["interaction_id"]
    for number, kind in ((1, "callback_tried"), (2, "callback_expired")):
        work = in_hand(w, "anna", interaction)
        (mail,) = mails(w.when(_fails(work)))
        assert (mail.kind, mail.to) == (kind, "ada@example.org")
        if number == 1:
            assert mail.params["due"] == (w.now + timedelta(seconds=600)).isoformat()
            w.wait(seconds=600)
        else:
            assert mail.params["tries"] == "2"


def _fails(work: Any) -> Command:
    own = {"interaction_id": work.interaction_id, "leg": work.leg, "work_id": work.work_id}
    return FailCallback(project=PROJECT, outcome="busy", **own)


def test_a_request_that_nobody_took_in_time_ends_with_a_mail() -> None:
    w = world(expires=3600)
    interaction = w.when(callback(notify="ada@example.org")).result["interaction_id"]
    ended = w.wait(hours=1).when(ExpireWork(project=PROJECT, interaction_id=interaction, leg="1"))
    (mail,) = mails(ended)
    assert (mail.kind, mail.to, mail.params.get("tries")) == ("callback_expired", "ada@example.org", None)


def test_whoever_leaves_no_address_and_is_known_by_none_is_told_nothing() -> None:
    assert mails(world().when(callback())) == []
