"""The user data header that joins the segments of a long message (3GPP TS 23.040 section 9.2.3.24.1 and 9.2.3.24.8)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

#: Width of the number that tells which segments belong together.
Reference = Literal["8-bit", "16-bit"]

#: The most segments of one message: their number is one octet, and 0 is reserved.
MAX_SEGMENTS: Final = 255

#: Information elements (section 9.2.3.24): identifier and octets of the reference number.
_ELEMENTS: Final[dict[Reference, tuple[int, int]]] = {"8-bit": (0x00, 1), "16-bit": (0x08, 2)}


class Concatenation(NamedTuple):
    """What a segment's header says: it is the `number`th (from 1) of `total` with this `reference` number."""

    reference: int
    total: int
    number: int
    width: Reference = "8-bit"


def header_octets(width: Reference) -> int:
    """Octets of a segment that its header takes, its own length octet included: 6, or 7 with 16-bit references."""
    return 3 + _ELEMENTS[width][1] + 2


def header(concatenation: Concatenation) -> bytes:
    """The header's octets (UDHL, then the element: 00 03 or 08 04, reference, total, number).

    Raises `ValueError` for a number that does not fit or that counts from 0.
    """
    identifier, width = _ELEMENTS[concatenation.width]
    if not 0 <= concatenation.reference < 256**width:
        raise ValueError(f"reference {concatenation.reference} does not fit {concatenation.width}")
    if not 1 <= concatenation.number <= concatenation.total <= MAX_SEGMENTS:
        raise ValueError(f"segment {concatenation.number} of {concatenation.total}: 1 to {MAX_SEGMENTS} are possible")
    element = concatenation.reference.to_bytes(width, "big") + bytes((concatenation.total, concatenation.number))
    return bytes((len(element) + 2, identifier, len(element))) + element


def read_header(octets: bytes) -> Concatenation | None:
    """What a received header says of concatenation, None where it says nothing usable.

    An element that is broken or counts wrongly (number 0, number above the total) is to be ignored, says section
    9.2.3.24.1; of two elements the last counts (section 9.2.3.24). Never raises.
    """
    found: Concatenation | None = None
    for identifier, content in _elements(octets):
        for width, (known, size) in _ELEMENTS.items():
            if identifier == known and len(content) == size + 2:
                total, number = content[size:]
                if 1 <= number <= total:
                    found = Concatenation(int.from_bytes(content[:size], "big"), total, number, width)
    return found


def _elements(octets: bytes) -> Iterable[tuple[int, bytes]]:
    end = min(len(octets), octets[0] + 1) if octets else 0
    position = 1
    while position + 2 <= end:
        length = octets[position + 1]
        if position + 2 + length > end:
            return
        yield octets[position], octets[position + 2 : position + 2 + length]
        position += 2 + length
