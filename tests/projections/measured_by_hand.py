"""Measures computed straight from the raw log: slow and plain, to hold the projections and queries against.

Waits on the clock of open hours are counted second by second; agents' time by folding the log again for every moment
at which anything changes.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from domain.centre.documents import Hours, ServiceLevel
from domain.centre.hours import is_open
from domain.event import Recorded

SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class Contact:
    began: datetime
    facts: dict[str, str]
    counted: bool
    outcome: str = "waiting"
    ended: datetime | None = None
    agent_id: str = ""
    told: list[tuple[datetime, int]] = field(default_factory=list[tuple[datetime, int]])
    errors: list[float] = field(default_factory=list[float])
    #: Seconds of the wait during which the queue was open, once they were counted.
    opened: float | None = None


def contacts(history: Sequence[Recorded]) -> list[Contact]:
    by_interaction: dict[str, list[Recorded]] = defaultdict(list)
    for r in history:
        if r.event.wire.startswith("interaction."):
            by_interaction[r.event.interaction_id].append(r)  # type: ignore[attr-defined]
    return [one for events in by_interaction.values() for one in _of_interaction(events)]


def _of_interaction(events: Sequence[Recorded]) -> list[Contact]:
    found: list[Contact] = []
    legs = dict.fromkeys(r.event.leg for r in events if hasattr(r.event, "leg"))  # type: ignore[attr-defined]
    closed = next((r.occurred_at for r in events if r.event.wire == "interaction.closed.v1"), None)
    for leg in legs:
        mine = _of_leg([r for r in events if getattr(r.event, "leg", None) == leg])
        if closed is not None and mine and mine[-1].ended is None:
            _end(mine[-1], "cancelled", closed)
        found += mine
    return found


def _end(one: Contact, outcome: str, at: datetime, agent_id: str = "") -> None:
    one.outcome, one.ended, one.agent_id = outcome, max(at, one.began), agent_id


def _of_leg(events: Sequence[Recorded]) -> list[Contact]:
    stays: list[Contact] = []
    for r in events:
        event: Any = r.event
        name = event.wire.split(".")[1]
        if name == "queued":
            if not stays or stays[-1].ended is not None:
                counted = not stays or stays[-1].outcome != "answered"
                facts = {"queue": event.queue, "channel": event.channel, "site": event.site}
                stays.append(Contact(max(event.arrived_at, event.not_before or event.arrived_at), facts, counted))
            continue
        one = stays[-1]
        if one.ended is not None:
            continue
        written = one.facts["channel"] == "email"
        if name == "wait_announced":
            one.told.append((r.occurred_at, event.seconds))
        if name == "agent_connected":
            one.errors += [seconds - (r.occurred_at - at).total_seconds() for at, seconds in one.told]
            one.told = []
        if name == ("message_sent" if written else "agent_connected") or name in (
            "wrap_up_started",
            "wrap_up_completed",
        ):
            _end(one, "answered", r.occurred_at, event.agent_id)
        elif name == "abandoned":
            _end(one, "abandoned", r.occurred_at)
        elif name in ("sent_to_voicemail", "work_expired", "transferred"):
            _end(one, "flowed_out", r.occurred_at)
    return stays


def seconds_waited(one: Contact, hours: Hours | None) -> float:
    assert one.ended is not None
    if hours is None:
        return (one.ended - one.began).total_seconds()
    if one.opened is None:
        whole = int((one.ended - one.began).total_seconds())
        one.opened = sum(is_open(hours, one.began + n * SECOND) for n in range(whole))
    return one.opened


def judged(one: Contact, by: ServiceLevel, hours: Hours | None) -> str | None:
    """The contact's verdict by a definition; None where it is not about it or not known yet."""
    if one.ended is None or not one.counted:
        return None
    if (by.queues and one.facts["queue"] not in by.queues) or (by.channels and one.facts["channel"] not in by.channels):
        return None
    own = hours if by.clock == "open_hours" and one.facts["queue"] == "help" else None
    waited = seconds_waited(one, own)
    in_time = "met" if waited <= by.within else "missed"
    if one.outcome == "answered":
        return in_time
    if one.outcome == "cancelled" or (one.outcome == "abandoned" and 0 < by.short_abandon >= waited):
        return "excluded"
    switch = by.abandoned if one.outcome == "abandoned" else by.flow_out
    return in_time if switch == "met_if_early" else switch


@dataclass(slots=True)
class Time:
    agent_id: str
    start: datetime
    end: datetime
    state: str
    site: str


def agents_time(history: Sequence[Recorded], until: datetime, cuts: Sequence[datetime]) -> list[Time]:
    """What every agent did between any two moments at which something happened, or at which time is to be cut."""
    moments = sorted({r.occurred_at for r in history} | {until, *cuts})
    agents = sorted({r.event.agent_id for r in history if r.event.wire == "agent.registered.v1"})  # type: ignore[attr-defined]
    told: list[Time] = []
    for agent_id in agents:
        own = [r for r in history if getattr(r.event, "agent_id", "") == agent_id]
        for start, end in itertools.pairwise(moments):
            if end <= until and (state := _doing([r for r in own if r.occurred_at <= start])):
                told.append(Time(agent_id, start, end, *state))
    return told


def _doing(past: Sequence[Recorded]) -> tuple[str, str] | None:
    state, site, hands = "signed_out", "", Counter[str]()
    for r in past:
        event: Any = r.event
        match event.wire.removesuffix(".v1"):
            case "agent.registered" | "agent.moved":
                site = event.site
            case "agent.signed_in" | "agent.became_not_ready":
                state = "not_ready"
            case "agent.became_ready":
                state = "ready"
            case "agent.signed_out":
                state = "signed_out"
            case "interaction.offer_accepted":
                hands[event.work_id] = 1
            case "agent.released":
                hands[event.work_id] = 0
            case _:
                pass
    if state == "signed_out":
        return None
    return ("working" if hands.total() else state), site
