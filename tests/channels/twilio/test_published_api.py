"""Every request of the adapter's is one of Twilio's published API; the emulator refuses all others as Twilio does."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from twilio.base import values
from twilio.rest.api.v2010.account import AccountContext

from channels.twilio.operations import OPERATIONS, Operation
from channels.twilio.validity import faults, find_operation
from channels.twilio_emulator.api import HANDLERS
from channels.twilio_emulator.emulator import Emulator
from channels.twilio_emulator.model import Person
from channels.twilio_emulator.serving import app_of
from channels.voice.control import Pause
from tests.channels.twilio.centre import ANNA, CUSTOMER, OURS, SID, SILENT, TOKEN, Running

ROOT = f"/2010-04-01/Accounts/{SID}"
HELLO = "<Response><Pause length='60'/></Response>"


async def everything(phones: Running) -> None:
    """Each operation, with every parameter the adapter can give it."""
    rest, at, emulator = phones.rest, phones.at, phones.emulator
    phones.centre.script["voice"] = phones.centre.script["hearing"] = lambda told: [Pause(60)]
    media = ["https://files.example.org/a.png", "https://files.example.org/b.png"]
    text = await rest.send_message(
        CUSTOMER, "Good morning", sender=OURS, media=media, status_callback=at.of("progress"), validity=600
    )
    await rest.send_message(CUSTOMER, "Good morning", messaging_service="MG" + "a" * 32)
    await rest.fetch_message(text.sid)
    await rest.list_messages(to=CUSTOMER, sender=OURS, since=emulator.world.now)
    came = await emulator.text(CUSTOMER, OURS, "Look", ["data:image/png;base64,iVBORw0KGgo="])
    [picture] = emulator.world.pictures
    assert await rest.picture(f"/2010-04-01/Accounts/{SID}/Messages/{came.sid}/Media/{picture}")
    made = await rest.create_call(
        CUSTOMER, OURS, twiml=HELLO, status_callback=at.of("progress"), ring=20, longest=3600, detect_machine=True,
        send_digits="ww1",
    )  # fmt: skip
    await rest.create_call(CUSTOMER, OURS, url=at.of("voice"))
    await emulator.advance(10)
    await rest.fetch_call(made.sid)
    await rest.list_calls(to=CUSTOMER, caller=OURS, status="in-progress", since=emulator.world.now)
    await rest.list_calls(parent=made.sid)
    recording = await rest.start_recording(made.sid, status_callback=at.of("recording"))
    await emulator.advance(5)
    await rest.pause_recording(made.sid, recording.sid)
    await rest.resume_recording(made.sid, recording.sid)
    await rest.stop_recording(made.sid, recording.sid)
    await rest.fetch_recording(recording.sid)
    await rest.list_recordings(call=made.sid)
    await rest.list_recordings(conference="CF" + "a" * 32)
    assert (await rest.recording_media(recording.sid))[:4] == b"RIFF"
    await rest.delete_recording(recording.sid)
    await rest.redirect_call(made.sid, twiml=HELLO)
    await rest.redirect_call(made.sid, url=at.of("voice"))
    await rest.end_call(made.sid)
    ringing = await rest.create_call(CUSTOMER, OURS, twiml=HELLO)
    await rest.end_call(ringing.sid, if_ringing=True)
    first = await rest.add_participant(
        "room", ANNA, OURS, label="anna", status_callback=at.of("progress"), conference_callback=at.of("conference"),
        ring=20, ends_conference=True, starts_conference=True, wait_url="",
    )  # fmt: skip
    await rest.add_participant("room", CUSTOMER, OURS, coach=first.call, muted=True)
    await emulator.advance(5)
    await rest.list_conferences(name="room", status="in-progress")
    await rest.fetch_conference(first.conference)
    await rest.announce(first.conference, at.of("voice"))
    await rest.list_participants(first.conference)
    await rest.fetch_participant(first.conference, "anna")
    await rest.update_participant(first.conference, first.call, hold=True, hold_url=at.of("hearing"), muted=False)
    await rest.update_participant(first.conference, first.call, hold=False, ends_conference=False, coaching=False)
    await rest.remove_participant(first.conference, first.call)
    await rest.end_conference(first.conference)
    [number] = await rest.list_numbers(number=OURS)
    await rest.update_number(
        number.sid, voice_url=at.of("voice"), sms_url=at.of("text"), status_callback=at.of("progress"),
        voice_fallback_url=at.of("voice"), sms_fallback_url=at.of("text"),
    )  # fmt: skip


async def test_every_request_of_the_adapter_is_valid_by_the_published_description(phones: Running) -> None:
    await everything(phones)
    requests = list(phones.emulator.world.requests)
    for one in requests:
        found = find_operation(one["method"], one["path"])
        assert found is not None
        assert faults(found[0], one["given"]) == []
    methods = {name for name, _ in inspect.getmembers(type(phones.rest), inspect.iscoroutinefunction)}
    driven = set(re.findall(r"rest\.(\w+)\(", inspect.getsource(everything)))
    assert methods - driven - {"close", "__aenter__", "__aexit__"} == set()
    made = {one["operation"] for one in requests}
    unused = {"FetchIncomingPhoneNumber", "ListCallRecording", "FetchCallRecording"}  # for people at the emulator
    assert {one.name for one in OPERATIONS} - made == unused


def test_every_operation_of_the_table_is_answered_by_the_emulator() -> None:
    assert {one.name for one in OPERATIONS} == set(HANDLERS)


def _library_parameters(operation: Operation) -> set[str] | None:
    """The parameters of the operation in Twilio's own library, as the API spells them; None where it has none."""
    context: Any = AccountContext(None, SID)  # type: ignore[arg-type]
    parts = operation.path.removesuffix(".json").strip("/").split("/")
    resource: Any = context
    for part in parts:
        if part.startswith("{"):
            resource = resource("XX" + "0" * 32)
        else:
            resource = getattr(resource, re.sub(r"(?<!^)(?=[A-Z])", "_", part).lower())
    verb = re.match(r"Create|List|Update", operation.name)
    if verb is None:
        return None
    return {
        re.sub("_$", "", name).replace("_", "")
        for name, one in inspect.signature(getattr(resource, verb[0].lower())).parameters.items()
        if one.default is values.unset or one.default is inspect.Parameter.empty
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_the_tables_parameters_are_those_of_twilios_own_library(operation: Operation) -> None:
    theirs = _library_parameters(operation)
    paging = {"PageSize", "Page", "PageToken"}
    ours = {re.sub("[<>]", "", name).lower() for name in set(operation.parameters) - paging}
    if theirs is not None:
        assert ours <= theirs


@pytest.fixture
async def emulator() -> AsyncIterator[Emulator]:
    """The emulator alone, asked within the process: what it answers does not depend on the network."""
    emulator = Emulator(SID, TOKEN)
    emulator.number(OURS)
    emulator.number(SILENT, takes_sms=False)
    yield emulator
    await emulator.close()


def asking(emulator: Emulator, auth: tuple[str, str] | None = (SID, TOKEN)) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app_of(emulator))
    return httpx2.AsyncClient(base_url="http://emulator", auth=auth, transport=transport)


CREATE_MESSAGE = {"To": CUSTOMER, "From": OURS, "Body": "Hello"}
CREATE_CALL = {"To": CUSTOMER, "From": OURS, "Twiml": HELLO}
CREATE_PARTICIPANT = {"To": CUSTOMER, "From": OURS}


@pytest.mark.parametrize(
    ("path", "form", "change", "code"),
    [
        ("/Messages.json", CREATE_MESSAGE, {"To": None}, 21604),
        ("/Messages.json", CREATE_MESSAGE, {"To": ""}, 21604),
        ("/Messages.json", CREATE_MESSAGE, {"To": "601234567"}, 21211),
        ("/Messages.json", CREATE_MESSAGE, {"To": "+0"}, 21211),
        ("/Messages.json", CREATE_MESSAGE, {"From": None}, 21603),
        ("/Messages.json", CREATE_MESSAGE, {"From": "???"}, 21212),
        ("/Messages.json", CREATE_MESSAGE, {"From": "+48999999999"}, 21606),
        ("/Messages.json", CREATE_MESSAGE, {"From": SILENT}, 21601),
        ("/Messages.json", CREATE_MESSAGE, {"Body": None}, 21602),
        ("/Messages.json", CREATE_MESSAGE, {"Body": "x" * 1601}, 21617),
        ("/Messages.json", CREATE_MESSAGE, {"StatusCallback": "not a url"}, 21609),
        ("/Messages.json", CREATE_MESSAGE, {"Colour": "red"}, 20001),
        ("/Messages.json", CREATE_MESSAGE, {"ValidityPeriod": "0"}, 20001),
        ("/Messages.json", CREATE_MESSAGE, {"SmartEncoded": "perhaps"}, 20001),
        ("/Calls.json", CREATE_CALL, {"To": None}, 21201),
        ("/Calls.json", CREATE_CALL, {"To": "nobody at all, really"}, 21211),
        ("/Calls.json", CREATE_CALL, {"From": None}, 21213),
        ("/Calls.json", CREATE_CALL, {"From": "+4800"}, 21212),
        ("/Calls.json", CREATE_CALL, {"From": "+48999999999"}, 21210),
        ("/Calls.json", CREATE_CALL, {"Twiml": None}, 21205),
        ("/Calls.json", CREATE_CALL, {"Twiml": None, "Url": "nowhere"}, 21205),
        ("/Calls.json", CREATE_CALL, {"Twiml": "<Response>"}, 12100),
        ("/Calls.json", CREATE_CALL, {"Timeout": "soon"}, 20001),
        ("/Calls.json", CREATE_CALL, {"StatusCallbackEvent": "sneezed"}, 20001),
        ("/Calls.json", CREATE_CALL, {"MachineDetection": "maybe"}, 20001),
        ("/Conferences/room/Participants.json", CREATE_PARTICIPANT, {"To": None}, 21201),
        ("/Conferences/room/Participants.json", CREATE_PARTICIPANT, {"From": None}, 21213),
        ("/Conferences/room/Participants.json", CREATE_PARTICIPANT, {"Timeout": "1"}, 20001),
        ("/Conferences/room/Participants.json", CREATE_PARTICIPANT, {"Coaching": "true"}, 20001),
        ("/Conferences/room/Participants.json", CREATE_PARTICIPANT, {"CallSidToCoach": "CA" + "0" * 32}, 20001),
    ],
)
async def test_what_is_missing_unknown_or_wrong_gets_twilios_code_and_changes_nothing(
    emulator: Emulator, path: str, form: dict[str, str], change: dict[str, str | None], code: int
) -> None:
    given = {name: value for name, value in (form | change).items() if value is not None}
    async with asking(emulator) as client:
        answer = await client.post(ROOT + path, data=given)
    body = answer.json()
    assert (answer.status_code, body["code"], body["status"]) == (400, code, 400)
    assert body["message"]
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    world = emulator.world
    assert (world.texts, world.calls) == ({}, {})


@pytest.mark.parametrize(
    ("method", "path", "auth", "status", "code"),
    [
        ("GET", f"{ROOT}/Messages.json", ("AC" + "b" * 32, TOKEN), 401, 20003),
        ("GET", f"{ROOT}/Messages.json", (SID, "wrong"), 401, 20003),
        ("GET", f"{ROOT}/Messages.json", None, 401, 20003),
        ("GET", f"/2010-04-01/Accounts/AC{'b' * 32}/Messages.json", (SID, TOKEN), 401, 20003),
        ("GET", f"{ROOT}/Messages/SM{'0' * 32}.json", (SID, TOKEN), 404, 20404),
        ("GET", f"{ROOT}/Recordings/RE{'0' * 32}.wav", (SID, TOKEN), 404, 20404),
        ("GET", f"{ROOT}/Faxes.json", (SID, TOKEN), 404, 20404),
        ("DELETE", f"{ROOT}/Messages.json", (SID, TOKEN), 405, 20004),
        ("GET", f"{ROOT}/Messages.json?PageSize=0", (SID, TOKEN), 400, 20001),
        ("GET", f"{ROOT}/Messages.json?DateSent=yesterday", (SID, TOKEN), 400, 20001),
        ("GET", f"{ROOT}/Calls.json?Status=asleep", (SID, TOKEN), 400, 20001),
        ("POST", f"{ROOT}/Calls/CA{'0' * 32}.json", (SID, TOKEN), 404, 20404),
        ("POST", f"{ROOT}/Calls/CA{'0' * 32}/Recordings.json", (SID, TOKEN), 404, 20404),
        ("DELETE", f"{ROOT}/Conferences/CF{'0' * 32}/Participants/anna.json", (SID, TOKEN), 404, 20404),
    ],
)
async def test_who_is_not_let_in_and_what_is_not_there_gets_twilios_code(
    emulator: Emulator, method: str, path: str, auth: tuple[str, str] | None, status: int, code: int
) -> None:
    async with asking(emulator, auth) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_finished_call_is_neither_changed_nor_recorded(phones: Running) -> None:
    phones.emulator.declare(CUSTOMER, Person("busy"))
    call = await phones.rest.create_call(CUSTOMER, OURS, twiml=HELLO)
    await phones.emulator.advance(10)
    async with httpx2.AsyncClient(base_url=phones.base, auth=(SID, TOKEN), timeout=60) as client:
        for path in (f"/Calls/{call.sid}.json", f"/Calls/{call.sid}/Recordings.json"):
            answer = await client.post(ROOT + path, data={} if "Recordings" in path else {"Status": "completed"})
            assert (answer.status_code, answer.json()["code"]) == (400, 21220)


async def test_lists_are_filtered_by_day_and_moment_and_paged_as_twilio_pages(phones: Running) -> None:
    for _ in range(3):
        await phones.rest.send_message(CUSTOMER, "Hello", sender=OURS)
        await phones.emulator.advance(86_400)
    async with httpx2.AsyncClient(base_url=phones.base, auth=(SID, TOKEN), timeout=60) as client:
        day = (await client.get(f"{ROOT}/Messages.json", params={"DateSent": "2026-01-06"})).json()
        assert len(day["messages"]) == 1
        later = (await client.get(f"{ROOT}/Messages.json", params={"DateSent>": "2026-01-06", "PageSize": 1})).json()
        assert (len(later["messages"]), later["page"], later["start"], later["end"]) == (1, 0, 0, 0)
        following = (await client.get(later["next_page_uri"])).json()
        assert following["page"] == 1
        assert following["next_page_uri"] is None
        assert following["messages"][0]["sid"] != later["messages"][0]["sid"]
