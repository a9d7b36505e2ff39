"""Which parts of a mail are its text, its HTML and its attachments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from channels.email.charset import decode
from channels.email.filename import safe_filename
from channels.email.header import read_headers
from channels.email.html import html_to_text, sanitise
from channels.email.limits import MAX_ATTACHMENTS, MAX_TEXT
from channels.email.mime import Part
from channels.email.model import Attachment, Fault
from channels.email.words import decode_words

_READABLE: Final = ("text/plain", "text/html")


@dataclass(slots=True)
class Body:
    """Text, harmless HTML and attachments of a mail."""

    texts: list[str] = field(default_factory=list[str])
    htmls: list[str] = field(default_factory=list[str])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    text: str = ""
    html: str = ""


def read_body(root: Part, faults: list[Fault]) -> Body:
    """Everything readable in order of appearance; the rest as attachments, at most `MAX_ATTACHMENTS`."""
    body = Body()
    faults.extend(_sealed(root))
    for part in _leaves(root):
        if _is_text(part):
            _add_text(body, part, faults)
        elif len(body.attachments) < MAX_ATTACHMENTS:
            body.attachments.append(_attachment(part, len(body.attachments) + 1, faults))
        else:
            faults.append(Fault(part.path, f"more than {MAX_ATTACHMENTS} attachments, the rest was left out"))
            break
    body.html = _harmless("<hr>".join(body.htmls), faults)
    text = "\n\n".join(body.texts) if any(one.strip() for one in body.texts) else html_to_text("<hr>".join(body.htmls))
    body.text = _bounded(text, faults)
    return body


def _leaves(part: Part) -> Iterator[Part]:
    if part.children:
        for child in part.children:
            yield from _leaves(child)
    elif part.end > part.start or part.filename:
        yield part


def _sealed(root: Part) -> Iterator[Fault]:
    """Parts that only the receiver's own key opens (RFC 8551 section 3.3, RFC 3156 section 4): kept as they came."""
    for part in root.walk():
        smime = part.content_type in ("application/pkcs7-mime", "application/x-pkcs7-mime")
        if smime and part.parameters.get("smime-type", "").lower() in ("enveloped-data", "authenveloped-data", ""):
            yield Fault(part.path, "encrypted by S/MIME: kept as an attachment, not read")
        elif part.content_type == "multipart/encrypted":
            yield Fault(part.path, "encrypted by PGP: kept as attachments, not read")


def _is_text(part: Part) -> bool:
    if part.content_type not in _READABLE or part.disposition == "attachment":
        return False
    return not part.filename


def _add_text(body: Body, part: Part, faults: list[Fault]) -> None:
    text, fault = decode(part.content(faults), part.parameters.get("charset", ""))
    if fault:
        faults.append(Fault(part.path, fault))
    if part.content_type == "text/html":
        body.htmls.append(text)
        return
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, part.parameters.get("delsp", "").lower() == "yes")
    body.texts.append(text)


def unflowed(text: str, delsp: bool) -> str:
    """Paragraphs put together again (RFC 3676): a space at a line's end means that it goes on."""
    lines: list[str] = []
    flowing = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        bare = line[1:] if line.startswith(" ") else line
        if flowing and not quoted and not lines[-1].startswith(">"):
            lines[-1] = (lines[-1][:-1] if delsp else lines[-1]) + bare
        else:
            lines.append(bare)
        flowing = line.endswith(" ") and line != "-- "
    return "\n".join(lines)


def _attachment(part: Part, number: int, faults: list[Fault]) -> Attachment:
    content = part.content(faults)
    name = part.filename
    if not name and part.content_type == "message/rfc822":
        headers, _, _ = read_headers(content, 0, len(content), part.path)
        subject = decode_words(headers.first("Subject"))
        name = f"{subject[:80]}.eml" if subject else ""
    content_id = part.headers.first("Content-ID").strip("<> ")[:200] or None
    inline = content_id is not None and part.disposition != "attachment" and part.content_type.startswith("image/")
    return Attachment(safe_filename(name, part.content_type, number), part.content_type, content, content_id, inline)


def _harmless(html: str, faults: list[Fault]) -> str:
    if not html.strip():
        return ""
    cleaned, fault = sanitise(html)
    if fault:
        faults.append(Fault("html", fault))
    return cleaned.strip()


def _bounded(text: str, faults: list[Fault]) -> str:
    if len(text) > MAX_TEXT:
        faults.append(Fault("text", f"text cut from {len(text)} to {MAX_TEXT} characters"))
    return text[:MAX_TEXT].strip()
