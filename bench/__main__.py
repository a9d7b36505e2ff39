"""`python -m bench [NAME…]`: every measurement, one after another, as one JSON object; a table of the bars on stderr.

Each bench runs in a process of its own, so that none warms or burdens another.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

BENCHES = (
    "log_append",
    "log_read",
    "log_latency",
    "rebuild",
    "router",
    "router_storage",
    "contact",
    "desk",
    "kafka_relay",
    "kafka_latency",
    "kafka_take_over",
)
#: Those that have larger sizes on request.
WITH_FULL = frozenset({"router"})
#: Seconds that one bench may take.
PATIENCE = 900


def run(name: str, *, full: bool) -> dict[str, Any]:
    """What one bench printed, or why there is nothing."""
    command = [sys.executable, "-m", f"bench.{name}", *(["--full"] if full and name in WITH_FULL else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=PATIENCE, check=False, text=True)
    try:
        # a bench that missed a bar says so by its exit code too, and in what it prints
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return {"bench": name, "failed": f"exit code {done.returncode}, no figures"}


def main() -> int:
    """Exit code 1 when a bench failed to run; a bar that is not met is in the figures, not in the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)}; default all")
    parser.add_argument("--full", action="store_true", help="the largest sizes too; minutes (router only)")
    arguments = parser.parse_args()
    names = arguments.names or BENCHES
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        parser.error(f"there is no bench {unknown[0]!r}; there are {', '.join(BENCHES)}")
    documents = {name: run(name, full=arguments.full) for name in names}
    for name, document in documents.items():
        for bar in document.get("bars", ()):
            said = "met" if bar["met"] else "NOT MET"
            print(f"{name:12} {bar['bar']:70} {bar['reached']:>12} of {bar['wanted']:<12} {said}", file=sys.stderr)
    print(json.dumps(documents, indent=2))
    return 1 if any("failed" in document for document in documents.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
