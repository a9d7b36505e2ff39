"""What an executor keeps of streams, told of what other processes append."""

from __future__ import annotations

from collections.abc import Sequence

from domain.agent.commands import BecomeNotReady, BecomeReady, SignOut
from domain.event import Recorded
from domain.execute import Executor
from domain.ports import Appended, Change
from infra.log.memory import MemoryLog
from tests.domain.test_execute import ORIGIN, Centre, centre, clock

__all__ = ["centre"]


class Counting(MemoryLog):
    """Counts the streams that were loaded and the appends that were tried."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(centre.keyring, clock)
        self._log, self.loaded, self.tried = centre.log, list[str](), 0

    async def read_stream(self, stream: str, after_version: int = 0) -> Sequence[Recorded]:
        self.loaded.append(stream)
        return await self._log.read_stream(stream, after_version)

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        self.tried += 1
        return await self._log.append(*changes, once=once)


async def paused(executor: Executor, agent_id: str) -> None:
    await executor.execute(BecomeNotReady(agent_id=agent_id, reason="break"), ORIGIN)
    await executor.execute(BecomeReady(agent_id=agent_id), ORIGIN)


async def test_who_is_told_what_others_append_neither_loads_nor_meets_a_conflict(centre: Centre) -> None:
    log = Counting(centre)
    executor = centre.executor(log)
    await paused(executor, "anna")
    head = await centre.log.head()
    await paused(centre.executor(), "anna")
    for recorded in await centre.log.read(head):
        executor.saw(recorded)
    log.loaded, log.tried = [], 0
    await executor.execute(SignOut(agent_id="anna"), ORIGIN)
    assert (log.loaded, log.tried) == ([], 1)


async def test_a_state_of_which_something_was_missed_is_loaded_again(centre: Centre) -> None:
    log = Counting(centre)
    executor = centre.executor(log)
    await paused(executor, "anna")
    await paused(centre.executor(), "anna")
    executor.saw((await centre.log.read_stream("agent-anna"))[-1])
    log.loaded, log.tried = [], 0
    await executor.execute(SignOut(agent_id="anna"), ORIGIN)
    assert (log.loaded, log.tried) == (["agent-anna"], 1)


async def test_what_began_elsewhere_and_is_about_to_be_decided_on_is_kept_from_its_first_event_on(
    centre: Centre,
) -> None:
    log = Counting(centre)
    executor = centre.executor(log)
    await paused(centre.executor(), "anna")
    for recorded in await centre.log.read():
        executor.saw(recorded, begin=True)
    await executor.execute(SignOut(agent_id="anna"), ORIGIN)
    assert (log.loaded, log.tried) == ([], 1)


async def test_of_what_began_before_anybody_looked_no_state_is_made_up(centre: Centre) -> None:
    log = Counting(centre)
    executor = centre.executor(log)
    await paused(centre.executor(), "anna")
    for recorded in (await centre.log.read_stream("agent-anna"))[1:]:
        executor.saw(recorded, begin=True)
    await executor.execute(SignOut(agent_id="anna"), ORIGIN)
    assert (log.loaded, log.tried) == (["agent-anna"], 1)
