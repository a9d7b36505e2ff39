"""Recordings over the API: found, listened to by who may, on record whoever listened, and removed in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.centre.configuration import ConfigureProject
from domain.interaction.recording import StartRecording, StoreRecording
from domain.voice.recordings import RecordingPlayed, RecordingRemoved
from infra.configured import Configured
from infra.recordings.expiring import Expiring
from tests.domain.documents import project
from tests.web.problems import problem_of
from tests.web.running import PROJECT, Client, Running
from tests.web.test_calls import talking

HERE = f"/api/projects/{PROJECT}/recordings"
SOUND = b"RIFF and so on"


async def recorded(web: Running, recording_id: str = "RE1", sound: bytes = SOUND) -> tuple[Client, str, str]:
    """A conversation of Anna's, recorded and stored: Anna's client, the interaction's address, the customer."""
    anna, here = await talking(web)
    interaction = here.rpartition("/")[2]
    await web.execute(StartRecording(interaction_id=interaction, leg="1", recording_id=recording_id, consent="asked"))
    found = (await anna.get(f"{here}/conversation")).json()
    customer: str = found["customer_id"]
    reference = await web.doors.recordings.put(customer, sound)
    stored = StoreRecording(
        interaction_id=interaction,
        recording_id=recording_id,
        reference=reference,
        media_type="audio/wav",
        seconds=12.5,
        size=len(sound),
    )
    await web.execute(stored)
    return anna, here, customer


async def test_a_supervisor_finds_a_recording_and_listens_which_is_on_record(web: Running) -> None:
    _, _, customer = await recorded(web)
    account = await web.account("sue", {"*": ["supervisor"]})
    _, token = await web.accounts.issue_token(account.account_id, "test", (), web.clock(), None)
    sue = web.anybody({"Authorization": f"Bearer {token}"})
    for filters in ({}, {"customer_id": customer}, {"agent_id": "anna"}):
        (item,) = (await sue.get(HERE, params=filters | {"min_position": await web.head()})).json()["items"]
        assert (item["recording_id"], item["status"], item["seconds"]) == ("RE1", "stored", 12.5)
        assert "reference" not in item
    assert (await sue.get(HERE, params={"agent_id": "boris"})).json()["items"] == []
    sound = await sue.get(f"{HERE}/RE1/sound")
    assert (sound.content, sound.headers["content-type"]) == (SOUND, "audio/wav")
    assert sound.headers["cache-control"] == "no-store"
    (played,) = await web.doors.log.read(types=[RecordingPlayed.wire])
    assert isinstance(played.event, RecordingPlayed)
    assert (played.event.account_id, played.event.customer_id) == (account.account_id, customer)


@pytest.mark.parametrize(
    ("wanted", "status", "part", "told"),
    [
        ("bytes=0-3", 206, b"RIFF", "bytes 0-3/14"),
        ("bytes=5-", 206, b"and so on", "bytes 5-13/14"),
        ("bytes=-2", 206, b"on", "bytes 12-13/14"),
        ("bytes=12-9999", 206, b"on", "bytes 12-13/14"),
        ("bytes=-9999", 206, SOUND, "bytes 0-13/14"),
        ("bytes=14-", 416, None, "bytes */14"),
        ("bytes=-0", 416, None, "bytes */14"),
        ("bytes=0-1,3-4", 200, SOUND, None),
        ("bytes=3-1", 200, SOUND, None),
        ("bytes=-", 200, SOUND, None),
        ("lines=1-2", 200, SOUND, None),
        ("bytes=" + "9" * 60 + "-", 200, SOUND, None),
    ],
)
async def test_a_player_gets_the_part_that_it_asks_for(
    web: Running, wanted: str, status: int, part: bytes | None, told: str | None
) -> None:
    await recorded(web)
    sue = await web.client("sue", {"*": ["supervisor"]})
    found = await sue.get(f"{HERE}/RE1/sound", params={"min_position": await web.head()}, headers={"Range": wanted})
    assert (found.status_code, found.headers.get("content-range")) == (status, told)
    if part is None:
        assert problem_of(found)["code"] == "no_such_range"
    else:
        assert (found.content, found.headers["accept-ranges"]) == (part, "bytes")


async def test_a_part_of_another_version_is_the_whole_of_this_one(web: Running) -> None:
    await recorded(web)
    sue = await web.client("sue", {"*": ["supervisor"]})
    whole = await sue.get(f"{HERE}/RE1/sound", params={"min_position": await web.head()})
    for version, status in ((whole.headers["etag"], 206), ('"another"', 200), ("Sat, 28 Nov 2026 10:00:00 GMT", 200)):
        found = await sue.get(f"{HERE}/RE1/sound", headers={"Range": "bytes=0-3", "If-Range": version})
        assert found.status_code == status


async def test_whoever_seeks_in_a_recording_has_listened_once_and_nobody_hears_a_part_unrecorded(web: Running) -> None:
    await recorded(web)
    head = await web.head()
    for name in ("sue", "tim"):
        client = await web.client(name, {"*": ["supervisor"]})
        for part in ("bytes=9-", "bytes=0-3", "bytes=2-5"):
            await client.get(f"{HERE}/RE1/sound", params={"min_position": head}, headers={"Range": part})
    assert len(await web.doors.log.read(types=[RecordingPlayed.wire])) == 2


async def test_an_agent_sees_what_was_recorded_in_the_own_interaction_and_hears_messages_only(web: Running) -> None:
    anna, here, _ = await recorded(web)
    (item,) = (await anna.get(f"{here}/recordings", params={"min_position": await web.head()})).json()["items"]
    assert item["kind"] == "conversation"
    assert (await anna.get(f"{HERE}/RE1/sound")).status_code == 403
    refused = await anna.get(f"/api/projects/{PROJECT}/messages/RE1/sound")
    assert (refused.status_code, problem_of(refused)["code"]) == (404, "not_found")
    assert await web.doors.log.read(types=[RecordingPlayed.wire]) == []


async def test_a_recording_of_another_project_is_not_there(web: Running) -> None:
    await recorded(web)
    head = await web.head()
    other = await web.client("tom", {"otherline": ["supervisor"]})
    assert (await other.get(f"{HERE}/RE1/sound")).status_code == 403
    theirs = "/api/projects/otherline/recordings"
    assert (await other.get(theirs, params={"min_position": head})).json()["items"] == []
    assert (await other.get(f"{theirs}/RE1/sound")).status_code == 404


async def test_a_recording_that_was_altered_in_its_store_is_told_in_a_sentence(web: Running) -> None:
    await recorded(web)
    (sound,) = [path for path in web.doors.recordings.root.rglob("*") if path.is_file()]  # type: ignore[attr-defined]
    sound.write_bytes(sound.read_bytes()[:-1])
    sue = await web.client("sue", {"*": ["supervisor"]})
    refused = await sue.get(f"{HERE}/RE1/sound", params={"min_position": await web.head()})
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "no_sound")
    assert "altered or cut" in refused.text


def expiring(web: Running) -> Expiring:
    return Expiring(
        executor=web.doors.executor,
        questions=web.doors.queries,  # type: ignore[arg-type]
        configured=Configured(web.doors.log),
        recordings=web.doors.recordings,
        clock=web.clock,
    )


async def test_a_recording_is_removed_after_the_days_of_its_project_and_says_so(web: Running) -> None:
    document = project(recordings={"keep_days": 30})
    await web.execute(ConfigureProject(document=document, expected_revision=1))
    await recorded(web)
    sue = await web.client("sue", {"*": ["supervisor"]})
    (item,) = (await sue.get(HERE, params={"min_position": await web.head()})).json()["items"]
    web.clock.ahead = timedelta(days=29)
    assert await expiring(web).expire() == 0
    web.clock.ahead = timedelta(days=31)
    assert await expiring(web).expire() == 1
    (removed,) = await web.doors.log.read(types=[RecordingRemoved.wire])
    assert isinstance(removed.event, RecordingRemoved)
    assert (removed.event.recording_id, removed.event.reason) == ("RE1", "kept for 30 days")
    (item,) = (await sue.get(HERE, params={"min_position": await web.head()})).json()["items"]
    assert item["status"] == "removed"
    refused = await sue.get(f"{HERE}/RE1/sound")
    assert (refused.status_code, problem_of(refused)["code"]) == (409, "no_sound")
    assert await expiring(web).expire() == 0


async def test_without_a_rule_recordings_are_kept(web: Running) -> None:
    await recorded(web)
    web.clock.ahead = timedelta(days=4000)
    assert await expiring(web).expire() == 0
