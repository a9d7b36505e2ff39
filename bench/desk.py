"""`python -m bench desk`: the desk's bars, as JSON.

A web process and one of projections on a PostgreSQL of their own; streams and browser beside them on the same machine.
Shares of a core are processor time over wall time, so what else the machine does counts little; times in the browser
are what they are on the machine as busy as it was. Bounded: about `SECONDS` of events and `WAITING` mails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.desk_browser import chromium, event_shown, first_load, long_list
from bench.desk_centre import house
from bench.desk_streams import measure

AGENTS, SUPERVISORS, SECONDS, WAITING = 496, 4, 20.0, 10_000


async def run(agents: int, waiting: int, seconds: float) -> dict[str, Any]:
    document: dict[str, Any] = {"bench": "desk", "load_at_the_beginning": os.getloadavg()[0], "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory(prefix="trunkline-bench-", dir="/tmp") as folder:
        async with house(Path(folder), agents, SUPERVISORS) as centre:
            await centre.settled()
            async with chromium() as browser:
                _say("first loads")
                document["first_load"] = await first_load(browser, centre)
                document["event_shown"] = await event_shown(browser, centre)
            _say(f"{agents + SUPERVISORS} desks")
            document["streams"] = await measure(centre, seconds)
            _say(f"{waiting} mails")
            await centre.let_wait(waiting)
            await centre.settled()
            async with chromium() as browser:
                document["long_list"] = await long_list(browser, centre, waiting)
    document["load_at_the_end"] = os.getloadavg()[0]
    document["bars"] = bars(document)
    return document


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def bars(found: dict[str, Any]) -> list[dict[str, Any]]:
    """What was wanted, what was reached."""
    load, shown, streams, rows = found["first_load"], found["event_shown"], found["streams"], found["long_list"]
    return [
        _bar("first load, compressed, kB", load["kilobytes"], 250),
        _bar("interactive on loopback, ms", load["interactive_ms_median"], 1_000),
        _bar("event acknowledged -> shown, median, ms", shown["shown_ms_median"], 100),
        _bar("500 desks at 50 events/s, share of a core", streams["share_of_a_core"], 0.30),
        _bar("updates of a wallboard a second", streams["wallboards_sent_a_second_each"], 1.0),
        _bar("rows of a list of 10,000", rows["rows"], 200),
        _bar("longest task while it is scrolled, ms", rows["longest_task_ms"], 50),
    ]


def _bar(name: str, reached: float, most: float) -> dict[str, Any]:
    return {"bar": name, "reached": reached, "wanted": f"<= {most:g}", "met": reached <= most}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=AGENTS, help=f"connected, beside {SUPERVISORS} supervisors")
    parser.add_argument("--waiting", type=int, default=WAITING, help="mails that wait in the long list")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of events")
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(run(arguments.agents, arguments.waiting, arguments.seconds)), indent=2))


if __name__ == "__main__":
    main()
