"""Which worker of a test run has which tests, so that a few of them start whole centres and none stands idle.

Centres, brokers and browsers spend most of their time waiting. Where a run has several workers, its last one does the
rest meanwhile and is given no lane as long as there is anything else to do.
"""

from __future__ import annotations

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
#: Where the longest of the other tests are. They are begun first, lest the last of them run alone at the end.
LONG = ("tests/simulation/", "tests/architecture/", "tests/simulate/")


class Lanes(LoadScopeScheduling):
    """Hands out tests one by one, but for those of `LANES`. (The mark `xdist_group` does nothing in pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        return next((lane for folder, lane in LANES.items() if nodeid.startswith(folder)), nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if _fills(node.workerinput):
            other = next((scope for scope in self.workqueue if scope not in LANES.values()), None)
            if other is not None:
                self.workqueue.move_to_end(other, last=False)
        super()._assign_work_unit(node)


def _fills(about: dict[str, Any]) -> bool:
    """Whether a worker does what is in no lane: the last of several."""
    count = int(about["workercount"])
    return count > 1 and about["workerid"] == f"gw{count - 1}"


def longest_first(items: list[pytest.Item]) -> None:
    """Put the tests of `LONG` before the others; those of a file stay together."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
