"""The kill loop: a centre under load dies at random moments; at the end everything acknowledged must be there once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from infra.cli.main import UNUSABLE
from infra.demo.pace import Pace
from tests.faults.carried import own_broker
from tests.faults.database import keys_apart, own_postgres, replicated_postgres
from tests.faults.forking import Nursery
from tests.faults.life import Life, attempts_cut_off, judge, populated
from tests.faults.roles import CARRIED, Processes
from tests.faults.serving import Ended, run

#: Of a hundred kills so many hit a process that has not finished starting.
AT_START = 33
#: Of a hundred lives of a centre so many see a fault of its database, where it has one of its own.
DISTURBED = 50
#: Longest time between a start, or readiness, and a kill; seconds.
YOUNG, OLD = 4.0, 2.0
#: Seconds that everybody may take to finish once the faults have stopped; attempts that were cut off take 300.
LONG_DRAIN, SHORT_DRAIN = 480.0, 300.0


@dataclass(slots=True, kw_only=True)
class Kills:
    """What a run did, and what was found. `faults` by check, empty where all is well."""

    store: str
    kills: int
    at_start: int = 0
    #: What was done to the database and the broker, and how often.
    suffered: dict[str, int] = field(default_factory=dict[str, int])
    refused_starts: int = 0
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


#: Something done to the database, or the broker, now and then; its name.
Disturb = Callable[[], Awaitable[str]]
#: Another look at a centre that has done all its work and still runs; faults by check.
Look = Callable[[Life], Awaitable[dict[str, list[str]]]]
Tell = Callable[[str], None]


async def kill_loop(
    life: Life,
    kills: int,
    dice: Random,
    *,
    store: str,
    disturb: Disturb | None = None,
    look: Look | None = None,
    wait: bool,
    tell: Tell = print,
) -> Kills:
    """Run, kill `kills` times, drain, stop, judge. `wait`: for deliveries too whose attempt was cut off."""
    found = Kills(store=store, kills=kills)
    began = time.monotonic()
    await life.centre.start()
    await _up(life, found)
    life.begin()
    for number in range(kills):
        await _one_kill(life, number, dice, found, disturb)
        if (number + 1) % 10 == 0:
            taken, seconds = len(life.ledger.posted), time.monotonic() - began
            tell(f"{store}: {number + 1} kills, {taken} mails taken, {seconds:.0f} s")
    await _up(life, found)
    drained = time.monotonic()
    left = await life.drain(LONG_DRAIN if wait else SHORT_DRAIN, wait_for_attempts=wait)
    found.drained = time.monotonic() - drained
    found.largest_resident = max(found.largest_resident, life.centre.resident)
    seen = {} if look is None else await look(life)
    assert await life.centre.stop() == 0, life.centre.last_words()
    await life.end()
    found.faults = await _judged(life, left, found, wait) | seen
    _count(life, found)
    found.seconds = time.monotonic() - began
    return found


async def _one_kill(life: Life, number: int, dice: Random, found: Kills, disturb: Disturb | None) -> None:
    centre = life.centre
    if dice.random() * 100 < AT_START and number:
        found.at_start += 1
        await asyncio.sleep(dice.uniform(0, YOUNG))
    else:
        await _up(life, found)
        if disturb is not None and dice.random() * 100 < DISTURBED:
            what = await disturb()
            found.suffered[what] = found.suffered.get(what, 0) + 1
        await asyncio.sleep(dice.uniform(0, OLD if disturb is None else 2 * OLD))
    if not centre.alive:
        await _up(life, found)
    found.largest_resident = max(found.largest_resident, centre.resident)
    await centre.kill()
    await centre.start()


async def _up(life: Life, found: Kills) -> None:
    """Wait until the centre is ready. One that found its database away at its start is started again, as by any
    supervisor of processes; it must have said so by its exit code. A running one never ends because of it.
    """
    centre, starting = life.centre, not await life.centre.answers()
    while starting:
        try:
            await centre.ready()
            return
        except Ended as end:
            away = end.code == UNUSABLE and found.suffered and '"event": "running"' not in centre.this_life()
            if not away:
                raise
            found.refused_starts += 1
            life.excused.update(centre.this_life().splitlines())
            await asyncio.sleep(0.5)
            await centre.start()


async def _judged(life: Life, left: list[str], found: Kills, wait: bool) -> dict[str, list[str]]:
    verified = await run(life.centre.settings, life.centre.nursery, "log", "verify", "--json")
    faults = await judge(life)
    undone = faults["nothing is left undone"]
    found.cut_off = len(attempts_cut_off(undone))
    if not wait:
        faults["nothing is left undone"] = [one for one in undone if one not in attempts_cut_off(undone)]
    return {
        "all work finishes once the faults stop": left[:20],
        "`trunkline log verify` finds nothing": [] if verified.code == 0 else [verified.out + verified.err],
        "the process never complained of what nobody foresaw": _complaints(life)[:20],
        **faults,
    }


def _complaints(life: Life) -> list[str]:
    """Errors in the process's own log. A database that is away is none: what needs it waits."""
    return [one for one in life.centre.complaints() if one not in life.excused]


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


# --- the stores


async def on_sqlite(
    data: Path, forks: Nursery, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print
) -> Kills:
    """The kill loop on the embedded stores."""
    async with populated(data, pace, forks) as life:
        return await kill_loop(life, kills, Random(f"kills {seed}"), store="SQLite", wait=wait, tell=tell)


async def on_postgresql(
    data: Path, forks: Nursery, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print
) -> Kills:
    """The kill loop on a PostgreSQL of its own, which suffers too."""
    dice = Random(f"kills {seed}")
    async with own_postgres(data / "pg") as own, populated(data, pace, forks, **own.settings()) as life:
        return await kill_loop(
            life, kills, dice, store="PostgreSQL", disturb=lambda: own.suffer(dice), wait=wait, tell=tell
        )


async def on_roles(
    data: Path, forks: Nursery, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print
) -> Kills:
    """The kill loop on processes of separate roles, one of which dies at a time; their PostgreSQL suffers too."""
    dice = Random(f"kills {seed}")
    async with (
        own_postgres(data / "pg") as own,
        populated(data, pace, forks, partial(Processes, seed=seed), **own.settings()) as life,
    ):
        return await kill_loop(life, kills, dice, store="roles", disturb=lambda: own.suffer(dice), wait=wait, tell=tell)


async def on_kafka(
    data: Path, forks: Nursery, kills: int, *, seed: int, pace: Pace, wait: bool, tell: Tell = print
) -> Kills:
    """The same with the log on Kafka, relays among the processes, a broker that suffers as well, a PostgreSQL whose
    synchronous replica takes its place now and then, and the keys on another.
    """
    dice = Random(f"kills {seed}")
    async with replicated_postgres(data / "pg") as own, keys_apart(data / "keys") as keys, own_broker() as broker:

        async def disturb() -> str:
            return await dice.choice((own, keys, broker)).suffer(dice)

        make, stores = (
            partial(Processes, seed=seed, roles=CARRIED),
            own.settings() | keys.settings() | broker.settings(),
        )
        async with populated(data, pace, forks, make, **stores) as life:
            return await kill_loop(
                life, kills, dice, store="Kafka", disturb=disturb, look=broker.judge, wait=wait, tell=tell
            )
