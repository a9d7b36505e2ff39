"""`make faults KILLS=200`: kill loops of any length, as a table or as JSON; exit code 1 when something was lost."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra.demo.pace import Pace
from infra.logs import configure_logs
from tests.faults.forking import nursery
from tests.faults.killing import Kills, on_kafka, on_postgresql, on_roles, on_sqlite

STORES = {"sqlite": on_sqlite, "postgresql": on_postgresql, "roles": on_roles, "kafka": on_kafka}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--stores", nargs="+", choices=STORES, default=list(STORES))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=float, default=20.0, help="customers a minute at speed 1")
    parser.add_argument("--speed", type=float, default=4.0)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", type=Path, help="a folder that keeps the data")
    given = parser.parse_args(arguments)
    configure_logs("error")
    found = [asyncio.run(_run(store, given)) for store in given.stores]
    print(json.dumps([one.document() for one in found], indent=2) if given.json else _table(found))
    return 0 if all(one.sound for one in found) else 1


async def _run(store: str, given: argparse.Namespace) -> Kills:
    folder = Path(tempfile.mkdtemp(prefix="tl-faults-")) if given.keep is None else given.keep / store
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    pace = Pace(customers=given.customers, speed=given.speed, seed=given.seed)
    tell = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
    with nursery() as forks:
        found = await STORES[store](folder, forks, given.kills, seed=given.seed, pace=pace, wait=True, tell=tell)
    if given.keep is None and found.sound:
        shutil.rmtree(folder, ignore_errors=True)
    elif not found.sound:
        tell(f"the data is kept in {folder}")
    return found


ROWS = {
    "kills": "kill -9 of the centre",
    "at_start": "… of them before it had started",
    "refused_starts": "starts refused because the database was away",
    "seconds": "seconds in all",
    "drained": "seconds until all work was done",
    "customers": "customers",
    "mails_taken": "mails acknowledged with 250",
    "brought_again": "tries to bring a mail that were not acknowledged",
    "mails_sent": "mails sent to customers",
    "duplicates": "… twice, under the same Message-ID",
    "commands": "clerk's commands acknowledged",
    "positions": "positions the API gave back",
    "requests_again": "requests that were made again",
    "events": "events",
    "largest_resident": "largest resident memory, bytes",
}


def _table(found: Sequence[Kills]) -> str:
    lines = [_row("", [one.store for one in found]), "|---|" + "---:|" * len(found)]
    for name, title in ROWS.items():
        lines.append(_row(title, [f"{getattr(one, name):,.0f}" for one in found]))
    lines.append(_row("faults of the database, or of the broker", [str(sum(one.suffered.values())) for one in found]))
    checks = dict.fromkeys(check for one in found for check in one.faults)
    lines += [_row(check, [_verdict(one.faults.get(check)) for one in found]) for check in checks]
    broken = [
        f"{one.store}: {check}: {fault}" for one in found for check, faults in one.faults.items() for fault in faults
    ]
    verdict = "nothing was lost, nothing was done twice" if all(one.sound for one in found) else "NOT SOUND"
    return "\n".join([*lines, "", *broken, verdict])


def _verdict(faults: Sequence[str] | None) -> str:
    return "–" if faults is None else "BROKEN" if faults else "holds"


def _row(title: str, values: Sequence[str]) -> str:
    return f"| {title:68} |" + "".join(f" {value:>12} |" for value in values)


if __name__ == "__main__":
    sys.exit(main())
