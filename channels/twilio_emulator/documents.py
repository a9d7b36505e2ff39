"""TwiML read: elements, their attributes, and what Twilio would complain about. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree

from channels.twilio.errors import Code

_LARGEST: Final = 64 * 1024

#: Element → attributes it has, and elements it may hold.
_SPOKEN: Final = frozenset({"Say", "Play", "Pause"})
_CALLBACK: Final = frozenset({"statusCallback", "statusCallbackEvent", "statusCallbackMethod"})
_RECORDING: Final = frozenset({
    "recordingStatusCallback", "recordingStatusCallbackEvent", "recordingStatusCallbackMethod", "trim",
})  # fmt: skip
ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "Say": frozenset({"voice", "loop", "language"}),
    "Play": frozenset({"loop", "digits"}),
    "Pause": frozenset({"length"}),
    "Gather": frozenset({
        "action", "method", "input", "timeout", "numDigits", "finishOnKey", "language", "hints", "speechTimeout",
        "speechModel", "profanityFilter", "actionOnEmptyResult", "bargeIn", "enhanced", "maxSpeechTime",
        "partialResultCallback", "partialResultCallbackMethod", "debug",
    }),
    "Enqueue": frozenset({"action", "method", "waitUrl", "waitUrlMethod", "maxQueueSize", "workflowSid"}),
    "Leave": frozenset(),
    "Dial": frozenset({
        "action", "method", "timeout", "timeLimit", "hangupOnStar", "callerId", "answerOnBridge", "record", "ringTone",
        "sequential", *_RECORDING,
    }),
    "Conference": frozenset({
        "muted", "beep", "startConferenceOnEnter", "endConferenceOnExit", "waitUrl", "waitMethod", "maxParticipants",
        "participantLabel", "coach", "record", "region", "jitterBufferSize", "eventCallbackUrl",
        *_CALLBACK, *_RECORDING,
    }),
    "Number": frozenset({"url", "method", "sendDigits", "byoc", *_CALLBACK}),
    "Sip": frozenset({"url", "method", "username", "password", *_CALLBACK}),
    "Client": frozenset({"url", "method", *_CALLBACK}),
    "Queue": frozenset({"url", "method"}),
    "Record": frozenset({
        "action", "method", "timeout", "finishOnKey", "maxLength", "playBeep", "transcribe", "transcribeCallback",
        *_RECORDING,
    }),
    "Redirect": frozenset({"method"}),
    "Hangup": frozenset(),
    "Reject": frozenset({"reason"}),
    "Message": frozenset({"to", "from", "action", "method", "statusCallback"}),
    "Body": frozenset(),
    "Media": frozenset(),
}  # fmt: skip
CHILDREN: Final[dict[str, frozenset[str]]] = {
    "Gather": _SPOKEN,
    "Dial": frozenset({"Conference", "Number", "Sip", "Client", "Queue"}),
    "Message": frozenset({"Body", "Media"}),
}
VOICE: Final = _SPOKEN | {"Gather", "Enqueue", "Leave", "Dial", "Record", "Redirect", "Hangup", "Reject"}
MESSAGING: Final = frozenset({"Message", "Redirect"})
#: What a person may hear while waiting: in a queue, and (no keys there) for a conference.
QUEUE_WAIT: Final = _SPOKEN | {"Gather", "Redirect", "Leave", "Hangup"}
CONFERENCE_WAIT: Final = _SPOKEN | {"Redirect"}


class BadDocument(Exception):
    """A document that Twilio does not run: its error code and why."""

    def __init__(self, code: Code, why: str) -> None:
        self.code = code
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Node:
    """One element."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    text: str = ""
    children: tuple[Node, ...] = ()

    def number(self, name: str, default: float) -> float:
        """A number of seconds or the like; `default` where there is none or it is no number."""
        value = self.attributes.get(name, "")
        return float(value) if value.isascii() and value.isdigit() and len(value) < 8 else default

    def flag(self, name: str, default: bool) -> bool:
        value = self.attributes.get(name, "").lower()
        return value == "true" if value in ("true", "false") else default

    def words(self, name: str, default: str = "") -> frozenset[str]:
        return frozenset(self.attributes.get(name, default).split())


@dataclass(frozen=True, slots=True)
class Document:
    """The elements to run, and what was left out with the reasons why."""

    nodes: tuple[Node, ...]
    warnings: tuple[str, ...] = ()


def read(body: bytes | str, allowed: frozenset[str] = VOICE) -> Document:
    """The document in `body`. Raises `BadDocument`. What is not `allowed` is left out with a warning."""
    content = body.encode() if isinstance(body, str) else body
    if len(content) > _LARGEST:
        raise BadDocument(Code.DOCUMENT_NOT_PARSED, f"the document is larger than {_LARGEST} bytes")
    if not content.strip():
        return Document(())
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadDocument(Code.DOCUMENT_NOT_PARSED, "the document declares a type or entities")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise BadDocument(Code.DOCUMENT_NOT_PARSED, f"the document is no XML: {error}") from error
    if root.tag != "Response":
        raise BadDocument(Code.DOCUMENT_NOT_PARSED, f"the document's root is {root.tag}, not Response")
    warnings: list[str] = []
    return Document(_nodes(root, allowed, "Response", warnings), tuple(warnings))


def _nodes(
    parent: ElementTree.Element[str], allowed: frozenset[str], within: str, warnings: list[str]
) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for element in parent:
        if element.tag not in allowed:
            warnings.append(f"{element.tag} is not allowed within {within}")
            continue
        known = ATTRIBUTES[element.tag]
        warnings.extend(f"{element.tag} has no attribute {name}" for name in element.attrib if name not in known)
        children = _nodes(element, CHILDREN.get(element.tag, frozenset()), element.tag, warnings)
        kept = {name: value for name, value in element.attrib.items() if name in known}
        nodes.append(Node(element.tag, kept, (element.text or "").strip(), children))
    return tuple(nodes)
