"""Reports of failed delivery: RFC 3464 where they follow it, flufl.bounce's collection where they do not."""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Callable
from email.message import Message
from typing import Final, Literal

from flufl.bounce import all_failures as _all_failures  # pyright: ignore[reportUnknownVariableType]

from channels.email.charset import decode
from channels.email.header import Headers, read_headers
from channels.email.ids import first_id
from channels.email.limits import MAX_BOUNCED
from channels.email.mime import Part
from channels.email.model import Address, Bounce, BouncedRecipient, Fault
from channels.email.words import decode_words

_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
#: flufl.bounce walks the standard library's tree of the mail; what is larger than this is no bounce it knows.
_MAX_HEURISTIC_BYTES: Final = 256 * 1024
_MAX_HEURISTIC_PARTS: Final = 50
_SUBJECTS: Final = re.compile(
    r"(undeliver|delivery (status|fail|has failed|problem)|mail delivery|returned mail|failure notice|non[- ]?remis"
    r"|échec de|message non distribué|unzustellbar|nie dostarczono|niedostarcz|zwrot wiadomości|недоставлен"
    r"|не доставлен|delivery notification)",
    re.IGNORECASE,
)
_QUOTED_ID: Final = re.compile(rb"^[> \t]{0,8}Message-I[Dd]:\s{0,4}(<[^<>\s]{1,500}>)", re.MULTILINE)
_SENDERS: Final = ("mailer-daemon", "mail-daemon", "mailerdaemon", "postmaster")

#: Untyped upstream: temporary and permanent failures of a message.
_failures: Final[Callable[[Message], tuple[frozenset[bytes], frozenset[bytes]]]] = _all_failures  # pyright: ignore[reportUnknownVariableType]

# flufl.bounce reports every detector it tries; that is of no use in our logs.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)


def find_bounce(root: Part, sender: Address | None, subject: str, raw: bytes, faults: list[Fault]) -> Bounce | None:
    """What a bounce says, or None when the mail is none. Success receipts are none either."""
    status_part = next((part for part in root.walk() if part.content_type == "message/delivery-status"), None)
    if status_part is not None:
        return _from_status(root, status_part, faults)
    if _looks_like_bounce(root, sender, subject):
        return _from_heuristics(root, raw, faults)
    return None


def _from_status(root: Part, part: Part, faults: list[Fault]) -> Bounce | None:
    blocks = _blocks(part.content(faults), part.path)
    recipients = tuple(filter(None, map(_recipient, blocks)))[:MAX_BOUNCED]
    if not recipients:
        return None
    server = _after_type(blocks[0].first("Reporting-MTA")) if blocks else ""
    return Bounce(recipients, _original_id(root, faults), server[:255])


def _blocks(content: bytes, path: str) -> list[Headers]:
    """The groups of fields, separated by blank lines: first of the message, then of each recipient."""
    blocks: list[Headers] = []
    position = 0
    while position < len(content) and len(blocks) <= MAX_BOUNCED:
        headers, following, _ = read_headers(content, position, len(content), path)
        if headers.names():
            blocks.append(headers)
        if following <= position:
            break
        position = following
    return blocks


def _recipient(block: Headers) -> BouncedRecipient | None:
    action = block.first("Action").partition(" ")[0].partition(";")[0].strip().lower()
    address = _after_type(block.first("Original-Recipient") or block.first("Final-Recipient"))
    if not address or not action.startswith(("fail", "error", "delay")):
        return None
    diagnostic = decode_words(_after_type(block.first("Diagnostic-Code")))
    found = _STATUS.search(block.first("Status")) or _STATUS.search(diagnostic)
    status = found[1] if found else ""
    outcome: Literal["failed", "delayed"] = "delayed" if action.startswith("delay") else "failed"
    permanent = outcome == "failed" and (status[:1] or _class_of(diagnostic) or "5") == "5"
    return BouncedRecipient(address[:320], status, permanent, outcome, diagnostic[:500])


def _class_of(diagnostic: str) -> str:
    match = _REPLY_CODE.search(diagnostic)
    return match[1] if match else ""


def _after_type(value: str) -> str:
    """`rfc822; anna@example.org` and `<anna@example.org>` alike name anna@example.org."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon else kind).strip().strip("<>").strip()


def _looks_like_bounce(root: Part, sender: Address | None, subject: str) -> bool:
    """Whether to ask the heuristics, which would find bounces in letters of people who quote one."""
    if root.headers.has("X-Failed-Recipients"):
        return True
    from_daemon = sender is not None and sender.key.partition("@")[0] in _SENDERS
    null_sender = root.headers.first("Return-Path").strip() == "<>"
    return from_daemon or (null_sender and bool(_SUBJECTS.search(subject)))


def _from_heuristics(root: Part, raw: bytes, faults: list[Fault]) -> Bounce | None:
    text = decode(raw[:_MAX_HEURISTIC_BYTES])[0]
    named = [one.strip() for one in root.headers.first("X-Failed-Recipients").split(",") if "@" in one]
    delayed, failed = ((), named) if named else _flufl(root, raw, faults)
    found = _STATUS.search(text)
    status = found[1] if found else ""
    permanent = (status[:1] or _class_of(text) or "5") == "5"
    recipients = [BouncedRecipient(one, status, permanent, "failed", "") for one in failed]
    recipients += [BouncedRecipient(one, status, False, "delayed", "") for one in delayed]
    if not recipients:
        return None
    return Bounce(tuple(recipients[:MAX_BOUNCED]), _original_id(root, faults), "")


def _flufl(root: Part, raw: bytes, faults: list[Fault]) -> tuple[list[str], list[str]]:
    parts = sum(1 for _ in root.walk())
    if len(raw) > _MAX_HEURISTIC_BYTES or parts > _MAX_HEURISTIC_PARTS:
        faults.append(Fault("bounce", "too large to search for failed recipients by heuristics"))
        return [], []
    try:
        delayed, failed = _failures(email.message_from_bytes(raw))
    except Exception as error:  # noqa: BLE001 - detectors of twenty mail systems over bytes of strangers; noted below
        faults.append(Fault("bounce", f"heuristics failed: {type(error).__name__}"))
        return [], []
    return _sorted(delayed), _sorted(failed)


def _sorted(addresses: frozenset[bytes]) -> list[str]:
    return sorted(address.decode("utf-8", "replace") for address in addresses if b"@" in address)


def _original_id(root: Part, faults: list[Fault]) -> str:
    """The Message-ID of the mail that came back: of the copy that is attached, else what the report answers."""
    for part in root.walk():
        if part.content_type in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"):
            content = part.content(faults)
            headers, _, _ = read_headers(content, 0, len(content), part.path)
            if headers.has("Message-ID"):
                return first_id(headers.first("Message-ID"))
    quoted = _QUOTED_ID.search(root.raw[root.start : root.end][:65536])
    if quoted:
        return quoted[1].decode("utf-8", "replace")
    return first_id(root.headers.first("In-Reply-To")) or first_id(root.headers.first("References"))
