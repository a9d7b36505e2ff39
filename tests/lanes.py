"""Which worker of a test run has which tests, so that a few of them start whole centres and none stands idle.

Centres, brokers and browsers spend most of their time waiting. Where a run has several workers, its last one does the
rest meanwhile, gives way to the others where they want the processor, and is given no lane as long as there is anything
else to do.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

#: Folders whose tests start whole centres, brokers and browsers, and the lane they are run in: one after the other on
#: one worker, so that few of them share the machine, and those of a folder the one broker or day that they look at.
LANES = {
    "tests/cluster/": "centres",
    "tests/desk/": "desk",
    "tests/e2e/": "centres",
    "tests/processes/": "centres",
    "tests/faults/": "faults",
}
#: Files of which every worker that had one test would make the one costly thing anew that all of them look at.
TOGETHER = ("tests/architecture/test_wheel.py",)
#: The longest of the other tests. They are begun first, lest the last of them run alone at the end.
LONG = ("tests/architecture/test_compiled.py", "tests/simulate/test_exact_values.py", "tests/simulation/")
#: By how much the worker that does the rest stands behind, in steps of `nice`: half of anybody else's share.
LOWER = 3


class Lanes(LoadScopeScheduling):
    """Hands out tests one by one, but for those of `LANES`. (The mark `xdist_group` does nothing in pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        lane = next((lane for folder, lane in LANES.items() if nodeid.startswith(folder)), None)
        return lane or next((file for file in TOGETHER if nodeid.startswith(file)), nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if _fills(node.workerinput):
            other = next((scope for scope in self.workqueue if scope not in LANES.values()), None)
            if other is not None:
                self.workqueue.move_to_end(other, last=False)
        super()._assign_work_unit(node)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        super().mark_test_complete(node, item_index, duration)
        # all that a worker ever had is counted again after each test: of thousands, that takes longer than many a test
        work = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(work[scope].values()):
            del work[scope]


def give_way(config: pytest.Config) -> None:
    """Let the worker that fills the time take what processor's time the people of simulated days leave over."""
    about: dict[str, Any] | None = getattr(config, "workerinput", None)
    if about is not None and _fills(about):
        os.nice(LOWER)


def _fills(about: dict[str, Any]) -> bool:
    """Whether a worker does what is in no lane: the last of several."""
    count = int(about["workercount"])
    return count > 1 and about["workerid"] == f"gw{count - 1}"


def longest_first(items: list[pytest.Item]) -> None:
    """Put the tests of `LONG` before the others; those of a file stay together."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
