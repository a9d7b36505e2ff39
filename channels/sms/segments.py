"""What a text costs on the air: its encoding, its segments and what is left in the last one.

A short message carries 140 octets (3GPP TS 23.040 section 9.2.3.24): 160 septets of the GSM alphabet or 70 UCS-2
units. A longer text is cut into segments, each of which gives up 6 octets to the header that joins them
(section 9.2.3.24.1), leaving 153 septets or 67 units. What telephones call UCS-2 is UTF-16 in truth: a character
beyond the basic plane takes a surrogate pair, two units that must not be parted, and so must an escape and its septet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from channels.sms.alphabet import is_gsm7, septets
from channels.sms.concatenation import MAX_SEGMENTS, Reference, header_octets

Encoding = Literal["GSM-7", "UCS-2"]

#: Octets of user data in one short message (3GPP TS 23.040 section 9.2.3.24).
_OCTETS: Final = 140


class UnsendableText(ValueError):
    """The text cannot be a short message; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One short message: its text and the units it takes, septets for GSM-7 and 16-bit units for UCS-2."""

    text: str
    units: int


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text as it goes on the air. `per_segment` is the room of each segment, in units."""

    encoding: Encoding
    segments: tuple[Segment, ...]
    per_segment: int

    @property
    def units_used(self) -> int:
        """Units of the text, headers not counted."""
        return sum(segment.units for segment in self.segments)

    @property
    def units_left(self) -> int:
        """Units that the last segment still has room for."""
        return self.per_segment - self.segments[-1].units


def segment(text: str, reference: Reference = "8-bit") -> Segmented:
    """Cut a text into short messages. The empty text is one empty message.

    `reference`: width of the reference number that joins segments; carriers use 8 bits, some joining software 16,
    which costs one unit of each segment. The texts of the segments put together are the text.

    Raises `UnsendableText` for half a surrogate pair, and for a text of more than 255 segments, the most that a
    segment's header can count (3GPP TS 23.040 section 9.2.3.24.1).
    """
    _refuse_halves(text)
    encoding: Encoding = "GSM-7" if is_gsm7(text) else "UCS-2"
    cost = _septets if encoding == "GSM-7" else _utf16_units
    whole = _units(encoding, _OCTETS)
    if sum(map(cost, text)) <= whole:
        return Segmented(encoding, (Segment(text, sum(map(cost, text))),), whole)
    room = _units(encoding, _OCTETS - header_octets(reference))
    segments = _cut(text, cost, room)
    if len(segments) > MAX_SEGMENTS:
        raise UnsendableText(f"the text needs {len(segments)} segments, {MAX_SEGMENTS} are possible: shorten it")
    return Segmented(encoding, segments, room)


def _units(encoding: Encoding, octets: int) -> int:
    """Units that fit: septets are packed without gaps, so that a header's end is only padded to the next septet."""
    return octets * 8 // 7 if encoding == "GSM-7" else octets // 2


def _septets(character: str) -> int:
    return len(septets(character))


def _utf16_units(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _cut(text: str, cost: Callable[[str], int], room: int) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = units = 0
    for index, character in enumerate(text):
        if units + cost(character) > room:
            segments.append(Segment(text[start:index], units))
            start, units = index, 0
        units += cost(character)
    return (*segments, Segment(text[start:], units))


def _refuse_halves(text: str) -> None:
    for index, character in enumerate(text):
        if 0xD800 <= ord(character) <= 0xDFFF:
            raise UnsendableText(
                f"character {index + 1} (U+{ord(character):04X}) is half a surrogate pair and no character:"
                " the text was broken before it came here, perhaps by input that is not UTF-8"
            )
