"""Signs that no person wrote a mail (RFC 3834), each with the words that gave it away.

`X-Auto-Response-Suppress` is none: Outlook and many programs put it on mails of people. It only supports
a subject that already says "out of office".
"""

from __future__ import annotations

import re
from typing import Final

from channels.email.header import Headers
from channels.email.mime import Part
from channels.email.model import Address, Automatic, AutomaticKind, ListInfo

_LIST_HEADERS: Final = (
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Owner",
    "Mailing-List",
    "X-Mailing-List",
    "X-BeenThere",
)
#: Headers that only automatic answers bear, and what their presence means.
_RESPONDER_HEADERS: Final = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Autoreply-From",
    "X-Auto-Reply-From",
    "X-Mail-Autoreply",
    "X-AutoReply-Sender",
)
_MACHINE_LOCAL_PARTS: Final = frozenset({"mailer-daemon", "mail-daemon", "mailerdaemon", "postmaster"})
_PRECEDENCE: Final[dict[str, AutomaticKind]] = {
    "auto_reply": "replied",
    "bulk": "bulk",
    "junk": "bulk",
    "list": "bulk",
}
_AWAY: Final = re.compile(
    r"(auto(matic)?[ -]?reply|auto[ -]?response|automatic response|out of (the )?office|on vacation|away from"
    r"|réponse automatique|absence|absent du bureau|automatische antwort|abwesen"
    r"|automatyczna odpowiedź|odpowiedź automatyczna|autoodpowiedź|nieobecność|poza biurem"
    r"|автоответ|автоматический ответ|вне офиса|нет на месте|respuesta automática|risposta automatica"
    r"|automatisch antwoord)",
    re.IGNORECASE,
)
_NO_REPLY: Final = re.compile(r"(no|do[-_.]?not)[-_.]?reply([-_.+].*)?", re.IGNORECASE)


def find_automatic(root: Part, sender: Address | None, subject: str) -> Automatic | None:
    """The strongest sign that a machine sent this mail, or None when a person may have."""
    headers = root.headers
    return (
        _by_report_type(root)
        or _by_auto_submitted(headers)
        or _by_responder_headers(headers)
        or _by_precedence(headers)
        or _by_sender(headers, sender)
        or _by_loop_mark(headers)
        or _by_subject(headers, sender, subject)
    )


def find_list(headers: Headers) -> ListInfo | None:
    """The mailing list a mail came through. List-Unsubscribe alone is bulk mail, not a list (RFC 2369)."""
    for name in _LIST_HEADERS:
        value = headers.first(name)
        if value and not (name == "List-Post" and value.upper() == "NO"):
            identity = re.search(r"<([^<>]{1,200})>", headers.first("List-Id") or value)
            return ListInfo((identity[1] if identity else headers.first("List-Id") or value)[:200].lower(), name)
    return None


def return_path_of(headers: Headers) -> str | None:
    """The envelope sender as the last server wrote it: "" for the null sender `<>`, None where it is not told."""
    if not headers.has("Return-Path"):
        return None
    return headers.first("Return-Path").strip("<> ")[:320]


def _by_report_type(root: Part) -> Automatic | None:
    if root.content_type == "multipart/report" or root.parameters.get("report-type"):
        kind = root.parameters.get("report-type", "").lower()
        if kind in ("disposition-notification", "delivery-status"):
            return Automatic("receipt", f"Content-Type: multipart/report; report-type={kind}")
    for part in root.children:
        if part.content_type == "message/disposition-notification":
            return Automatic("receipt", "message/disposition-notification (RFC 8098)")
    return None


def _by_auto_submitted(headers: Headers) -> Automatic | None:
    value = headers.first("Auto-Submitted")
    keyword = value.partition(";")[0].partition("(")[0].strip().lower()
    if not keyword or keyword == "no":
        return None
    kinds: dict[str, AutomaticKind] = {"auto-replied": "replied", "auto-notified": "notified"}
    return Automatic(kinds.get(keyword, "generated"), f"Auto-Submitted: {value[:60]}")


def _by_responder_headers(headers: Headers) -> Automatic | None:
    for name in _RESPONDER_HEADERS:
        value = headers.first(name)
        if headers.has(name) and value.lower() not in ("no", "false", "0"):
            return Automatic("replied", f"{name}: {value[:60]}".rstrip(": "))
    if headers.first("X-FC-MachineGenerated").lower() == "true":
        return Automatic("generated", "X-FC-MachineGenerated: true")
    if "autoresponder" in headers.first("X-POST-MessageClass").lower():
        return Automatic("replied", f"X-POST-MessageClass: {headers.first('X-POST-MessageClass')[:60]}")
    return None


def _by_precedence(headers: Headers) -> Automatic | None:
    for name in ("Precedence", "X-Precedence"):
        value = headers.first(name).strip().lower()
        if value in _PRECEDENCE:
            return Automatic(_PRECEDENCE[value], f"{name}: {value}")
    return None


def _by_sender(headers: Headers, sender: Address | None) -> Automatic | None:
    if return_path_of(headers) == "":
        return Automatic("replied", "Return-Path: <> (null sender)")
    local = sender.key.partition("@")[0] if sender else ""
    if local in _MACHINE_LOCAL_PARTS:
        return Automatic("generated", f"From: {local}@")
    return None


def _by_loop_mark(headers: Headers) -> Automatic | None:
    """X-Loop is set by programs that answer or forward by rule, to recognise their own mail."""
    if headers.has("X-Loop"):
        return Automatic("suspected", f"X-Loop: {headers.first('X-Loop')[:60]}")
    return None


def _by_subject(headers: Headers, sender: Address | None, subject: str) -> Automatic | None:
    """A telling subject counts only with something else beside it: people too write about their absence."""
    match = _AWAY.match(subject.strip())
    if match is None:
        return None
    if headers.has("X-Auto-Response-Suppress"):
        return Automatic("suspected", f"subject {match[0]!r} with X-Auto-Response-Suppress")
    if headers.first("In-Reply-To") or headers.first("References"):
        return Automatic("suspected", f"subject {match[0]!r} not marked as a reply, on a mail that is one")
    if sender and _NO_REPLY.fullmatch(sender.key.partition("@")[0]):
        return Automatic("suspected", f"subject {match[0]!r} from {sender.key.partition('@')[0]}@")
    return None
