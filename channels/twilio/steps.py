"""The voice channel's steps as TwiML, and the addresses under which Twilio asks and tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

from channels.twilio import twiml
from channels.voice import control

#: What Twilio asks or tells, one path each below the webhooks' base.
Topic = Literal["voice", "gathered", "hearing", "queue", "dialled", "recorded", "progress", "conference", "recording"]
TOPICS: Final[tuple[Topic, ...]] = (
    "voice", "gathered", "hearing", "queue", "dialled", "recorded", "progress", "conference", "recording",
)  # fmt: skip
_ROOM: Final = re.compile(r"[\w-]{1,64}", re.ASCII)
_LONGEST_WORD: Final = 200
_LONGEST_SPEECH: Final = 4096
CALL_EVENTS: Final = "initiated ringing answered completed"
CONFERENCE_EVENTS: Final = "start end join leave mute hold"
RECORDING_EVENTS: Final = "in-progress completed absent"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where Twilio reaches us. `base`: public URL, for example `https://calls.example.org/twilio`.

    An address is `{base}/{topic}?then=…&mark=…`; both come back as they were given.
    """

    base: str

    def of(self, topic: Topic, *, then: str = "", mark: str = "") -> str:
        """The address for `topic`. Raises `ValueError` for words that are too long."""
        if len(then) > _LONGEST_WORD or len(mark) > _LONGEST_WORD:
            raise ValueError(f"a word that is to come back has at most {_LONGEST_WORD} characters")
        query = {name: word for name, word in (("then", then), ("mark", mark)) if word}
        return f"{self.base.rstrip('/')}/{topic}" + (f"?{urlencode(query)}" if query else "")


def room_name(conversation: str) -> str:
    """The name as it is given to Twilio. Raises `ValueError` for one that would not survive the way."""
    if not _ROOM.fullmatch(conversation):
        raise ValueError("a conversation is named by 1 to 64 letters, digits, - and _")
    return conversation


def document(steps: Sequence[control.Step], addresses: Addresses) -> str:
    """The TwiML of `steps`. Raises `ValueError` for steps that no call can do."""
    refusals = [step for step in steps if isinstance(step, control.Refuse)]
    if refusals and len(steps) > 1:
        raise ValueError("a call that is refused does nothing else")
    return twiml.render([verb for step in steps for verb in _verbs(step, addresses)])


def _verbs(step: control.Step, at: Addresses) -> list[twiml.Verb]:  # noqa: C901 - one case per step
    match step:
        case control.Say() | control.Play() | control.Pause():
            return [_sound(step)]
        case control.Gather():
            return [_gather(step, at)]
        case control.Enqueue():
            hearing = at.of("hearing", then=step.hearing)
            return [twiml.Enqueue(name=step.queue, action=at.of("queue", then=step.then), wait_url=hearing)]
        case control.LeaveQueue():
            return [twiml.Leave()]
        case control.Join():
            return [_join(step, at)]
        case control.Forward():
            return [_forward(step, at)]
        case control.Voicemail():
            return [_voicemail(step, at), twiml.Redirect(url=at.of("recorded", then=step.then))]
        case control.GoOn():
            return [twiml.Redirect(url=at.of("voice", then=step.then))]
        case control.HangUp():
            return [twiml.Hangup()]
        case control.Refuse():
            return [twiml.Reject(reason="busy")]


def _sound(step: control.Say | control.Play | control.Pause) -> twiml.Say | twiml.Play | twiml.Pause:
    match step:
        case control.Say():
            if len(step.text) > _LONGEST_SPEECH:
                raise ValueError(f"what is read aloud has at most {_LONGEST_SPEECH} characters")
            return twiml.Say(text=step.text, language=step.language)
        case control.Play():
            return twiml.Play(url=step.url, loop=step.times if step.times != 1 else None)
        case control.Pause():
            return twiml.Pause(length=step.seconds)


def _gather(step: control.Gather, at: Addresses) -> twiml.Gather:
    """Nothing keyed is a result, too: the action is asked in any case, so no caller falls out of a menu."""
    return twiml.Gather(
        prompts=tuple(map(_sound, step.prompts)),
        action=at.of("gathered", then=step.then),
        input="dtmf speech" if step.speech else "dtmf",
        timeout=step.patience,
        num_digits=step.most,
        finish_on_key=step.finish_on,
        language=step.language if step.speech else None,
        hints=",".join(step.hints) or None,
        speech_timeout="auto" if step.speech else None,
        action_on_empty_result=True,
    )


def _join(step: control.Join, at: Addresses) -> twiml.Dial:
    room = twiml.Conference(
        name=room_name(step.conversation),
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=step.ends,
        wait_url="",
        participant_label=None,
        status_callback=at.of("conference", mark=step.mark),
        status_callback_event=CONFERENCE_EVENTS,
    )
    return twiml.Dial(to=(room,), action=at.of("dialled", then=step.then))


def _forward(step: control.Forward, at: Addresses) -> twiml.Dial:
    told = at.of("progress", mark=step.mark)
    to: twiml.Number | twiml.Sip | twiml.Client
    if step.address.startswith("client:"):
        to = twiml.Client(
            identity=step.address.removeprefix("client:"), status_callback=told, status_callback_event=CALL_EVENTS
        )
    elif step.address.startswith(("sip:", "sips:")):
        to = twiml.Sip(address=step.address, status_callback=told, status_callback_event=CALL_EVENTS)
    else:
        to = twiml.Number(number=step.address, status_callback=told, status_callback_event=CALL_EVENTS)
    action = at.of("dialled", then=step.then)
    return twiml.Dial(to=(to,), action=action, timeout=step.ring, caller_id=step.caller or None)


def _voicemail(step: control.Voicemail, at: Addresses) -> twiml.Record:
    return twiml.Record(
        action=at.of("recorded", then=step.then),
        max_length=step.longest,
        timeout=step.silence,
        finish_on_key=step.finish_on,
        play_beep=True,
        trim="trim-silence",
        recording_status_callback=at.of("recording", mark=step.mark),
        recording_status_callback_event=RECORDING_EVENTS,
    )
