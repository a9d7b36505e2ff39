"""When things go wrong: processes that die, providers that are away, tellings that come late or never."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Person
from channels.voice.control import HangUp
from channels.voice.given import Keyed
from domain.centre.documents import ProjectDocument
from domain.interaction.escalation import TakeStep
from domain.interaction.events import (
    AgentConnected,
    CallbackRequested,
    ConnectFailed,
    InteractionClosed,
    InteractionQueued,
    SentToVoicemail,
    WrapUpCompleted,
)
from domain.interaction.state import Interaction
from domain.voice.events import CallEnded, DialAttempted, DialEnded, DialPlaced, LineFreed
from infra.voice.deeds import AskCall
from infra.voice.due import due
from infra.voice.lookup import Lookup
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, Hotline, hotline


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, project(ALWAYS, "wait")) as one:
        yield one


async def die(line: Hotline) -> None:
    """The process that makes calls ends, whatever it was doing."""
    line.following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await line.following


async def born_again(line: Hotline) -> None:
    """Another such process, which knows nothing but the log."""
    line.voice = line.made_anew()
    line.following = asyncio.create_task(line.voice.following.run())


async def test_an_agent_who_accepted_while_nobody_made_calls_is_called_by_the_next_process(line: Hotline) -> None:
    await line.emulator.dial(CALLER, LINE)
    await die(line)
    await line.accept()
    await born_again(line)
    await line.until(AgentConnected)
    assert len(line.emulator.calls_to("client:anna")) == 1


async def test_a_process_that_dies_in_the_middle_of_a_call_leaves_it_to_the_next(line: Hotline) -> None:
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    await line.until(AgentConnected)
    await die(line)
    (agent,) = line.emulator.calls_to("client:anna")
    await line.emulator.hang_up(agent.sid)
    assert not call.is_over or await line.events(CallEnded)
    await born_again(line)
    await line.until(InteractionClosed)
    await line.over(call)
    assert len(line.emulator.calls_to("client:anna")) == 1


async def test_while_the_provider_refuses_the_caller_waits_on_and_the_agent_is_free_again(line: Hotline) -> None:
    line.emulator.fault(Fault("rest", "refuse", "CreateParticipant", times=3, status=503, retry_after=0))
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    assert (await line.until(DialEnded)).outcome in ("never_placed", "failed")
    await line.until(ConnectFailed)
    await line.accept("boris", count=2)
    await line.until(AgentConnected)
    assert not call.is_over


async def test_a_hang_up_that_is_told_late_is_not_taken_for_another(line: Hotline) -> None:
    first = await line.emulator.dial(CALLER, LINE)
    line.emulator.fault(Fault("webhook", "late", "progress", seconds=5))
    await line.emulator.hang_up(first.sid)
    second = await line.emulator.dial(CALLER, LINE)
    ended = await line.until(CallEnded)
    assert ended.call_id == first.sid
    assert not second.is_over
    assert len(await line.events(InteractionQueued)) == 2


async def test_a_hang_up_that_was_never_told_is_found_out_and_the_line_freed(line: Hotline) -> None:
    call = await line.emulator.dial(CALLER, LINE)
    await line.until(InteractionQueued)
    line.emulator.fault(Fault("webhook", "lose", "", times=5))
    await line.emulator.hang_up(call.sid)
    following = line.voice.following

    async def seen() -> bool:
        return call.sid in following.board.calls

    await line.when(seen, "the call on the board")
    later = line.stores.clock() + timedelta(hours=2)
    asked = [deed for deed in due(following.board, later, lambda _: "", lambda _: None) if isinstance(deed, AskCall)]
    assert len(asked) == 1
    await following.doing.do(asked[0])
    await line.until(LineFreed)
    assert len(await line.events(DialAttempted)) == 0


async def test_a_caller_to_whom_an_agent_is_on_the_way_is_connected_and_not_called_back_as_well(line: Hotline) -> None:
    line.emulator.declare("client:anna", Person("answers", after=10.0))
    call = await line.emulator.dial(CALLER, LINE)
    await line.hears(call, "Please hold")
    await line.accept()
    await line.until(DialPlaced)
    await line.press(call, "1")
    await line.hears(call, "Back? 1")
    await line.press(call, "1")
    await line.until(AgentConnected)
    (agent,) = line.emulator.calls_to("client:anna")

    async def talking() -> bool:
        await line.emulator.say(agent.sid, "Good morning")
        return any("Good morning" in one for one in line.emulator.heard(call.sid))

    await line.when(talking, "a conversation")
    assert await line.events(CallbackRequested) == []


async def test_a_caller_who_asks_to_be_called_back_in_the_moment_in_which_an_agent_accepts_is_connected(
    line: Hotline,
) -> None:
    call = await line.emulator.dial(CALLER, LINE)
    await line.hears(call, "Please hold")
    await line.press(call, "1")
    await line.hears(call, "Back? 1")
    turning = line.voice.answering.turning
    asked, where = await turning.as_known(call.sid)
    assert where is not None
    looked = Looked(turning.lookup, await turning.lookup.interaction(asked.interaction_id))
    await line.accept()
    late = replace(turning, lookup=cast("Lookup", looked))
    assert HangUp() not in await late.go_on(asked, where, Keyed("1", None))
    await line.until(AgentConnected)
    assert await line.events(CallbackRequested) == []


async def test_who_asks_to_be_called_back_when_the_wait_has_just_ended_in_voicemail_is_called_back_all_the_same(
    tmp_path: Path,
) -> None:
    queues = {"orders": {"title": "Orders", "steps": [{"after": 1, "voicemail": True}]}}
    patient = project(ALWAYS, "wait").model_dump(exclude_unset=True, by_alias=True, mode="json")
    impatient = ProjectDocument.model_validate(patient | {"queues": queues})
    async with hotline(tmp_path, impatient) as line:
        call = await line.emulator.dial(CALLER, LINE)
        await line.hears(call, "Please hold")
        await line.press(call, "1")
        await line.hears(call, "Back? 1")
        line.emulator.fault(Fault("rest", "refuse", "UpdateCall", times=50, status=503))
        waiting = await line.until(InteractionQueued)
        step = TakeStep(project="hotline", interaction_id=waiting.interaction_id, leg="1", step=1)

        async def ended() -> bool:
            await line.do(step)
            return await line.events(SentToVoicemail) != []

        await line.when(ended, "the end of the wait")
        await line.press(call, "1")
        await line.hears(call, "We will call you back")
        asked = await line.until(CallbackRequested)
        assert asked.number == CALLER
        assert asked.interaction_id != waiting.interaction_id


class Looked:
    """What is read of the log, but for one interaction, which was read a moment ago."""

    def __init__(self, lookup: Lookup, interaction: Interaction) -> None:
        self._lookup, self._interaction = lookup, interaction

    async def interaction(self, interaction_id: str) -> Interaction:
        return self._interaction

    def __getattr__(self, name: str) -> object:
        return getattr(self._lookup, name)


async def test_an_agent_is_called_once_however_often_the_provider_says_too_many_requests(line: Hotline) -> None:
    line.emulator.fault(Fault("rest", "refuse", "CreateParticipant", times=2, status=429, retry_after=0))
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    await line.until(AgentConnected)
    assert len(line.emulator.calls_to("client:anna")) == 1
    assert len(await line.events(DialAttempted)) == 1
    assert not call.is_over


async def test_a_provider_that_wants_us_away_for_an_hour_is_asked_once_and_the_next_agent_is_tried(
    line: Hotline,
) -> None:
    line.emulator.fault(Fault("rest", "refuse", "CreateParticipant", times=1, status=429, retry_after=3600))
    await line.emulator.dial(CALLER, LINE)
    await line.accept()
    assert (await line.until(DialEnded)).outcome == "never_placed"
    await line.until(ConnectFailed)
    assert line.emulator.calls_to("client:anna") == []
    await line.accept("boris", count=2)
    await line.until(AgentConnected)
    assert len(line.emulator.calls_to("client:boris")) == 1


@pytest.mark.parametrize("hours", [-1, 1])
async def test_an_agent_is_called_once_though_the_answer_was_lost_and_the_provider_s_clock_is_an_hour_off(
    tmp_path: Path, hours: int
) -> None:
    async with hotline(tmp_path, ahead=timedelta(hours=hours)) as line:
        line.emulator.fault(Fault("rest", "drop", "CreateParticipant"))
        line.emulator.fault(Fault("webhook", "lose", "mark=", times=3))
        await line.emulator.dial(CALLER, LINE)
        await line.accept()
        await line.until(AgentConnected)
        assert len(line.emulator.calls_to("client:anna")) == 1
        assert len(await line.events(DialAttempted)) == 1


async def test_an_attempt_that_never_arrived_is_not_taken_for_the_call_before_it_to_the_same_agent(
    line: Hotline,
) -> None:
    first = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    await line.until(AgentConnected)
    await line.emulator.hang_up(first.sid)
    await line.until(WrapUpCompleted)
    await line.until(InteractionClosed)
    line.emulator.fault(Fault("rest", "refuse", "CreateParticipant", status=500))
    second = await line.emulator.dial(CALLER, LINE)
    await line.accept(count=2)
    assert (await line.until(DialEnded, 2)).outcome == "never_placed"
    assert len(line.emulator.calls_to("client:anna")) == 1
    assert not second.is_over
