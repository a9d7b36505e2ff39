"""Several processes that take texts and send them: what holds for a number holds for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from channels.sms.storms import MANY, WATCHED, Came, Storms
from domain.ports import LogUnavailable
from infra.texts.pacing import Pace
from infra.texts.storming import Storming

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Away:
    """A shared database that does not answer."""

    async def lately(self, conversation: str, since: datetime) -> Sequence[Came]:
        raise LogUnavailable("the database does not answer")

    async def note(self, conversation: str, came: Came, since: datetime) -> None:
        raise LogUnavailable("the database does not answer")


async def test_a_process_that_cannot_ask_the_others_goes_by_what_it_has_seen_itself() -> None:
    alone = Storming(Storms(), Away())
    judged = [(await alone.judge("ada", f"id {n}", str(n), NOON)).what for n in range(MANY + 2)]
    assert judged == ["taken"] * MANY + ["automatic"] * 2
    assert WATCHED < MANY


def test_a_process_that_takes_the_sending_over_waits_as_if_each_number_had_just_sent() -> None:
    before, after = Pace(), Pace()
    before.begin(NOON)
    sent = before.place("first", "+48221112233", 1.0, NOON)
    assert sent == NOON + timedelta(seconds=1)
    after.begin(sent)
    assert after.place("second", "+48221112233", 1.0, sent) == sent + timedelta(seconds=1)
    assert after.place("third", "+48221112233", 1.0, sent) == sent + timedelta(seconds=2)


def test_a_process_that_sends_again_after_another_did_keeps_the_later_of_both_plans() -> None:
    pace = Pace()
    pace.begin(NOON)
    for number in range(5):
        pace.place(f"delivery {number}", "+48221112233", 1.0, NOON)
    pace.begin(NOON + timedelta(seconds=2))
    assert pace.place("next", "+48221112233", 1.0, NOON + timedelta(seconds=2)) == NOON + timedelta(seconds=6)
