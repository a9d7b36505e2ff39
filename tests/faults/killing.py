"""The kill loop: a centre under load dies at random moments; at the end everything acknowledged must be there once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from infra.demo.pace import Pace
from tests.faults.database import own_postgres
from tests.faults.life import Life, attempts_cut_off, judge, populated
from tests.faults.serving import run

#: Of a hundred kills so many hit a process that has not finished starting.
AT_START = 33
#: Longest time between a start, or readiness, and a kill; seconds.
YOUNG, OLD = 4.0, 2.0
#: Seconds that everybody may take to finish once the faults have stopped; attempts that were cut off take 300.
LONG_DRAIN, SHORT_DRAIN = 480.0, 45.0


@dataclass(slots=True, kw_only=True)
class Kills:
    """What a run did, and what was found. `faults` by check, empty where all is well."""

    store: str
    kills: int
    at_start: int = 0
    database_faults: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    drained: float = 0.0
    customers: int = 0
    mails_taken: int = 0
    mails_sent: int = 0
    duplicates: int = 0
    commands: int = 0
    positions: int = 0
    events: int = 0
    brought_again: int = 0
    requests_again: int = 0
    cut_off: int = 0
    largest_resident: int = 0
    seen: dict[str, int] = field(default_factory=dict[str, int])
    faults: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    @property
    def sound(self) -> bool:
        return not any(self.faults.values())

    def document(self) -> dict[str, Any]:
        return asdict(self) | {"sound": self.sound}


#: Something done to the database now and then; its name.
Disturb = Callable[[], Awaitable[str]]
Tell = Callable[[str], None]


async def kill_loop(
    life: Life, kills: int, dice: Random, *, store: str, disturb: Disturb | None = None, wait: bool, tell: Tell = print
) -> Kills:
    """Run, kill `kills` times, drain, stop, judge. `wait`: for deliveries too whose attempt was cut off."""
    found = Kills(store=store, kills=kills)
    began = time.monotonic()
    await life.centre.start()
    await life.centre.ready()
    life.begin()
    for number in range(kills):
        await _one_kill(life, number, dice, found, disturb)
        if (number + 1) % 10 == 0:
            taken, seconds = len(life.ledger.posted), time.monotonic() - began
            tell(f"{store}: {number + 1} kills, {taken} mails taken, {seconds:.0f} s")
    await life.centre.ready()
    drained = time.monotonic()
    left = await life.drain(LONG_DRAIN if wait else SHORT_DRAIN, wait_for_attempts=wait)
    found.drained = time.monotonic() - drained
    found.largest_resident = max(found.largest_resident, life.centre.resident)
    assert await life.centre.stop() == 0, life.centre.last_words()
    await life.end()
    found.faults = await _judged(life, left, found, wait)
    _count(life, found)
    found.seconds = time.monotonic() - began
    return found


async def _one_kill(life: Life, number: int, dice: Random, found: Kills, disturb: Disturb | None) -> None:
    centre = life.centre
    if dice.random() * 100 < AT_START and number:
        found.at_start += 1
        await asyncio.sleep(dice.uniform(0, YOUNG))
    else:
        await centre.ready()
        if disturb is not None and dice.random() < 0.3:
            found.database_faults[await disturb()] += 1
        await asyncio.sleep(dice.uniform(0, OLD))
    assert centre.alive, f"the centre ended by itself: {centre.last_words()}"
    found.largest_resident = max(found.largest_resident, centre.resident)
    await centre.kill()
    await centre.start()


async def _judged(life: Life, left: list[str], found: Kills, wait: bool) -> dict[str, list[str]]:
    verified = await run(life.centre.settings, "log", "verify", "--json")
    faults = await judge(life)
    undone = faults["nothing is left undone"]
    found.cut_off = len(attempts_cut_off(undone))
    if not wait:
        faults["nothing is left undone"] = [one for one in undone if one not in attempts_cut_off(undone)]
    return {
        "all work finishes once the faults stop": left[:20],
        "`trunkline log verify` finds nothing": [] if verified.code == 0 else [verified.out + verified.err],
        "the process never complained of what nobody foresaw": life.centre.complaints()[:20],
        **faults,
    }


def _count(life: Life, found: Kills) -> None:
    ledger = life.ledger
    found.customers = life.customers
    found.mails_taken = sum(one.times for one in ledger.posted)
    found.mails_sent = len(ledger.arrived)
    found.duplicates = len(ledger.arrived) - len({(one.message_id, one.recipient) for one in ledger.arrived})
    found.commands = len(life.clerk.registered) + len(life.clerk.recorded)
    found.positions = len(ledger.positions)
    found.events = max(ledger.positions, default=0)
    found.brought_again = sum(n for what, n in ledger.seen.items() if what.startswith("mails brought again"))
    found.requests_again = sum(n for what, n in ledger.seen.items() if what.startswith("requests "))
    found.seen = dict(ledger.seen.most_common())


# --- the two stores


async def on_sqlite(data: Path, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print) -> Kills:
    """The kill loop on the embedded stores."""
    async with populated(data, pace) as life:
        return await kill_loop(life, kills, Random(f"kills {seed}"), store="SQLite", wait=wait, tell=tell)


async def on_postgresql(data: Path, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print) -> Kills:
    """The kill loop on a PostgreSQL of its own, which suffers too."""
    dice = Random(f"kills {seed}")
    async with own_postgres(data / "pg") as database, populated(data, pace, **database.settings()) as life:
        return await kill_loop(
            life, kills, dice, store="PostgreSQL", disturb=lambda: database.suffer(dice), wait=wait, tell=tell
        )
