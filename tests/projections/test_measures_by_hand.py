"""On random histories the measures are what the raw log says, counted by hand; and they hang together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.centre.documents import Hours, ServiceLevel
from domain.event import Recorded
from projections.queries.measures import BY, By, MeasuredGroup, Measures, Span
from tests.projections.given import AT, given
from tests.projections.measured import asked, level
from tests.projections.measured_by_hand import agents_time, contacts, judged
from tests.projections.random_contacts import HOURS, Life

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = AT.astimezone(PARIS).replace(hour=0, minute=0)
DAYS = Span(MIDNIGHT, MIDNIGHT + timedelta(days=3), PARIS)
#: Cuts a history in the middle, at odd moments.
PART = Span(AT + timedelta(seconds=1234), AT + timedelta(hours=9, seconds=7), PARIS)
SEEDS = range(12)

DEFINITIONS: dict[str, ServiceLevel] = {
    f"d{number}": level(within=within, abandoned=abandoned, flow_out=flow_out, short_abandon=short, clock=clock)
    for number, (within, (abandoned, flow_out), short, clock) in enumerate(
        product(
            (20, 600),
            (("missed", "met_if_early"), ("excluded", "missed"), ("met_if_early", "excluded")),
            (0, 30),
            ("open_hours", "all_hours"),
        )
    )
} | {"calls": level(channels=["voice"], queues=["help"], within=90)}

#: What adds up over groups.
ADDITIVE = ("contacts", "answered", "abandoned", "cancelled", "waiting", "announced", "offers", "accepted", "declined",
            "missed", "rescinded", "handled", "transfers", "resolved", "resolved_at_first_contact", "agent_ratings",
            "company_ratings", "signed_in", "working", "idle", "not_responding")  # fmt: skip


def told(history: Sequence[Recorded], span: Span, by: By = "", definitions: Any = DEFINITIONS) -> Measures:
    with given(*history) as read:
        return asked(read, by=by, span=span, now=history[-1].occurred_at, definitions=definitions)


def name_of(by: By, span: Span) -> Callable[[dict[str, str], Any], str]:
    """Into which group something falls, by its facts and moment."""
    local = {"hour": "%Y-%m-%dT%H:00", "day": "%Y-%m-%d"}

    def name(facts: dict[str, str], moment: Any) -> str:
        if by in local:
            return moment.astimezone(span.zone).strftime(local[by]) + ("+01:00" if by == "hour" else "")
        return facts["agent_id" if by == "agent" else by]

    return name


@pytest.mark.parametrize("seed", SEEDS)
def test_waits_and_levels_are_what_counting_by_hand_says(seed: int) -> None:
    history = Life(seed).live(300)
    hours = Hours.model_validate(HOURS["day"])
    for span in (DAYS, PART):
        mine = [one for one in contacts(history) if one.counted and span.since <= one.began < span.until]
        found = told(history, span).total
        outcomes = Counter(one.outcome for one in mine)
        ended = [one for one in mine if one.outcome not in ("waiting", "cancelled")]
        waits = [(one.ended - one.began).total_seconds() for one in ended if one.ended]
        assert found.contacts == len(mine)
        assert (found.answered, found.abandoned, found.waiting, found.cancelled) == tuple(
            outcomes[o] for o in ("answered", "abandoned", "waiting", "cancelled")
        )
        assert sum(found.flowed_out.values()) == outcomes["flowed_out"]
        assert found.mean_wait == (pytest.approx(sum(waits) / len(waits)) if waits else None)
        assert found.longest_wait == (max(waits) if waits else None)
        errors = [error for one in mine if one.outcome == "answered" for error in one.errors]
        assert found.announced == len(errors)
        assert found.announced_error == (pytest.approx(sum(errors) / len(errors)) if errors else None)
        for name, definition in DEFINITIONS.items():
            verdicts = Counter(judged(one, definition, hours) for one in mine)
            seen = found.levels[name]
            assert (seen.met, seen.missed, seen.excluded) == (
                verdicts["met"], verdicts["missed"], verdicts["excluded"],
            ), name  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("by", BY)
def test_groups_hold_the_contacts_that_belong_to_them(seed: int, by: By) -> None:
    history = Life(seed).live(300)
    found = {group.key: group for group in told(history, DAYS, by, {}).groups}
    name, wanted = name_of(by, DAYS), Counter[str]()
    for one in contacts(history):
        if one.counted and one.outcome == "answered":
            wanted[name({**one.facts, "agent_id": one.agent_id}, one.began)] += 1
    assert {key: group.answered for key, group in found.items() if group.answered} == dict(wanted)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("by", ["", "agent", "site", "hour", "day"])
def test_agents_time_is_what_every_moment_of_the_log_says(seed: int, by: By) -> None:
    history = Life(seed).live(150)
    for span in (DAYS, PART):
        end = min(span.until, history[-1].occurred_at)
        hours = [MIDNIGHT + timedelta(hours=n) for n in range(73)]
        name, wanted = name_of(by, span), Counter[tuple[str, str]]()
        for time in agents_time(history, end, [span.since, *hours]):
            if time.start >= span.since:
                key = name({"agent_id": time.agent_id, "site": time.site}, time.start) if by else ""
                wanted[key, time.state] += int((time.end - time.start).total_seconds())
        answer = told(history, span, by, {})
        groups: Sequence[MeasuredGroup] = answer.groups if by else (answer.total,)
        seen: dict[tuple[str, str], float] = {}
        for group in groups:
            not_ready = sum((group.not_ready or {}).values())
            spent = {"working": group.working, "ready": group.idle, "not_ready": not_ready}
            seen |= {(group.key, state): seconds for state, seconds in spent.items() if seconds}
        assert seen == {key: seconds for key, seconds in wanted.items() if seconds}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hours_of_a_day_add_up_to_the_day_and_the_groups_to_the_whole(seed: int) -> None:
    history = Life(seed).live(300)
    days = {group.key: group for group in told(history, DAYS, "day").groups}
    hours = told(history, DAYS, "hour").groups
    assert len(days) > 1
    for key, day in days.items():
        own = [hour for hour in hours if hour.key.startswith(key)]
        for field in ADDITIVE:
            assert sum(getattr(hour, field) for hour in own) == pytest.approx(getattr(day, field)), field
        for name in DEFINITIONS:
            assert sum(hour.levels[name].met for hour in own) == day.levels[name].met
    for by in BY:
        answer = told(history, DAYS, by)
        for field in ADDITIVE[:17] if by in ("queue", "channel") else ADDITIVE:
            assert sum(getattr(g, field) for g in answer.groups) == pytest.approx(getattr(answer.total, field)), field


@pytest.mark.parametrize("seed", SEEDS)
def test_a_definition_never_disturbs_another_nor_anything_else(seed: int) -> None:
    history = Life(seed).live(300)
    together, without = told(history, DAYS).total, told(history, DAYS, definitions={}).total
    for name, one in DEFINITIONS.items():
        alone = told(history, DAYS, definitions={name: one}).total
        assert alone.levels == {name: together.levels[name]}
    assert together.model_copy(update={"levels": {}}) == without


def test_the_random_histories_hold_every_kind_of_outcome() -> None:
    """So that what was compared above was worth comparing."""
    seen, uncounted, answers = Counter[str](), 0, Counter[str]()
    for seed in SEEDS:
        history = Life(seed).live(300)
        found = contacts(history)
        seen.update(one.outcome for one in found)
        uncounted += sum(not one.counted for one in found)
        whole = told(history, DAYS, definitions={}).total
        answers.update({"transfers": whole.transfers, "announced": whole.announced, "handled": whole.handled})
        answers.update({"resolved": whole.resolved, "working": int(whole.working or 0), "declined": whole.declined})
    assert min(seen[o] for o in ("answered", "abandoned", "flowed_out", "cancelled", "waiting")) > 20
    assert uncounted > 5
    assert min(answers.values()) > 5
