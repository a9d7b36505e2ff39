"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 version 17, sections 6.2.1 and 6.2.1.1).

The national language tables of the same document are left out: the telephones and carriers between do not
agree on them, and no provider we know sends with them.
"""

from __future__ import annotations

from typing import Final

#: What announces that the next septet is to be read from the extension table.
ESCAPE: Final = 0x1B

#: The default alphabet in the order of its septets; at 0x1B stands the escape, which is no character.
_DEFAULT: Final = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)

#: Characters of one septet and the septet.
DEFAULT: Final = {character: septet for septet, character in enumerate(_DEFAULT) if septet != ESCAPE}

#: Characters of two septets, an escape and this one.
EXTENSION: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}


def septets(character: str) -> tuple[int, ...]:
    """The septets of one character, empty where the alphabet does not have it (3GPP TS 23.038 section 6.2.1)."""
    if character in DEFAULT:
        return (DEFAULT[character],)
    return (ESCAPE, EXTENSION[character]) if character in EXTENSION else ()


def is_gsm7(text: str) -> bool:
    """Whether the whole text can be sent in the 7-bit alphabet."""
    return all(character in DEFAULT or character in EXTENSION for character in text)
