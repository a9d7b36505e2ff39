"""A real call centre's month, where TRUNKLINE_TEST_BANK_DATA names its file: the router's order against the real one.

The data (31,599 calls of a bank, January 1999, published by the Technion's service-engineering laboratory) is no part
of this project. Its callers were served by time in queue, priority customers with 90 s of credit.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.agent.events import AgentBecameNotReady, AgentBecameReady, AgentReleased, AgentReserved, AgentSignedIn
from domain.interaction.events import (
    InteractionAbandoned,
    InteractionClosed,
    InteractionOffered,
    InteractionQueued,
    OfferRescinded,
)
from domain.interaction.offers import OfferInteraction
from infra.simulate.draws import MICROS, Chance
from infra.simulate.measures import Window
from infra.simulate.setting_up import configure, register
from infra.simulate.stage import POOL, Stage
from router import Router
from tests.simulate.building import scenario

DATA = os.environ.get("TRUNKLINE_TEST_BANK_DATA", "")
DESK = "agents_00001"
pytestmark = pytest.mark.skipif(not DATA, reason="TRUNKLINE_TEST_BANK_DATA names no file")


class Call(NamedTuple):
    """A call that was queued: seconds of the day, and whether an agent took it at the end."""

    name: str
    queued: int
    left: int
    urgent: bool
    served: bool


def seconds(text: str) -> int:
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def days(path: Path) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for number, line in enumerate(path.read_text().splitlines()[1:]):
        row = [cell.strip() for cell in line.split("\t")]
        if (queued := seconds(row[9])) and (left := seconds(row[10])) > queued:
            found.setdefault(row[5], []).append(Call(f"c{number}", queued, left, row[3] == "2", row[12] == "AGENT"))
    return found


class Day:
    """One day at one desk: whenever an agent really took a call, the router is asked which it would have taken."""

    def __init__(self, credit: int) -> None:
        self._credit = credit
        router, document = Router(POOL), scenario(groups={"agents": {"count": 1, "profile": "phone"}})
        self._stage = Stage(router, datetime(1999, 1, 1, tzinfo=UTC))
        configure(self._stage, document)
        register(self._stage, document, Chance(1), {}, Window(0, 1))
        self._stage.say(AgentSignedIn(agent_id=DESK), DESK, "")
        self._waiting: set[str] = set()
        self.asked = self.otherwise = 0

    def live(self, calls: list[Call]) -> None:
        """Of one second: first who is served, then who hangs up, then who comes."""
        moments = [(call.left, 0 if call.served else 1, call) for call in calls]
        moments += [(call.queued, 2, call) for call in calls]
        for at, kind, call in sorted(moments):
            self._stage.set_time(at * MICROS)
            if kind == 2:
                self._arrive(call)
            else:
                if kind == 0 and len(self._waiting) > 1:
                    self._ask(call)
                self._leave(call)

    def _arrive(self, call: Call) -> None:
        self._waiting.add(call.name)
        event = InteractionQueued(
            interaction_id=call.name, leg="1", channel="voice", queue="calls", priority=5, skills={},
            arrived_at=self._stage.now, not_before=None, age_credit=self._credit if call.urgent else 0, target=60,
            customer_id="", site="", language="en", trail=(), reason="new",
        )  # fmt: skip
        self._stage.say(event, call.name)

    def _ask(self, call: Call) -> None:
        self.asked += 1
        self._stage.say(AgentBecameReady(agent_id=DESK), DESK, "")
        (command,) = self._stage.router.decide(self._stage.now)
        assert isinstance(command, OfferInteraction)
        self.otherwise += command.interaction_id != call.name
        where = {"interaction_id": command.interaction_id, "leg": "1", "work_id": f"w{self.asked}", "agent_id": DESK}
        stage, expires_at = self._stage, self._stage.at(10**15)
        offered = InteractionOffered(**where, queue="calls", expires_at=expires_at, decision=command.decision)
        stage.say(offered, command.interaction_id)
        stage.say(AgentReserved(**where, channel="voice", units=1), DESK, "")
        stage.say(OfferRescinded(**where, reason="only asked"), command.interaction_id)
        stage.say(AgentReleased(agent_id=DESK, work_id=where["work_id"], reason="rescinded"), DESK, "")
        stage.say(AgentBecameNotReady(agent_id=DESK, reason="only asked"), DESK, "")

    def _leave(self, call: Call) -> None:
        self._waiting.discard(call.name)
        waited = float(call.left - call.queued)
        self._stage.say(InteractionAbandoned(interaction_id=call.name, leg="1", waited=waited), call.name)
        self._stage.say(InteractionClosed(interaction_id=call.name, reason="left"), call.name)


def otherwise(credit: int) -> Iterator[tuple[int, int]]:
    """Per day: how often the router would have taken another call, of how many choices."""
    for calls in days(Path(DATA)).values():
        day = Day(credit)
        day.live(calls)
        yield day.otherwise, day.asked


def test_the_real_order_of_service_is_met_best_with_the_credit_that_the_bank_gave() -> None:
    told = {credit: [sum(column) for column in zip(*otherwise(credit), strict=True)] for credit in (60, 90, 120)}
    print({credit: f"{other} of {asked}" for credit, (other, asked) in told.items()})
    assert told[90][1] > 8_000
    assert min(told, key=lambda credit: told[credit][0]) == 90
