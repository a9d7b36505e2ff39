"""How long who follows a busy log rests between two looks at it: longer on a machine that has more to do than it can.

A look costs about the same for one event as for ten. Where there is processor to spare, the latest news are worth a
look each; where there is none, every look makes everybody later, and fewer looks with more to see make all of them
sooner. How much there is to spare is told by how late one is woken who asked to be woken at a certain moment.
"""

from __future__ import annotations

import asyncio

#: So many times as long as it is woken late it rests longer, up to so many seconds.
STRETCH, LONGEST = 8.0, 0.1
#: What one lateness counts among those before it.
WEIGHT = 0.1


class Rest:
    """`least`: seconds on an idle machine; nobody rests where that is 0. For one event loop."""

    def __init__(self, least: float = 0.0) -> None:
        self._least = least
        #: Seconds, as things are.
        self.length = least

    async def until(self, due: float) -> None:
        """Sleep until the loop's clock says `due`, if it does not already, and learn from how late that was."""
        now = asyncio.get_running_loop().time()
        if now < due:
            await asyncio.sleep(due - now)
            self.learn(asyncio.get_running_loop().time() - due)

    def learn(self, late: float) -> None:
        """`late`: seconds from the moment somebody asked to be woken at to the one in which that happened."""
        if self._least:
            wanted = min(self._least + late * STRETCH, max(LONGEST, self._least))
            self.length += (wanted - self.length) * WEIGHT
