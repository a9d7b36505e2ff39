"""What an executor keeps of streams, told of what other processes append."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.agent.commands import BecomeNotReady, BecomeReady, SignOut
from domain.centre.configuration import ConfigureCentre
from domain.event import Recorded
from domain.execute import Executor
from domain.ports import Appended, Change
from domain.stream import category_of, stream_of
from infra.log.memory import MemoryLog
from tests.domain.commands import mail
from tests.domain.test_execute import ORIGIN, Centre, centre, clock
from tests.domain.world import centre as centre_document

__all__ = ["centre"]


class Counting(MemoryLog):
    """Counts the streams that were loaded and the appends that were tried."""

    def __init__(self, centre: Centre) -> None:
        super().__init__(centre.keyring, clock)
        self._log, self.loaded, self.tried = centre.log, list[str](), 0
        self.questions, self.asserted = list[list[str]](), list[str]()

    async def read_streams(self, streams: Sequence[str]) -> Mapping[str, Sequence[Recorded]]:
        self.questions.append(list(streams))
        return await super().read_streams(streams)

    async def read_stream(self, stream: str, after_version: int = 0) -> Sequence[Recorded]:
        self.loaded.append(stream)
        return await self._log.read_stream(stream, after_version)

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        self.tried += 1
        self.asserted += [change.stream for change in changes]
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


async def test_who_writes_for_the_first_time_is_looked_for_under_all_names_in_one_question(centre: Centre) -> None:
    log = Counting(centre)
    executor = centre.executor(log)
    await executor.execute(mail(fingerprint="of the mail"), ORIGIN)
    assert [len(one) for one in log.questions if category_of(one[0]) == "reservation"] == [2]


async def test_a_wrong_guess_of_what_does_not_exist_is_never_decided_on(centre: Centre) -> None:
    first = await centre.executor().execute(mail(), ORIGIN)
    log = Counting(centre)
    again = await centre.executor(log).execute(mail(fingerprint="another", text="And?"), ORIGIN)
    assert again.result["customer_id"] == first.result["customer_id"], "who was guessed not to be known is"
    (version,) = [one for one in log.asserted if category_of(one) == "customer"]
    assert version == stream_of("customer", first.result["customer_id"])


async def test_a_decision_that_builds_on_another_sees_what_is_kept(centre: Centre) -> None:
    executor = centre.executor()
    await executor.execute(BecomeNotReady(agent_id="boris", reason="break"), ORIGIN)
    document = centre_document()
    smaller = document.model_copy(update={"agents": {"anna": document.agents["anna"]}})
    await executor.execute(ConfigureCentre(document=smaller, expected_revision=1), ORIGIN)
    assert "agent.retired.v1" in await centre.recorded(), "boris, whose stream was kept and not asked for before"
