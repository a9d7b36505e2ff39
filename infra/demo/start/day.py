"""The simulated day in figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.demo.telling import counted
from infra.demo.tempo import RATES

if TYPE_CHECKING:
    from infra.demo.running import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`speed`: of people at this moment, `in_time` in percent, None before anybody was answered."""

    speed: float
    paused: bool
    slowest: bool
    fastest: bool
    customers: int
    waiting: int
    in_hand: int
    in_time: int | None
    mails_in: int
    mails_out: int
    callbacks: int
    chat_lines: int
    tickets: int
    resolved: int
    rated: int
    events: int


def standing(run: Run) -> Standing:
    counts, tempo, share = counted(run), run.day.tempo, run.watching.figures.share
    waiting, in_hand = run.watching.waiting_and_in_hand()
    return Standing(
        speed=run.pace.speed * tempo.rate,
        paused=tempo.paused,
        slowest=tempo.rate == RATES[0],
        fastest=tempo.rate == RATES[-1],
        customers=run.customers,
        waiting=waiting,
        in_hand=in_hand,
        in_time=None if share is None else round(100 * share),
        mails_in=counts["mails_received"],
        mails_out=counts["mails_sent"],
        callbacks=counts["callbacks"],
        chat_lines=counts["chat_messages"],
        tickets=counts["tickets_opened"],
        resolved=counts["tickets_resolved"],
        rated=counts["tickets_rated"],
        events=counts["events"],
    )
