"""Nobody can fill a disk by making a process say the same thing again and again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.repeated_lines import MOST

ROOT = Path(__file__).parents[2]
#: A process with its logs as `trunkline serve` sets them up, but for a clock that is turned by hand.
BEGINS = """
import logging, structlog
from infra.logs import configure_logs
from infra.repeated_lines import KINDS, MOST, SECONDS, RepeatedLines

class Clock:
    now = 100.0
    def __call__(self):
        return self.now

configure_logs("info", role="web")
clock = Clock()
(handler,) = logging.getLogger().handlers
assert [type(one) for one in handler.filters] == [RepeatedLines]
handler.filters = [filtering := RepeatedLines(clock)]
log = logging.getLogger("trunkline.test")
ours = structlog.get_logger("trunkline.test")
"""


def lines(script: str) -> list[dict[str, Any]]:
    """What a process says that does this."""
    done = subprocess.run([sys.executable, "-c", BEGINS + script], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_flood_is_written_as_its_first_lines_and_then_as_the_number_of_the_others() -> None:
    said = lines("""
for number in range(1_000):
    log.warning("a webhook was refused: %d", number)
clock.now += SECONDS
logging.getLogger("trunkline.other").info("something else")
log.warning("a webhook was refused: %d", 7)
""")
    first, (told, *rest) = said[:MOST], said[MOST:]
    assert [line["event"] for line in first] == [f"a webhook was refused: {n}" for n in range(MOST)]
    assert (told["event"], told["level"], told["role"]) == ("lines were left out", "warning", "web")
    assert (told["of"], told["words"]) == ("trunkline.test", "a webhook was refused: %d")
    assert told["times"] == 1_000 - MOST
    assert [line["event"] for line in rest] == ["something else", "a webhook was refused: 7"]


def test_what_is_said_seldom_is_always_written() -> None:
    said = lines("""
for number in range(500):
    ours.info("a call", number=number)
    clock.now += SECONDS / MOST * 1.01
""")
    assert [line.get("number") for line in said] == list(range(500))


def test_another_thing_is_written_though_one_is_said_too_often() -> None:
    said = lines("""
for number in range(200):
    ours.warning("too often", number=number)
ours.error("too often", number=0)
ours.warning("another thing")
logging.getLogger("trunkline.else").warning("too often")
""")
    assert [(line["event"], line["level"], line["logger"]) for line in said[MOST:]] == [
        ("too often", "error", "trunkline.test"),
        ("another thing", "warning", "trunkline.test"),
        ("too often", "warning", "trunkline.else"),
    ]


def test_words_that_are_never_the_same_are_all_written_and_not_remembered_for_ever() -> None:
    said = lines("""
for number in range(3 * KINDS):
    log.info(f"made up {number}")
assert filtering.remembered <= KINDS
""")
    assert len(said) == 3_000


def test_lines_from_many_threads_are_counted_together() -> None:
    said = lines("""
import threading
def flood():
    for number in range(500):
        log.warning("from a thread")
threads = [threading.Thread(target=flood) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
clock.now += SECONDS
log.info("over")
""")
    assert [line["event"] for line in said] == ["from a thread"] * MOST + ["lines were left out", "over"]
    assert said[MOST]["times"] == 8 * 500 - MOST


def test_a_kind_that_is_written_again_a_while_later_has_its_full_measure() -> None:
    said = lines("""
for _ in range(3):
    for _ in range(2 * MOST):
        log.warning("again")
    clock.now += SECONDS
""")
    assert [line["event"] for line in said].count("again") == 3 * MOST
    assert [line["event"] for line in said].count("lines were left out") == 2
