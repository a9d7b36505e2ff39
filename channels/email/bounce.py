"""Reports of failed delivery: RFC 3464 where they follow it, flufl.bounce's collection where they do not."""

from __future__ import annotations

import email
import logging
import re
from collections.abc import Callable
from email.message import Message
from itertools import islice
from typing import Final, Literal

from flufl.bounce import all_failures as _all_failures  # pyright: ignore[reportUnknownVariableType]

from channels.email.charset import decode
from channels.email.header import Headers, read_headers
from channels.email.ids import first_id
from channels.email.limits import MAX_BOUNCED
from channels.email.mime import Part
from channels.email.model import Address, Bounce, BouncedRecipient, Fault
from channels.email.words import decode_words

#: RFC 3463 section 3: subjects are 0 to 7, which tells a status from a version number such as Exim's 4.94.2.
_STATUS: Final = re.compile(r"(?<![\d.])([245]\.[0-7]\.\d{1,3})(?![\d.]\d)")
_REPLY_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
#: What the other server said, as daemons quote it: a reply code (RFC 5321 section 4.2) and words.
_SERVER_SAID: Final = re.compile(
    r"(?:^[ \t]{0,20}|[:>] {1,4}|[(\"'])((?:4[2-7]\d|5[0-7]\d)[ \-]\S.{0,500})", re.MULTILINE
)
#: qmail's own words: `Sorry, no mailbox here by that name. (#5.1.1)`; or a line that begins with a status.
_QMAIL_SAID: Final = re.compile(r"^[ \t]{0,20}(.{0,300}\(#[245]\.[0-7]\.\d{1,3}\))", re.MULTILINE)
_STATUS_LINE: Final = re.compile(r"^[ \t]{0,20}([245]\.[0-7]\.\d{1,3}\b.{0,500})", re.MULTILINE)
_SAID: Final = (_SERVER_SAID, _QMAIL_SAID, _STATUS_LINE)
#: flufl.bounce walks the standard library's tree of the mail; what is larger than this is no bounce it knows.
_MAX_HEURISTIC_BYTES: Final = 256 * 1024
_MAX_HEURISTIC_PARTS: Final = 50
#: Of what a daemon wrote: characters in which the server's words are looked for, and how far behind a recipient.
_MAX_WORDS: Final = 20_000
_NEAR: Final = 2_000
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
    status = _most_telling(block.first("Status"), diagnostic)
    outcome: Literal["failed", "delayed"] = "delayed" if action.startswith("delay") else "failed"
    permanent = outcome == "failed" and (status[:1] or _class_of(diagnostic) or "5") == "5"
    return BouncedRecipient(address[:320], status, permanent, outcome, diagnostic[:500])


def _most_telling(written: str, diagnostic: str) -> str:
    """The status as reported; where that says no more than failed (5.0.0), what the other server said."""
    reported, said = _STATUS.search(written), _STATUS.search(diagnostic)
    if reported is None:
        return said[1] if said else ""
    vague = reported[1].endswith(".0.0") and said is not None and said[1][0] == reported[1][0]
    return said[1] if vague and said else reported[1]


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
    named = [one.strip() for one in root.headers.first("X-Failed-Recipients").split(",") if "@" in one]
    delayed, failed = ((), named) if named else _flufl(root, raw, faults)
    told: dict[str, Literal["failed", "delayed"]] = {
        **dict.fromkeys(delayed, "delayed"),
        **dict.fromkeys(failed, "failed"),
    }
    if not told:
        return None
    text = _words(root)
    lowered, anywhere = text.lower(), _said_in(text[:_MAX_WORDS])
    recipients: list[BouncedRecipient] = []
    for address, outcome in islice(told.items(), MAX_BOUNCED):
        at = lowered.find(address.lower())
        near = _said_in(text[at : at + _NEAR]) if at >= 0 else ""
        recipients.append(_told_of(address, near or anywhere, outcome))
    return Bounce(tuple(recipients), _original_id(root, faults), "")


def _words(root: Part) -> str:
    """What the daemon wrote to people. Headers are not searched: numbers of versions look like status codes."""
    for part in root.walk():
        if not part.children and part.content_type == "text/plain":
            return decode(part.content([])[:_MAX_HEURISTIC_BYTES], part.parameters.get("charset", ""))[0]
    return ""


def _said_in(text: str) -> str:
    match = next(filter(None, (one.search(text) for one in _SAID)), None)
    return " ".join(match[1].split())[:500] if match else ""


def _told_of(address: str, reason: str, outcome: Literal["failed", "delayed"]) -> BouncedRecipient:
    found = _STATUS.search(reason)
    status = found[1] if found else ""
    permanent = outcome == "failed" and (status[:1] or _class_of(reason) or "5") == "5"
    return BouncedRecipient(address[:320], status, permanent, outcome, reason)


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
