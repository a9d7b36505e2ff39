"""TwiML as the emulator runs it: each verb by what the people on the call heard, in Twilio's documented manner."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from channels.twilio_emulator.faults import Fault
from channels.twilio_emulator.model import Call, Person
from tests.channels.twilio.centre import ANNA, BOB, CUSTOMER, OURS, Running, Told


def xml(body: str) -> Response:
    return Response(f"<Response>{body}</Response>", media_type="text/xml")


def says(phones: Running, topic: str, *bodies: str) -> None:
    """What the centre answers to a topic, time after time; the last for ever."""
    left = list(bodies)
    phones.centre.script[topic] = lambda told: xml(left.pop(0) if len(left) > 1 else left[0])


async def dialled(phones: Running, body: str) -> Call:
    says(phones, "voice", body)
    return await phones.emulator.dial(CUSTOMER, OURS)


def told(phones: Running, topic: str) -> Told:
    return phones.centre.of(topic)[-1]


async def test_say_and_play_take_their_time_and_repeat_and_a_call_ends_with_its_document(phones: Running) -> None:
    call = await dialled(
        phones, "<Say loop='2'>A long sentence of sixty characters, more or less, read out.</Say><Pause length='3'/>"
    )
    assert phones.emulator.heard(call.sid) == ["say: A long sentence of sixty characters, more or less, read out."]
    await phones.emulator.advance(7)
    assert call.status == "in-progress"
    await phones.emulator.advance(5)
    assert call.status == "completed"
    assert 10 <= call.duration <= 12


async def test_gather_ends_at_the_finishing_key_at_the_number_of_digits_or_after_silence(phones: Running) -> None:
    says(phones, "gathered", "<Pause length='60'/>")
    for attributes, keys, digits in (
        ("", "12#9", "12"),
        ("numDigits='2'", "12", "12"),
        ("finishOnKey='*'", "1#*", "1#"),
        ("finishOnKey=''", "1#*", "1#*"),
    ):
        call = await dialled(phones, f"<Gather action='/gathered' {attributes}><Say>Keys, please</Say></Gather>")
        await phones.emulator.press(call.sid, keys)
        await phones.emulator.advance(6)
        assert told(phones, "gathered")["Digits"] == digits
        await phones.emulator.hang_up(call.sid)


async def test_gather_falls_through_in_silence_and_hears_no_keys_while_a_prompt_may_not_be_cut(phones: Running) -> None:
    call = await dialled(
        phones, "<Gather timeout='3' bargeIn='false'><Say>Keys, please</Say></Gather><Say>Nothing.</Say>"
    )
    assert not await phones.emulator.press(call.sid, "1")
    await phones.emulator.advance(5)
    assert phones.emulator.heard(call.sid)[-1] == "say: Nothing."


async def test_keys_that_come_one_by_one_are_waited_for_each(phones: Running) -> None:
    says(phones, "gathered", "<Pause length='60'/>")
    call = await dialled(phones, "<Gather action='/gathered' timeout='4' numDigits='3'/>")
    for key in "123":
        await phones.emulator.advance(3)
        await phones.emulator.press(call.sid, key)
    assert told(phones, "gathered")["Digits"] == "123"


async def test_redirects_are_followed_and_endless_ones_end_with_an_apology(phones: Running) -> None:
    says(phones, "voice", "<Redirect>/again</Redirect>")
    says(phones, "again", "<Redirect method='GET'>again?x=1</Redirect>", "<Say>At last.</Say>")
    call = await phones.emulator.dial(CUSTOMER, OURS)
    assert phones.emulator.heard(call.sid) == ["say: At last."]
    says(phones, "voice", "<Redirect/>")
    call = await phones.emulator.dial(CUSTOMER, OURS)
    assert call.is_over
    assert phones.emulator.heard(call.sid)[-1].startswith("error:")
    phones.emulator.world.alerts.clear()


@pytest.mark.parametrize(("verb", "status"), [("<Reject/>", "no-answer"), ("<Reject reason='busy'/>", "busy")])
async def test_a_rejected_call_is_never_answered(phones: Running, verb: str, status: str) -> None:
    call = await dialled(phones, verb)
    assert (call.status, call.answered) == (status, None)


async def test_the_first_of_several_telephones_to_answer_is_connected_and_the_others_stop_ringing(
    phones: Running,
) -> None:
    phones.emulator.declare(ANNA, Person("answers", after=9))
    phones.emulator.declare(BOB, Person("answers", after=3))
    says(phones, "dialled", "<Say>Good-bye</Say>")
    call = await dialled(
        phones, f"<Dial action='/dialled'><Client>anna</Client><Number url='/whisper'>{BOB}</Number></Dial>"
    )
    says(phones, "whisper", "<Say>A call for sales</Say>")
    await phones.emulator.advance(6)
    [anna], [bob] = phones.emulator.calls_to(ANNA), phones.emulator.calls_to(BOB)
    assert (anna.status, bob.status) == ("canceled", "in-progress")
    assert phones.emulator.heard(bob.sid) == ["say: A call for sales"]
    await phones.emulator.say(bob.sid, "Bob here")
    assert phones.emulator.heard(call.sid)[-1] == f"{BOB}: Bob here"
    await phones.emulator.hang_up(bob.sid)
    end = told(phones, "dialled")
    assert (end["DialCallStatus"], end["DialCallSid"]) == ("completed", bob.sid)


async def test_a_star_leaves_what_was_dialled_where_that_is_allowed(phones: Running) -> None:
    says(phones, "dialled", "<Say>Back in the menu</Say><Pause length='60'/>")
    call = await dialled(phones, f"<Dial hangupOnStar='true' action='/dialled'><Number>{BOB}</Number></Dial>")
    await phones.emulator.advance(5)
    await phones.emulator.press(call.sid, "*")
    assert phones.emulator.heard(call.sid)[-1] == "say: Back in the menu"
    assert phones.emulator.calls_to(BOB)[0].status == "completed"


async def test_a_caller_who_hangs_up_while_it_rings_stops_the_ringing(phones: Running) -> None:
    phones.emulator.declare(BOB, Person("no-answer"))
    call = await dialled(phones, f"<Dial><Number statusCallback='/progress'>{BOB}</Number></Dial>")
    await phones.emulator.advance(3)
    await phones.emulator.hang_up(call.sid)
    assert phones.emulator.calls_to(BOB)[0].status == "canceled"


async def test_whoever_dials_a_queue_talks_with_the_first_who_waits(phones: Running) -> None:
    says(phones, "queue", "<Say>After the queue</Say>")
    first = await dialled(phones, "<Enqueue action='/queue'>sales</Enqueue>")
    second = await phones.emulator.dial("+48601000002", OURS)
    await phones.emulator.advance(7)
    leg = await phones.rest.create_call(ANNA, OURS, twiml="<Response><Dial><Queue>sales</Queue></Dial></Response>")
    await phones.emulator.advance(5)
    await phones.emulator.say(leg.sid, "Good morning")
    assert phones.emulator.heard(first.sid) == ["music: hold music", f"{ANNA}: Good morning"]
    assert phones.emulator.heard(second.sid) == ["music: hold music"]
    await phones.emulator.hang_up(leg.sid)
    assert (told(phones, "queue")["QueueResult"], told(phones, "queue")["QueueTime"]) == ("bridged", "10")
    assert phones.emulator.heard(first.sid)[-1] == "say: After the queue"


async def test_a_wait_document_leaves_the_queue_gathers_keys_and_is_told_the_position(phones: Running) -> None:
    says(
        phones,
        "wait",
        "<Gather numDigits='1' timeout='3' action='/pressed'><Say>Press 1 to be called back</Say></Gather>",
    )
    says(phones, "pressed", "<Leave/>")
    says(phones, "queue", "<Say>We shall call you</Say>")
    call = await dialled(phones, "<Enqueue waitUrl='/wait' action='/queue'>sales</Enqueue>")
    await phones.emulator.advance(12)
    assert [(one["QueuePosition"], one["QueueTime"]) for one in phones.centre.of("wait")] == [
        ("1", "0"),
        ("1", "5"),
        ("1", "9"),
    ]
    await phones.emulator.press(call.sid, "1")
    assert told(phones, "queue")["QueueResult"] == "leave"
    assert phones.emulator.heard(call.sid)[-1] == "say: We shall call you"


async def test_a_wait_document_that_takes_no_time_is_not_asked_for_in_a_whirl(phones: Running) -> None:
    says(phones, "wait", "")
    await dialled(phones, "<Enqueue waitUrl='/wait'>sales</Enqueue>")
    await phones.emulator.advance(10)
    assert len(phones.centre.of("wait")) == 11


async def test_a_queue_that_is_full_says_so(phones: Running) -> None:
    says(phones, "queue", "<Say>Too many callers</Say>")
    await dialled(phones, "<Enqueue maxQueueSize='1' action='/queue'>sales</Enqueue>")
    second = await phones.emulator.dial("+48601000002", OURS)
    assert told(phones, "queue")["QueueResult"] == "queue-full"
    assert phones.emulator.heard(second.sid) == ["say: Too many callers"]


async def test_a_conference_waits_for_whoever_starts_it_and_ends_with_whoever_ends_it(phones: Running) -> None:
    says(phones, "wait", "<Say>The conference will start soon</Say><Pause length='10'/>")
    guest = await dialled(
        phones,
        "<Dial><Conference startConferenceOnEnter='false' waitUrl='/wait'>board</Conference></Dial>"
        "<Say>It is over</Say>",
    )
    guest_too = await phones.emulator.dial("+48601000002", OURS)
    await phones.emulator.advance(1)
    assert phones.emulator.heard(guest.sid)[0] == "say: The conference will start soon"
    says(
        phones,
        "voice",
        "<Dial><Conference endConferenceOnExit='true' record='record-from-start'>board</Conference></Dial>",
    )
    chair = await phones.emulator.dial("+48601000003", OURS)
    await phones.emulator.say(chair.sid, "Welcome all")
    for one in (guest, guest_too):
        assert phones.emulator.heard(one.sid)[-1] == "+48601000003: Welcome all"
    await phones.emulator.advance(30)
    await phones.emulator.hang_up(chair.sid)
    assert phones.emulator.heard(guest.sid)[-1] == "say: It is over"
    [conference] = phones.emulator.world.conferences.values()
    assert conference.reason == "participant-with-end-conference-on-exit-left"
    [recording] = phones.emulator.world.recordings.values()
    assert (recording.status, recording.lines) == ("completed", ["+48601000003: Welcome all"])


async def test_a_muted_participant_is_not_heard_and_one_put_out_goes_on_with_the_document(phones: Running) -> None:
    guest = await dialled(phones, "<Dial><Conference muted='true'>board</Conference></Dial><Say>You left</Say>")
    leg = await phones.rest.add_participant("board", ANNA, OURS, label="anna")
    await phones.emulator.advance(5)
    await phones.emulator.say(guest.sid, "Can you hear me")
    assert phones.emulator.heard(leg.call) == []
    await phones.rest.update_participant(leg.conference, guest.sid, muted=False)
    await phones.emulator.say(guest.sid, "And now?")
    assert phones.emulator.heard(leg.call) == [f"{CUSTOMER}: And now?"]
    await phones.rest.remove_participant(leg.conference, guest.sid)
    await phones.emulator.settle()
    assert phones.emulator.heard(guest.sid)[-1] == "say: You left"
    await phones.emulator.hang_up(guest.sid)
    left = await dialled(phones, "<Dial action='/dialled'><Conference>board</Conference></Dial>")
    await phones.emulator.advance(7)
    await phones.emulator.hang_up(left.sid)
    end = told(phones, "dialled")
    assert (end["DialCallStatus"], end["DialCallDuration"], end["CallStatus"]) == ("answered", "7", "completed")


async def test_an_announcement_is_heard_by_all_in_the_conference(phones: Running) -> None:
    says(phones, "announce", "<Say>This call is recorded</Say>")
    guest = await dialled(phones, "<Dial><Conference beep='false'>board</Conference></Dial>")
    leg = await phones.rest.add_participant("board", ANNA, OURS)
    await phones.emulator.advance(5)
    await phones.rest.announce(leg.conference, phones.centre.base + "/announce")
    await phones.emulator.settle()
    for sid in (guest.sid, leg.call):
        assert phones.emulator.heard(sid)[-1] == "say: This call is recorded"


async def test_a_sound_file_as_an_answer_is_played(phones: Running) -> None:
    phones.centre.script["voice"] = lambda told: Response(b"RIFF", media_type="audio/wav")
    call = await phones.emulator.dial(CUSTOMER, OURS)
    assert phones.emulator.heard(call.sid) == [f"play: {phones.at.of('voice')}"]


async def test_asynchronous_machine_detection_is_told_beside_the_call(phones: Running) -> None:
    phones.emulator.declare(CUSTOMER, Person("machine"))
    import httpx2

    form = {
        "To": CUSTOMER, "From": OURS, "Twiml": "<Response><Pause length='30'/></Response>",
        "MachineDetection": "DetectMessageEnd", "AsyncAmd": "true", "AsyncAmdStatusCallback": phones.at.of("progress"),
    }  # fmt: skip
    world = phones.emulator.world
    async with httpx2.AsyncClient(
        base_url=phones.base, auth=(world.account_sid, world.auth_token), timeout=60
    ) as client:
        await client.post(f"/2010-04-01/Accounts/{world.account_sid}/Calls.json", data=form)
    await phones.emulator.advance(10)
    assert told(phones, "progress")["AnsweredBy"] == "machine_end_beep"


async def test_a_call_lasts_no_longer_than_it_may_and_people_hang_up_when_they_do(phones: Running) -> None:
    endless = "<Response><Play loop='0'>https://sounds.example.org/a.mp3</Play></Response>"
    limited = await phones.rest.create_call(CUSTOMER, OURS, twiml=endless, longest=60)
    phones.emulator.declare(BOB, Person("answers", talks=5))
    short = await phones.rest.create_call(BOB, OURS, twiml=endless)
    await phones.emulator.advance(120)
    assert (
        (await phones.rest.fetch_call(limited.sid)).duration,
        (await phones.rest.fetch_call(short.sid)).duration,
    ) == (60, 5)


async def test_the_clock_moves_only_when_told_and_everything_due_has_then_been_done(phones: Running) -> None:
    phones.emulator.fault(Fault("webhook", "late", "/progress", seconds=3600))
    began = phones.emulator.world.now
    await dialled(phones, "<Say>Hello</Say>")
    assert phones.emulator.world.now == began
    await phones.emulator.advance(3599)
    assert phones.centre.of("progress") == []
    await phones.emulator.advance(10)
    assert [one["CallStatus"] for one in phones.centre.of("progress")] == ["completed"]
