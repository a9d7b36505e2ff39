"""Who closes the page of a chat: gone after a while, unless they come back, wherever they do."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from domain.ports import Appended, Change, LogUnavailable
from infra.log.memory import MemoryLog
from tests.web.chatting import accepted, begin, following, interaction, with_chat
from tests.web.running import Client, Running, _serve, running, until
from web.app import create_app


async def test_whoever_closes_the_page_while_waiting_has_left_after_a_while() -> None:
    async with running(lease_seconds=0.2) as web:
        await with_chat(web)
        client, page = await begin(web)
        async with following(client, page):
            pass
        left = await until(lambda: web.doors.log.read(types=["interaction.abandoned.v1"]))
        assert left[0].event.interaction_id == await interaction(web)
        assert "This conversation has ended." in (await client.get(page)).text


class FullLog(MemoryLog):
    """Takes nothing while it is `full`."""

    full = False
    refused = 0

    async def append(self, *changes: Change, once: str | None = None) -> Appended:
        if self.full:
            self.refused += 1
            raise LogUnavailable("no space left on the device")
        return await super().append(*changes, once=once)


async def test_whoever_left_while_the_log_was_away_is_on_record_as_gone_once_it_is_back() -> None:
    async with running(lease_seconds=0.2, log=FullLog) as web:
        log = web.doors.log
        assert isinstance(log, FullLog)
        await with_chat(web)
        client, page = await begin(web)
        async with following(client, page):
            log.full = True
        await until(lambda: log.refused >= 2)
        log.full = False
        left = await until(lambda: log.read(types=["interaction.abandoned.v1"]))
        assert left[0].event.interaction_id == await interaction(web)
        await until(lambda: not web.app.state.chat_followers.leaving)
        assert len(await log.read(types=["interaction.abandoned.v1"])) == 1


async def test_a_page_that_is_closed_while_an_agent_is_there_is_waited_for() -> None:
    async with running(lease_seconds=0.2) as web:
        await with_chat(web)
        agent = await web.agent()
        first, page = await begin(web)
        await accepted(web, agent)
        async with following(first, page):
            pass
        second, other = await begin(web)
        async with following(second, other):
            pass
        (left,) = await until(lambda: web.doors.log.read(types=["interaction.abandoned.v1"]))
        assert left.event.interaction_id == await interaction(web)  # type: ignore[attr-defined]
        assert "has ended" not in (await first.get(page)).text


@asynccontextmanager
async def another_process(web: Running) -> AsyncGenerator[Client]:
    """Anybody, at a second server of the same centre: the same log and stores, and a memory of its own."""
    async with AsyncExitStack() as closing:
        listening = closing.enter_context(contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)))
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        await _serve(create_app(web.doors), listening, closing)
        client = web.anybody()
        client.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield client


async def test_whoever_comes_back_at_another_process_of_the_centre_has_not_left() -> None:
    async with running(lease_seconds=1.0) as web, another_process(web) as elsewhere:
        await with_chat(web)
        client, page = await begin(web)
        async with following(elsewhere, page):
            async with following(client, page):
                pass
            second, other = await begin(web)
            async with following(second, other):
                pass
            (left,) = await until(lambda: web.doors.log.read(types=["interaction.abandoned.v1"]))
            assert left.event.interaction_id == await interaction(web)  # type: ignore[attr-defined]
            assert "has ended" not in (await client.get(page)).text
