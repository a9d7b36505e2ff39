"""Recordings on their way from the provider: pulled until they are there, given up with a word, copies seen to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Call
from domain.centre.documents import ProjectDocument
from domain.customer.decide import EraseCustomer
from domain.customer.events import CustomerRegistered
from domain.interaction.call_events import RecordingStarted, RecordingStored
from domain.interaction.events import AgentConnected
from domain.voice.recordings import RecordingCopySettled, RecordingGivenUp
from tests.channels.voice.flows import LINE, project
from tests.channels.voice.hotline import ALWAYS, CALLER, Hotline, hotline
from tests.channels.voice.test_faults import born_again, die


def document(**rules: Any) -> ProjectDocument:
    """Callers wait at once, and are recorded always."""
    steps = {**ALWAYS, "wait": {"queue": {"queue": "orders", "record": "always"}}}
    plain = project(steps, "wait").model_dump(mode="json", exclude_none=True)
    return ProjectDocument.model_validate({**plain, "recordings": rules})


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[Hotline]:
    async with hotline(tmp_path, document()) as one:
        yield one


async def recorded(line: Hotline) -> tuple[Call, str]:
    call = await line.emulator.dial(CALLER, LINE)
    await line.accept()
    await line.until(AgentConnected)
    recording = (await line.until(RecordingStarted)).recording_id
    await line.emulator.advance(3)  # who hangs up in the same instant leaves no sound
    return call, recording


async def test_a_recording_is_deleted_at_the_provider_once_ours_is_stored_and_the_log_says_so(line: Hotline) -> None:
    call, recording = await recorded(line)
    await line.emulator.hang_up(call.sid)
    await line.until(RecordingStored)
    assert (await line.until(RecordingCopySettled)).deleted
    assert recording not in line.emulator.world.recordings


async def test_the_providers_copy_stays_where_the_project_wants_it(tmp_path: Path) -> None:
    async with hotline(tmp_path, document(provider_copy="keep")) as line:
        call, recording = await recorded(line)
        await line.emulator.hang_up(call.sid)
        assert not (await line.until(RecordingCopySettled)).deleted
        assert recording in line.emulator.world.recordings


async def test_a_provider_that_is_away_is_asked_again_for_the_recording(line: Hotline) -> None:
    call, _ = await recorded(line)
    line.emulator.fault(Fault("rest", "refuse", ".wav", times=3, status=503))
    await line.emulator.hang_up(call.sid)
    await line.until(RecordingStored)


async def test_a_recording_that_the_provider_has_no_more_is_given_up_with_a_word(line: Hotline) -> None:
    call, recording = await recorded(line)
    await die(line)
    await line.emulator.hang_up(call.sid)
    del line.emulator.world.recordings[recording]
    await born_again(line)
    assert "no more" in (await line.until(RecordingGivenUp)).reason


async def test_a_process_that_died_before_it_deleted_the_providers_copy_leaves_that_to_the_next(line: Hotline) -> None:
    call, recording = await recorded(line)
    line.emulator.fault(Fault("rest", "refuse", "DeleteRecording", times=3, status=503))
    await line.emulator.hang_up(call.sid)
    await line.until(RecordingStored)
    await die(line)
    assert recording in line.emulator.world.recordings
    await born_again(line)
    await line.until(RecordingCopySettled)
    assert recording not in line.emulator.world.recordings


async def test_a_recording_of_a_customer_erased_meanwhile_is_deleted_there_and_never_stored(line: Hotline) -> None:
    call, recording = await recorded(line)
    await die(line)
    await line.emulator.hang_up(call.sid)
    customer = (await line.events(CustomerRegistered))[0].customer_id
    await line.do(EraseCustomer(customer_id=customer))
    line.stores.keyring.destroy([customer])
    await born_again(line)
    assert "erased" in (await line.until(RecordingGivenUp)).reason
    assert recording not in line.emulator.world.recordings
    assert await line.events(RecordingStored) == []
