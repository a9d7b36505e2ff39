"""Run a command beside a Kafka broker of its own: `python -m tests.cluster COMMAND…`.

The command finds the broker in `TRUNKLINE_KAFKA_SERVERS`. Where that is set already, or no broker can be started
here, the command runs as it is. Ends with the command's exit code.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.cluster.broker import NoBroker, RealBroker

NAME = "TRUNKLINE_KAFKA_SERVERS"


def main(command: list[str]) -> int:
    with ExitStack() as closing:
        environment = dict(os.environ)
        if not environment.get(NAME):
            try:
                broker = RealBroker()
                closing.callback(broker.close)
                broker.start()
                environment[NAME] = broker.address
                print(f"Kafka listens on {broker.address}", file=sys.stderr, flush=True)
            except NoBroker as fault:
                print(f"{fault}\nGoing on without Kafka.", file=sys.stderr, flush=True)
        running = subprocess.Popen(command, env=environment)
        # Ctrl-C goes to the command, which takes its time to end; the broker ends after it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: running.terminate())
        return running.wait()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("say what to run: python -m tests.cluster COMMAND…")
    sys.exit(main(sys.argv[1:]))
