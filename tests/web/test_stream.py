"""Live events over a real socket: what concerns the caller, resumed without a gap, and presence by connection."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.agent.commands import BecomeReady
from domain.belonging import Referred
from domain.customer.decide import RecordFact
from domain.delivery.events import NotificationRequested
from domain.delivery.state import AttemptDelivery, RecordBounce, RecordDelivered
from tests.web.running import OTHER, PATIENCE, PROJECT, Running, next_event, running, until
from web.access import Caller
from web.accounts import Account
from web.following import Following, Reset
from web.live import Client as LiveClient
from web.live import Live
from web.presence import LeaseKeeper


def _caller(account: Account) -> Caller:
    return Caller(account.account_id, account.name, account.pool, account.agent_id, account.grants)


def _keeper(web: Running) -> LeaseKeeper:
    return LeaseKeeper(web.doors)


async def presence(web: Running, agent_id: str = "anna") -> tuple[str, str]:
    recorded = await web.doors.log.read_stream(f"agent-{agent_id}")
    last = [r.event for r in recorded if "ready" in r.event.wire or "signed" in r.event.wire][-1]
    return last.wire, getattr(last, "reason", "")


async def test_an_agent_hears_of_offers_and_of_messages_on_own_work_and_of_nothing_else(web: Running) -> None:
    anna = await web.agent("anna")
    await web.agent("boris")
    mine, others = (await web.mail()).result, (await web.mail("bob@example.org")).result
    async with anna.listen() as events:
        assert (await next_event(events, "hello"))["data"]["position"] == await web.head()
        await web.offer(others["interaction_id"], "boris")
        await web.offer(mine["interaction_id"], "anna")
        offered = (await next_event(events))["data"]
        assert (offered["type"], offered["data"]["interaction_id"]) == (
            "interaction.offered.v1",
            mine["interaction_id"],
        )
        assert (await next_event(events))["data"]["type"] == "agent.reserved.v1"
        await web.mail("bob@example.org", text="not for anna", external_id="<1@x>")
        further = await web.mail(text="One thing more.", refers=Referred(ticket_id=mine["ticket_id"]))
        said = await next_event(events)
        assert said["data"]["data"]["text"] == "One thing more."
        assert int(said["id"]) <= further.position


async def test_an_agent_hears_what_becomes_known_of_the_customer_in_hand_and_of_no_other(web: Running) -> None:
    anna = await web.agent("anna")
    mine, others = (await web.mail()).result, (await web.mail("bob@example.org")).result
    async with anna.listen() as events:
        await next_event(events, "hello")
        await web.offer(mine["interaction_id"], "anna")
        for _ in range(2):
            await next_event(events)
        for whose in (others, mine):
            fact = RecordFact(customer_id=whose["customer_id"], name="tariff", value="green", source="import")
            await web.execute(fact)
        told = (await next_event(events))["data"]
        assert told["type"] == "customer.fact_recorded.v1"
        assert told["stream"] == f"customer-{mine['customer_id']}"


async def test_an_agent_hears_that_what_the_customer_in_hand_was_sent_came_back(web: Running) -> None:
    anna = await web.agent("anna")
    mine = (await web.mail()).result
    (asked,) = await web.doors.log.read(types=[NotificationRequested.wire])
    delivery_id = asked.stream.removeprefix("delivery-")
    attempt = await web.execute(AttemptDelivery(delivery_id=delivery_id, patience=60))
    await web.execute(RecordDelivered(delivery_id=delivery_id, attempt_id=attempt.result["attempt_id"]))
    async with anna.listen() as events:
        await next_event(events, "hello")
        await web.offer(mine["interaction_id"], "anna")
        for _ in range(2):
            await next_event(events)
        bounce = RecordBounce(delivery_id=delivery_id, status="5.1.1", permanent=True, reason="no such user")
        await web.execute(bounce)
        assert (await next_event(events))["data"]["type"] == "delivery.bounced.v1"


async def test_an_agent_hears_of_a_matter_that_began_before_this_server_did(web: Running) -> None:
    anna = await web.agent("anna")
    mine = (await web.mail()).result
    await web.stop()
    await web.start()
    async with anna.listen() as events:
        await next_event(events, "hello")
        await web.offer(mine["interaction_id"], "anna")
        for _ in range(2):
            await next_event(events)
        for number, told in ((1, "green"), (2, "blue")):
            await web.execute(
                RecordFact(customer_id=mine["customer_id"], name=f"tariff {number}", value=told, source="import")
            )
            assert (await next_event(events))["data"]["stream"] == f"customer-{mine['customer_id']}"


async def test_a_quiet_stream_says_now_and_then_that_it_is_there() -> None:
    async with running(lease_seconds=0.3) as web:
        sue = await web.client("sue", {"*": ["supervisor"]})
        async with sue.stream("GET", "/api/stream", timeout=PATIENCE) as response, asyncio.timeout(PATIENCE):
            lines = response.aiter_lines()
            while not (await anext(lines)).startswith("retry:"):
                pass
            assert [await anext(lines) for _ in range(5)] == ["", ": ping", "", ": ping", ""]


async def test_a_supervisor_of_one_project_hears_that_project_only(web: Running) -> None:
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    async with sue.listen() as events:
        await next_event(events, "hello")
        await web.mail(project=OTHER)
        came = await web.mail()
        first = await next_event(events)
        assert first["data"]["project"] == PROJECT
        assert int(first["id"]) <= came.position


async def test_an_analyst_hears_what_happens_without_what_was_said(web: Running) -> None:
    ann = await web.client("ann", {"*": ["analyst"]})
    async with ann.listen() as events:
        await next_event(events, "hello")
        await web.mail()
        while (one := await next_event(events))["data"]["type"] != "interaction.message_received.v1":
            pass
        assert "text" not in one["data"]["data"]
        assert "text" in one["data"]["sealed"]


async def test_a_reconnecting_browser_gets_what_it_missed_and_nothing_twice(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    async with sue.listen() as events:
        await next_event(events, "hello")
        await web.mail()
        seen = int((await next_event(events))["id"])
    await web.mail("bob@example.org")
    missed = [r.position for r in await web.doors.log.read(seen) if r.pool == "main"]
    async with sue.listen(**{"Last-Event-ID": str(seen)}) as events:
        got = [int((await next_event(events))["id"]) for _ in missed]
        assert got == missed
        await web.mail("eve@example.org")
        assert int((await next_event(events))["id"]) > missed[-1]


async def test_who_was_away_too_long_is_told_to_begin_again() -> None:
    async with running(stream_window=3) as web:
        sue = await web.client("sue", {"*": ["supervisor"]})
        await web.mail()
        async with sue.listen(**{"Last-Event-ID": "1"}) as events:
            reset = await next_event(events, "reset")
            assert int(reset["id"]) == reset["data"]["position"] == await web.head()
            await web.mail("bob@example.org")
            assert int((await next_event(events))["id"]) > reset["data"]["position"]


async def test_a_position_from_another_log_is_a_reset_too(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    async with sue.listen(**{"Last-Event-ID": "999999"}) as events:
        assert (await next_event(events, "reset"))["data"]["position"] == await web.head()


async def test_a_browser_that_is_too_slow_is_told_to_begin_again(web: Running) -> None:
    live: Live = web.app.state.live
    account = await web.account("sue", {"*": ["supervisor"]})
    caller = _caller(account)
    following = Following(web.doors, live, caller, LiveClient(room=20))
    following.begin([])
    for n in range(5):
        came = await web.mail(f"ada{n}@example.org")
    await until(lambda: live.position >= came.position)
    (reset,) = [one async for one in following.news(1.0)]
    assert isinstance(reset, Reset)
    last = await web.mail("eve@example.org")
    await until(lambda: live.position >= last.position)
    positions = [one.position async for one in following.news(1.0) if not isinstance(one, Reset)]
    assert positions[0] > reset.position
    following.end()
    assert live.connected == 0


async def test_a_revoked_token_ends_the_stream() -> None:
    async with running(lease_seconds=0.3) as web:
        sue = await web.client("sue", {"*": ["supervisor"]})
        account = await web.accounts.find("sue")
        assert account is not None
        async with sue.listen() as events:
            await next_event(events, "hello")
            await web.accounts.set_disabled(account.account_id, True)
            async with asyncio.timeout(20):
                assert [one async for one in events] == []


async def _lost(web: Running) -> bool:
    return await presence(web) == ("agent.became_not_ready.v1", "connection lost")


async def test_a_desk_that_goes_silent_takes_no_more_work() -> None:
    async with running(lease_seconds=0.5) as web:
        anna = await web.agent()
        async with anna.listen() as events:
            await next_event(events, "hello")
        await until(lambda: _lost(web))


async def test_a_reload_is_no_absence() -> None:
    async with running(lease_seconds=30.0) as web:
        anna = await web.agent()
        for _ in range(2):
            async with anna.listen() as events:
                await next_event(events, "hello")
        await until(lambda: web.app.state.live.connected == 0)
        keeper = _keeper(web)
        assert await keeper.look() == 0
        assert (await presence(web))[0] == "agent.became_ready.v1"
        web.clock.ahead = timedelta(seconds=31)
        assert await keeper.look() == 1
        assert await presence(web) == ("agent.became_not_ready.v1", "connection lost")


async def test_who_is_at_lunch_or_signed_out_stays_so_when_the_connection_goes(web: Running) -> None:
    anna = await web.agent()
    await anna.post("/api/agents/anna/not-ready", json={"reason": "lunch"})
    async with anna.listen() as events:
        await next_event(events, "hello")
    await until(lambda: web.app.state.live.connected == 0)
    web.clock.ahead = timedelta(minutes=5)
    assert await _keeper(web).look() == 1
    assert await presence(web) == ("agent.became_not_ready.v1", "lunch")


async def test_a_lease_that_ran_out_is_acted_on_once_whoever_looks(web: Running) -> None:
    await web.agent()
    await web.doors.leases.renew("anna", "main", web.clock())
    web.clock.ahead = timedelta(minutes=5)
    await asyncio.gather(*(_keeper(web).look() for _ in range(4)))
    lost = await web.doors.log.read(0, 1000, types=["agent.became_not_ready.v1"])
    assert len(lost) == 1
    await web.execute(BecomeReady(agent_id="anna"))
    assert await _keeper(web).look() == 0
    assert (await presence(web))[0] == "agent.became_ready.v1"


async def test_before_a_restart_every_stream_ends_by_itself(web: Running) -> None:
    sue = await web.client("sue", {"*": ["supervisor"]})
    async with sue.listen() as events:
        await next_event(events, "hello")
        web.app.state.live.end()
        async with asyncio.timeout(20):
            assert [one async for one in events] == []


async def test_a_desk_whose_power_fails_in_the_middle_of_a_stream_is_no_fault_of_the_server(
    web: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    sue = await web.client("sue", {PROJECT: ["supervisor"]})
    for _ in range(5):
        async with sue.listen() as events:
            await next_event(events, "hello")
            for number in range(20):
                await web.mail(external_id=f"<{number}@burst>")
            await next_event(events)
    async with sue.listen() as events:
        await next_event(events, "hello")
    said = capsys.readouterr()
    assert "unforeseen fault" not in said.out + said.err


async def test_a_stream_that_is_ended_at_the_very_moment_of_news_ends() -> None:
    """`asyncio.wait_for` of Python 3.11 forgets a cancellation that comes with what was waited for."""
    client = LiveClient(room=10)
    waiting = asyncio.create_task(client.wait(60))
    await asyncio.sleep(0)
    client.wake()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
