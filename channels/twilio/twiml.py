"""TwiML: what Twilio is told to do with a call or a text, from small dataclasses. Pure.

A field's name is the attribute's in our spelling (`num_digits` is `numDigits`); a field that is None is left out, so
Twilio's own default holds. Attribute names and nesting follow Twilio's TwiML reference; a test holds them against the
names that the library knows. The library's own builder is not used: it lets characters through that no XML may have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, Final, Literal
from xml.etree import ElementTree

#: What XML 1.0 cannot hold, whatever the escaping.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Twilio's bound for a document.
MAX_DOCUMENT: Final = 64 * 1024
HttpMethod = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One element, called like its class or `element_name`. `text_field` names the field that is its text,
    `children_field` the one that is nested in it.
    """

    element_name: ClassVar[str] = ""
    text_field: ClassVar[str] = ""
    children_field: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Verb):
    """Read `text` aloud, `loop` times (0: for ever). At most 4,096 characters."""

    text_field: ClassVar[str] = "text"
    text: str
    language: str | None = None
    voice: str | None = None
    loop: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play(Verb):
    """Play the sound at `url`, `loop` times (0: for ever), or the `digits` as tones."""

    text_field: ClassVar[str] = "url"
    url: str | None = None
    loop: int | None = None
    digits: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Verb):
    """Silence for `length` seconds."""

    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather(Verb):
    """Collect keys or speech while `prompts` are heard, then ask `action`. Times in seconds."""

    children_field: ClassVar[str] = "prompts"
    prompts: tuple[Say | Play | Pause, ...] = ()
    action: str | None = None
    method: HttpMethod | None = None
    input: Literal["dtmf", "speech", "dtmf speech"] | None = None
    timeout: int | None = None
    num_digits: int | None = None
    finish_on_key: str | None = None
    language: str | None = None
    hints: str | None = None
    speech_timeout: str | None = None
    speech_model: str | None = None
    profanity_filter: bool | None = None
    action_on_empty_result: bool | None = None
    barge_in: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueue(Verb):
    """Wait in the queue `name`, hearing what `wait_url` says over and over; then ask `action`."""

    text_field: ClassVar[str] = "name"
    name: str
    action: str | None = None
    method: HttpMethod | None = None
    wait_url: str | None = None
    wait_url_method: HttpMethod | None = None
    max_queue_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Verb):
    """Leave the queue and go on after the Enqueue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference(Verb):
    """A conference of this `name`. `wait_url=''`: silence until it starts. `coach`: the leg that alone is spoken to."""

    text_field: ClassVar[str] = "name"
    name: str
    muted: bool | None = None
    beep: Literal["true", "false", "onEnter", "onExit"] | None = None
    start_conference_on_enter: bool | None = None
    end_conference_on_exit: bool | None = None
    wait_url: str | None = None
    wait_method: HttpMethod | None = None
    max_participants: int | None = None
    participant_label: str | None = None
    coach: str | None = None
    record: Literal["do-not-record", "record-from-start"] | None = None
    recording_status_callback: str | None = None
    recording_status_callback_event: str | None = None
    status_callback: str | None = None
    status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Verb):
    """A telephone. `url`: what the called person hears before being connected."""

    text_field: ClassVar[str] = "number"
    number: str
    url: str | None = None
    method: HttpMethod | None = None
    send_digits: str | None = None
    status_callback: str | None = None
    status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sip(Verb):
    """A SIP address, `sip:` and on."""

    text_field: ClassVar[str] = "address"
    address: str
    url: str | None = None
    username: str | None = None
    password: str | None = None
    status_callback: str | None = None
    status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(Verb):
    """A browser or application that registered under `identity`."""

    text_field: ClassVar[str] = "identity"
    identity: str
    url: str | None = None
    status_callback: str | None = None
    status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue(Verb):
    """The first who waits in the queue `name`. `url`: what the waiting person hears before being connected."""

    text_field: ClassVar[str] = "name"
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial(Verb):
    """Connect the call to `to`, then ask `action`. Times in seconds."""

    children_field: ClassVar[str] = "to"
    to: tuple[Conference | Number | Sip | Client | Queue, ...]
    action: str | None = None
    method: HttpMethod | None = None
    timeout: int | None = None
    time_limit: int | None = None
    hangup_on_star: bool | None = None
    caller_id: str | None = None
    answer_on_bridge: bool | None = None
    record: str | None = None
    recording_status_callback: str | None = None
    recording_status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Verb):
    """Record what the caller says (voicemail), then ask `action`. Times in seconds."""

    action: str | None = None
    method: HttpMethod | None = None
    timeout: int | None = None
    finish_on_key: str | None = None
    max_length: int | None = None
    play_beep: bool | None = None
    trim: Literal["trim-silence", "do-not-trim"] | None = None
    recording_status_callback: str | None = None
    recording_status_callback_event: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Verb):
    """Go on with the document at `url`."""

    text_field: ClassVar[str] = "url"
    url: str
    method: HttpMethod | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hangup(Verb):
    """End the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Verb):
    """Do not take the call, which costs nothing then: as busy, or as a number not in service."""

    reason: Literal["busy", "rejected"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Verb):
    """Answer a text with a text. Written `Message`."""

    element_name: ClassVar[str] = "Message"
    text_field: ClassVar[str] = "body"
    body: str
    to: str | None = None
    action: str | None = None


def render(verbs: Sequence[Verb]) -> str:
    """The document for `verbs`, in order. No verbs: the call ends, a text is not answered.

    Raises `ValueError` when it is longer than Twilio reads.
    """
    root = ElementTree.Element("Response")
    root.extend(map(_element, verbs))
    document = '<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(root, encoding="unicode")
    if len(document.encode()) > MAX_DOCUMENT:
        raise ValueError(f"the document is longer than {MAX_DOCUMENT} bytes")
    return document


def _element(verb: Verb) -> ElementTree.Element[str]:
    element = ElementTree.Element(verb.element_name or type(verb).__name__)
    for one in fields(verb):
        value: object = getattr(verb, one.name)
        if value is None:
            continue
        if one.name == verb.text_field:
            element.text = _NOT_XML.sub("", str(value))
        elif one.name == verb.children_field:
            element.extend(map(_element, getattr(verb, one.name)))
        else:
            element.set(_camel(one.name), _written(value))
    return element


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else _NOT_XML.sub("", str(value))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
