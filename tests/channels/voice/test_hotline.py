"""Callers on the real voice channel: the log and what was heard must tell the same story."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.interaction.events import AgentConnected, InteractionClosed, WrapUpCompleted
from domain.voice.events import LineFreed
from tests.channels.voice.flows import LINE
from tests.channels.voice.hotline import CALLER, Hotline, hotline


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path) as one:
        yield one


async def queue_up(line: Hotline, caller: str = CALLER):
    call = await line.emulator.dial(caller, LINE)
    await line.hears(call, "Po polsku dwa")
    await line.press(call, "9")
    await line.hears(call, "Your number")
    await line.press(call, "123456#")
    await line.hears(call, "Orders 1")
    await line.press(call, "1")
    await line.hears(call, "Recorded? 1")
    await line.press(call, "2")
    await line.hears(call, "Please hold")
    return call


async def test_a_caller_keys_waits_talks_and_hangs_up(line: Hotline) -> None:
    call = await queue_up(line)
    await line.accept()
    await line.until(AgentConnected)
    agent = line.emulator.calls_to("client:anna")[0]
    await line.emulator.say(call.sid, "Good morning")
    assert any("Good morning" in heard for heard in line.emulator.heard(agent.sid))
    await line.emulator.hang_up(call.sid)
    assert (await line.until(WrapUpCompleted)).agent_id == "anna"
    await line.over(agent)
    await line.until(InteractionClosed)
    await line.until(LineFreed)
