"""TwiML: well-formed whatever stands in it, with the names that Twilio's own library knows."""

from __future__ import annotations

import inspect
from dataclasses import fields
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml import messaging_response, voice_response

from channels.twilio import twiml
from channels.twilio.steps import Addresses, document
from channels.twilio_emulator.documents import ATTRIBUTES, BadDocument, read
from channels.voice import control

AT = Addresses("https://calls.example.org/twilio/")
#: Verb → the library's class for it, or its method where the class takes anything.
LIBRARY = {
    twiml.Say: voice_response.VoiceResponse.say,
    twiml.Play: voice_response.VoiceResponse.play,
    twiml.Pause: voice_response.VoiceResponse.pause,
    twiml.Gather: voice_response.VoiceResponse.gather,
    twiml.Enqueue: voice_response.VoiceResponse.enqueue,
    twiml.Leave: voice_response.VoiceResponse.leave,
    twiml.Dial: voice_response.VoiceResponse.dial,
    twiml.Conference: voice_response.Dial.conference,
    twiml.Number: voice_response.Dial.number,
    twiml.Sip: voice_response.Dial.sip,
    twiml.Client: voice_response.Dial.client,
    twiml.Queue: voice_response.Dial.queue,
    twiml.Record: voice_response.VoiceResponse.record,
    twiml.Redirect: voice_response.VoiceResponse.redirect,
    twiml.Hangup: voice_response.VoiceResponse.hangup,
    twiml.Reject: voice_response.VoiceResponse.reject,
    twiml.Reply: messaging_response.MessagingResponse.message,
}


@pytest.mark.parametrize("verb", LIBRARY, ids=lambda verb: verb.__name__)
def test_every_attribute_of_ours_is_one_that_twilios_library_knows(verb: type[twiml.Verb]) -> None:
    known = set(inspect.signature(LIBRARY[verb]).parameters)
    ours = {one.name for one in fields(verb)} - {verb.text_field, verb.children_field}
    assert ours <= known
    assert {twiml._camel(name) for name in ours} <= ATTRIBUTES[verb.element_name or verb.__name__]


def test_no_verb_is_left_out_of_the_comparison() -> None:
    assert {verb.__name__ for verb in twiml.Verb.__subclasses__()} == {verb.__name__ for verb in LIBRARY}


def test_a_document_is_written_as_twilios_library_writes_it() -> None:
    ours = twiml.render([
        twiml.Gather(prompts=(twiml.Say(text="Press & hold", language="en-GB"),), num_digits=1, action="https://x/?a=1&b=2"),
        twiml.Dial(to=(twiml.Conference(name="room", start_conference_on_enter=False, wait_url=""),), timeout=20),
    ])  # fmt: skip
    theirs = voice_response.VoiceResponse()
    theirs.gather(num_digits=1, action="https://x/?a=1&b=2").say("Press & hold", language="en-GB")
    theirs.dial(timeout=20).conference("room", start_conference_on_enter=False, wait_url="")
    assert ElementTree.canonicalize(ours) == ElementTree.canonicalize(str(theirs))


@given(st.text(), st.text())
def test_whatever_is_to_be_said_makes_a_document_that_can_be_read_again(text: str, language: str) -> None:
    [said] = ElementTree.fromstring(twiml.render([twiml.Say(text=text, language=language)]).encode("utf-8", "replace"))
    assert said.tag == "Say"


def test_a_document_longer_than_twilio_reads_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than"):
        twiml.render([twiml.Say(text="ż" * 40_000)])


def test_what_comes_back_comes_back_as_it_was_given() -> None:
    assert AT.of("gathered", then="menu & more", mark="ż") == (
        "https://calls.example.org/twilio/gathered?then=menu+%26+more&mark=%C5%BC"
    )
    with pytest.raises(ValueError, match="at most 200"):
        AT.of("voice", then="x" * 201)


def test_every_step_becomes_a_document_that_the_emulator_takes_without_a_warning() -> None:
    steps: list[control.Step] = [
        control.Say("Hello"),
        control.Play("https://sounds.example.org/a.mp3", times=2),
        control.Pause(2),
        control.Gather("menu", (control.Say("Press"), control.Pause()), most=1, speech=True, hints=("yes", "no")),
        control.Enqueue("sales", hearing="music", then="left"),
        control.LeaveQueue(),
        control.Join("room-1", then="after", mark="m"),
        control.Forward("+48601234567", "+48221234567", then="f", mark="m"),
        control.Forward("client:anna", "", then="f"),
        control.Forward("sip:anna@example.org", "", then="f"),
        control.Voicemail("mail"),
        control.GoOn("next"),
        control.HangUp(),
    ]
    assert set(map(type, steps)) | {control.Refuse} == set(control.Step.__args__)
    for step in steps:
        taken = read(document([step], AT), frozenset(ATTRIBUTES))
        assert taken.nodes
        assert taken.warnings == ()
    assert read(document([control.Refuse()], AT)).nodes[0].attributes == {"reason": "busy"}


def test_steps_that_no_call_can_do_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="refused does nothing else"):
        document([control.Say("Hello"), control.Refuse()], AT)
    with pytest.raises(ValueError, match="at most 4096"):
        document([control.Say("x" * 4097)], AT)
    with pytest.raises(ValueError, match="conversation is named"):
        document([control.Join("../../Accounts", then="x")], AT)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<Response><Say>Hello</Response>", "no XML"),
        ("<Answer/>", "root is Answer"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Response/>', "declares"),
        (" " * 70_000, "larger"),
    ],
)
def test_the_emulator_refuses_a_document_that_twilio_would(text: str, why: str) -> None:
    with pytest.raises(BadDocument, match=why):
        read(text)


def test_the_emulator_warns_of_what_twilio_would_ignore() -> None:
    taken = read('<Response><Sing/><Say volume="11">Hello<Play/></Say><Gather><Hangup/></Gather></Response>')
    assert [node.name for node in taken.nodes] == ["Say", "Gather"]
    assert taken.warnings == (
        "Sing is not allowed within Response",
        "Say has no attribute volume",
        "Play is not allowed within Say",
        "Hangup is not allowed within Gather",
    )
