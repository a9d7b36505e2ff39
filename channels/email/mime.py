"""The parts of a mail (RFC 2045, RFC 2046), split within bounds. Nothing is ever unpacked."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from channels.email.header import Headers, read_headers
from channels.email.limits import MAX_DEPTH, MAX_PARTS
from channels.email.model import Fault
from channels.email.parameters import Valued, read_parameters
from channels.email.words import lenient_base64

_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_IDENTITY: Final = ("", "7bit", "8bit", "binary")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a mail: its headers and where its body lies in the mail's bytes."""

    path: str
    headers: Headers
    content_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    raw: bytes = field(repr=False)
    start: int
    end: int
    children: tuple[Part, ...] = ()

    def walk(self) -> Iterator[Part]:
        """This part and all within it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def content(self, faults: list[Fault]) -> bytes:
        """The body with its transfer encoding undone, as far as it can be."""
        body = self.raw[self.start : self.end]
        encoding = self.headers.first("Content-Transfer-Encoding").strip().strip('"').lower()
        if encoding == "base64":
            return lenient_base64(body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        if encoding not in _IDENTITY:
            faults.append(Fault(self.path, f"unknown transfer encoding {encoding[:40]!r}, bytes kept as they are"))
        return body


class Reader:
    """Splits one mail; counts its parts and collects what was broken."""

    def __init__(self, raw: bytes, faults: list[Fault]) -> None:
        self._raw, self._faults, self._parts, self._told = raw, faults, 0, False

    def read(self) -> Part:
        return self._part(0, len(self._raw), "mail", 0, "text/plain")

    def _part(self, start: int, end: int, path: str, depth: int, default: str) -> Part:
        self._parts += 1
        headers, body, faults = read_headers(self._raw, start, end, path)
        self._faults.extend(faults)
        content_type, parameters = _content_type(headers, default)
        disposition = read_parameters(headers.first("Content-Disposition"))
        filename = disposition.parameters.get("filename") or parameters.get("name", "")
        children: tuple[Part, ...] = ()
        if content_type.startswith("multipart/"):
            children = self._children(body, end, path, depth, content_type, parameters.get("boundary", ""))
            if not children:
                # Unreadable as a container: its bytes are shown as text rather than lost.
                content_type = "text/plain"
        return Part(
            path, headers, content_type, parameters, disposition.value, filename, self._raw, body, end, children
        )

    def _children(
        self, start: int, end: int, path: str, depth: int, content_type: str, boundary: str
    ) -> tuple[Part, ...]:
        if depth >= MAX_DEPTH:
            self._faults.append(Fault(path, f"nested deeper than {MAX_DEPTH} containers, not read further"))
            return ()
        if not boundary or len(boundary) > 200:
            self._faults.append(Fault(path, "container without a usable boundary, read as text"))
            return ()
        default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
        children: list[Part] = []
        for number, (first, last) in enumerate(self._spans(start, end, path, boundary), 1):
            if self._parts >= MAX_PARTS:
                self._tell_parts(path)
                break
            children.append(self._part(first, last, f"{path}.{number}", depth + 1, default))
        if not children:
            self._faults.append(Fault(path, "container whose boundary never occurs, read as text"))
        return tuple(children)

    def _spans(self, start: int, end: int, path: str, boundary: str) -> Iterator[tuple[int, int]]:
        """Where the parts between the boundary lines lie, the line end before a boundary not included."""
        line = re.compile(rb"^--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(--)?[ \t]*\r?$", re.M)
        opened: int | None = None
        for match in line.finditer(self._raw, start, end):
            if opened is not None:
                yield opened, max(opened, self._before_line_end(match.start()))
            opened = None if match[1] else min(match.end() + 1, end)
            if match[1]:
                return
        if opened is not None:
            self._faults.append(Fault(path, "the last boundary is missing; the mail may be cut off"))
            yield opened, end

    def _before_line_end(self, position: int) -> int:
        return position - (2 if self._raw[position - 2 : position] == b"\r\n" else 1)

    def _tell_parts(self, path: str) -> None:
        if not self._told:
            self._faults.append(Fault(path, f"more than {MAX_PARTS} parts, the rest was not read"))
            self._told = True


def _content_type(headers: Headers, default: str) -> Valued:
    read = read_parameters(headers.first("Content-Type"))
    if not headers.first("Content-Type"):
        return Valued(default, {})
    # RFC 2045 section 5.2: what cannot be understood is plain text.
    return read if _TYPE.fullmatch(read.value) else Valued("text/plain", read.parameters)
