"""The one write path on a real log: caches, conflicts, repeats, and what a decision was based on."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import count
from uuid import UUID

import pytest

from domain.agent.commands import BecomeReady, SignIn, SignOut
from domain.belonging import Referred
from domain.customer.decide import EraseCustomer, IdentifyCustomer, RegisterCustomer
from domain.customer.events import CustomerIdentified
from domain.execute import ATTEMPTS, Executor, Origin, TooBusy
from domain.interaction.offers import AcceptOffer
from domain.personal import Sealed
from domain.ports import Appended, Change, VersionConflict
from domain.rejection import NotFound, Rejection
from domain.ticket.decide import ReopenTicket, ResolveTicket
from infra.keys.memory import MemoryKeyring
from infra.log.memory import MemoryLog
from infra.log.opening import KeyOpener
from tests.domain.commands import PROJECT, callback, email, mail, offer, ready
from tests.domain.world import START, configure

ORIGIN = Origin(project=PROJECT, pool="main", actor="test")


def clock() -> datetime:
    return START


class Centre:
    """A log with as many executors as a test wants, each with a cache of its own, as in many processes."""

    def __init__(self) -> None:
        self.keyring = MemoryKeyring()
        self.log = MemoryLog(self.keyring, clock)
        self._ids = count(1)

    def executor(self, log: MemoryLog | None = None) -> Executor:
        opener = KeyOpener(self.keyring)
        return Executor(log or self.log, opener=opener, clock=clock, new_id=lambda: str(UUID(int=next(self._ids))))

    async def recorded(self) -> list[str]:
        return [one.event.wire for one in await self.log.read()]


@pytest.fixture
async def centre() -> Centre:
    made = Centre()
    executor = made.executor()
    for command in (*configure(), *ready("anna", "boris")):
        await executor.execute(command, ORIGIN)
    return made


async def test_a_command_returns_the_last_position_it_wrote_and_what_its_caller_wants_to_know(centre: Centre) -> None:
    done = await centre.executor().execute(mail(), ORIGIN)
    assert done.position == await centre.log.head()
    assert done.result["ticket_id"]
    assert not done.replayed


async def test_a_command_that_changes_nothing_writes_nothing(centre: Centre) -> None:
    head = await centre.log.head()
    assert (await centre.executor().execute(SignIn(agent_id="anna"), ORIGIN)).position == 0
    assert await centre.log.head() == head


async def test_every_event_says_who_where_and_why(centre: Centre) -> None:
    head = await centre.log.head()
    origin = Origin(project=PROJECT, pool="main", actor="agent:anna", causation_id="c1", correlation_id="talk")
    await centre.executor().execute(mail(), origin)
    events = await centre.log.read(head)
    assert {(e.project, e.pool, e.actor, e.causation_id, e.correlation_id) for e in events} == {
        (PROJECT, "main", "agent:anna", "c1", "talk")
    }
    assert len({e.event_id for e in events}) == len(events)


async def test_a_stream_keeps_the_project_and_pool_it_began_with(centre: Centre) -> None:
    elsewhere = Origin(project="other", pool="main", actor="test")
    interaction = (await centre.executor().execute(mail(), ORIGIN)).result["interaction_id"]
    await centre.executor().execute(offer(interaction, "anna"), elsewhere)
    offered = (await centre.log.read_stream(f"interaction-{interaction}"))[-1]
    assert offered.event.wire == "interaction.offered.v1"
    assert offered.project == PROJECT


async def test_a_repeated_command_with_the_same_key_returns_the_first_result(centre: Centre) -> None:
    first = await centre.executor().execute(mail(id="m1"), ORIGIN, once="mail:m1")
    head = await centre.log.head()
    for executor in (centre.executor(), centre.executor()):
        again = await executor.execute(mail(id="m1"), ORIGIN, once="mail:m1")
        assert again.replayed
        assert again.position == first.position
        for known in ("ticket_id", "interaction_id", "customer_id"):
            assert again.result[known] == first.result[known]
    assert await centre.log.head() == head


async def test_a_repeated_further_message_is_told_its_own_new_interaction(centre: Centre) -> None:
    executor = centre.executor()
    first = (await executor.execute(mail(id="m1"), ORIGIN)).result
    await executor.execute(ResolveTicket(project=PROJECT, ticket_id=first["ticket_id"], agent_id="anna"), ORIGIN)
    offered = await executor.execute(offer(first["interaction_id"], "anna"), ORIGIN)
    where = {"interaction_id": first["interaction_id"], "leg": "1", "work_id": offered.result["work_id"]}
    await executor.execute(AcceptOffer(**where, agent_id="anna"), ORIGIN)
    await executor.execute(SignOut(agent_id="anna"), ORIGIN)
    further = mail(id="m2", refers=Referred(ticket_id=first["ticket_id"]))
    done = await executor.execute(further, ORIGIN, once="m2")
    again = await executor.execute(further, ORIGIN, once="m2")
    assert again.result["interaction_id"] == done.result["interaction_id"]
    assert again.result["ticket_id"] == first["ticket_id"]


async def test_the_same_key_at_the_same_time_is_stored_once(centre: Centre) -> None:
    executors = [centre.executor() for _ in range(5)]
    dones = await asyncio.gather(*(e.execute(mail(id="m1"), ORIGIN, once="m1") for e in executors))
    assert sorted(done.replayed for done in dones) == [False, True, True, True, True]
    assert (await centre.recorded()).count("ticket.opened.v1") == 1


@pytest.mark.parametrize("until", ["it decides", "it appends"])
async def test_a_repetition_that_comes_while_its_first_run_is_under_way_is_told_its_result(
    centre: Centre, until: str
) -> None:
    """It decides too late, and what it is refused for is its own doing, or too early, and appends what is there."""
    interaction = (await centre.executor().execute(mail(entry="sales"), ORIGIN)).result["interaction_id"]
    work = (await centre.executor().execute(offer(interaction, "anna"), ORIGIN)).result["work_id"]
    accept = AcceptOffer(interaction_id=interaction, leg="1", work_id=work, agent_id="anna")
    resolve = ResolveTicket(
        project=PROJECT, ticket_id=(await centre.executor().execute(mail(), ORIGIN)).result["ticket_id"], agent_id="a"
    )

    class Slow(MemoryLog):
        async def append(self, *changes: Change, once: str | None = None) -> Appended:
            await centre.executor().execute(first, ORIGIN, once=once)
            return await centre.log.append(*changes, once=once)

    slow = Slow(centre.keyring, clock)
    for name in ("recall", "read_stream", "read"):
        setattr(slow, name, getattr(centre.log, name))
    for first in (accept, resolve):
        once, head = f"once {type(first).__name__}", await centre.log.head()
        if until == "it decides":
            await centre.executor().execute(first, ORIGIN, once=once)
        done = await centre.executor(slow if until == "it appends" else None).execute(first, ORIGIN, once=once)
        assert done.replayed
        assert done.position > head
    assert (await centre.recorded()).count("interaction.offer_accepted.v1") == 1


async def test_a_key_is_kept_even_where_the_command_changed_nothing(centre: Centre) -> None:
    executor = centre.executor()
    await executor.execute(SignIn(agent_id="anna"), ORIGIN, once="k")
    assert (await executor.execute(SignIn(agent_id="anna"), ORIGIN, once="k")).replayed


async def test_of_two_processes_that_offer_the_same_agent_at_once_each_keeps_to_the_agents_capacity(
    centre: Centre,
) -> None:
    first, second = centre.executor(), centre.executor()
    calls = [(await first.execute(callback(f"+4800000000{n}"), ORIGIN)).result["interaction_id"] for n in range(2)]
    for call in calls:  # both know both calls and Anna, each in its own cache
        with pytest.raises(Rejection):
            await second.execute(offer(call, "nobody"), ORIGIN)
    results = await asyncio.gather(
        first.execute(offer(calls[0], "anna"), ORIGIN),
        second.execute(offer(calls[1], "anna"), ORIGIN),
        return_exceptions=True,
    )
    rejected = [r for r in results if isinstance(r, Rejection)]
    assert [r.code for r in rejected] == ["agent_unfit"]
    assert (await centre.recorded()).count("agent.reserved.v1") == 1


async def test_of_two_agents_who_accept_at_once_one_has_the_work(centre: Centre) -> None:
    first, second = centre.executor(), centre.executor()
    interaction = (await first.execute(mail(entry="sales"), ORIGIN)).result["interaction_id"]
    works = {a: (await first.execute(offer(interaction, a), ORIGIN)).result["work_id"] for a in ("anna", "boris")}
    accepts = [AcceptOffer(interaction_id=interaction, leg="1", work_id=w, agent_id=a) for a, w in works.items()]
    results = await asyncio.gather(
        first.execute(accepts[0], ORIGIN), second.execute(accepts[1], ORIGIN), return_exceptions=True
    )
    assert [r.code for r in results if isinstance(r, Rejection)] == ["offer_gone"]
    assert (await centre.recorded()).count("interaction.offer_accepted.v1") == 1


async def test_that_nothing_is_to_be_done_is_said_on_what_the_log_says_not_on_a_stale_cache(centre: Centre) -> None:
    """A router whose cache was behind would never end a wrap-up whose time is out: there is none, for all it knows."""
    stale, other = centre.executor(), centre.executor()
    await stale.execute(SignIn(agent_id="anna"), ORIGIN)  # she is at work already, and in its cache now
    await other.execute(SignOut(agent_id="anna"), ORIGIN)
    assert (await stale.execute(SignIn(agent_id="anna"), ORIGIN)).position == await centre.log.head()
    assert (await centre.recorded()).count("agent.signed_in.v1") == 3


async def test_a_decision_on_a_stale_cache_is_made_again_on_what_the_log_says(centre: Centre) -> None:
    stale, other = centre.executor(), centre.executor()
    interaction = (await stale.execute(mail(), ORIGIN)).result["interaction_id"]
    await stale.execute(SignIn(agent_id="anna"), ORIGIN)  # Anna is in its cache now, ready
    await other.execute(SignOut(agent_id="anna"), ORIGIN)
    with pytest.raises(Rejection) as refused:
        await stale.execute(offer(interaction, "anna"), ORIGIN)
    assert "signed out" in refused.value.reason


async def test_a_rejection_on_a_stale_cache_is_no_rejection(centre: Centre) -> None:
    stale, other = centre.executor(), centre.executor()
    interaction = (await stale.execute(mail(), ORIGIN)).result["interaction_id"]
    await other.execute(SignOut(agent_id="anna"), ORIGIN)
    with pytest.raises(Rejection):
        await stale.execute(offer(interaction, "anna"), ORIGIN)  # now it knows Anna as signed out
    for command in (SignIn(agent_id="anna"), BecomeReady(agent_id="anna")):
        await other.execute(command, ORIGIN)
    assert (await stale.execute(offer(interaction, "anna"), ORIGIN)).result["work_id"]


async def test_a_stream_that_was_only_read_must_still_stand_where_it_was_read(centre: Centre) -> None:
    """A message joins a ticket of its own customer: that the address is theirs is read, not written."""
    stale, other = centre.executor(), centre.executor()
    first = (await stale.execute(mail(id="m1"), ORIGIN)).result
    await other.execute(EraseCustomer(customer_id=first["customer_id"]), ORIGIN)
    again = (await stale.execute(mail(id="m2", refers=Referred(fingerprints=("message:m1",))), ORIGIN)).result
    assert again["ticket_id"] != first["ticket_id"]
    assert again["customer_id"] != first["customer_id"]


class BusyLog(MemoryLog):
    """A log in which somebody else is always faster."""

    tries = 0

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        self.tries += 1
        raise VersionConflict(changes[0].stream, changes[0].expected_version)


async def test_a_log_that_changes_under_every_attempt_is_too_busy_in_the_end() -> None:
    centre = Centre()
    log = BusyLog(centre.keyring, clock)
    with pytest.raises(TooBusy, match="RegisterCustomer"):
        await centre.executor(log).execute(ada(), ORIGIN)
    assert log.tries == ATTEMPTS


def ada() -> RegisterCustomer:
    return RegisterCustomer(customer_id="ada", name="Ada", language="en", contacts=(email("ada@example.org"),))


async def test_a_decision_reads_in_plain_what_the_log_keeps_sealed(centre: Centre) -> None:
    await centre.executor().execute(ada(), ORIGIN)
    same = IdentifyCustomer(customer_id="ada", name="Ada")
    assert (await centre.executor().execute(same, ORIGIN)).position == 0
    await centre.executor().execute(IdentifyCustomer(customer_id="ada", name="Ada L."), ORIGIN)
    (event,) = [r.event for r in await centre.log.read() if isinstance(r.event, CustomerIdentified)]
    assert isinstance(event.name, Sealed)


async def test_what_happens_to_an_erased_customers_matter_is_recorded_without_what_it_says(centre: Centre) -> None:
    executor = centre.executor()
    first = (await executor.execute(mail(id="m1"), ORIGIN)).result
    await executor.execute(EraseCustomer(customer_id=first["customer_id"]), ORIGIN)
    centre.keyring.destroy([first["customer_id"]])
    executor.forget()
    resolve = ResolveTicket(project=PROJECT, ticket_id=first["ticket_id"], agent_id="anna")
    await executor.execute(resolve, ORIGIN)
    assert "ticket.resolved.v1" in await centre.recorded()


async def test_a_command_confined_to_a_project_does_not_see_anothers_matters(centre: Centre) -> None:
    executor = centre.executor()
    ticket = (await executor.execute(mail(), ORIGIN)).result["ticket_id"]
    confined = Origin(project="other", pool="main", actor="client", confined=True)
    for command in (
        ReopenTicket(project="other", ticket_id=ticket, reason="?"),
        ResolveTicket(project="other", ticket_id=ticket, agent_id="anna"),
    ):
        with pytest.raises(NotFound, match="ticket"):
            await executor.execute(command, confined)


async def test_the_cache_is_bounded_and_nothing_depends_on_it(centre: Centre) -> None:
    forgetful = Executor(
        centre.log,
        opener=KeyOpener(centre.keyring),
        clock=clock,
        new_id=(f"id-{n:012x}" for n in count(900)).__next__,
        keep=1,
    )
    interaction = (await forgetful.execute(mail("new@example.org"), ORIGIN)).result["interaction_id"]
    assert (await forgetful.execute(offer(interaction, "anna"), ORIGIN)).result["work_id"]
