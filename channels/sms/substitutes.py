"""Which characters force a text into UCS-2, and what could be written in their place.

One curly quotation mark more than halves what a message carries (160 to 70), and nobody means it: word
processors put it there. A suggestion is only ever shown, never applied unasked: accents can change a word's meaning.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from channels.sms.alphabet import DEFAULT, EXTENSION, is_gsm7

#: Typography, by what it stands for. The names are those of the Unicode Character Database.
_TYPOGRAPHY: Final = {
    "'": "‘’‚‛′‵ʹʻʼʽˈ´`＇",
    '"': "“”„‟″‶«»ˮ＂〝〞",
    "<": "‹",
    ">": "›",
    "-": "‐‑‒–—―−⁃﹘﹣－",
    "...": "…",
    "*": "•‣∙·●▪◦",
    "!": "ǃ！",
    "?": "？",
    ",": "，",
    ";": ";；",
    ":": "：ː",
    "/": "⁄∕",
    "x": "×",
    ":-": "÷",
    "<=": "≤",
    ">=": "≥",
    "+-": "±",
    "->": "→",
    "<-": "←",
    "(C)": "©",
    "(R)": "®",
    "(TM)": "™",
    "No.": "№",
    "o": "º°",
    "a": "ª",
    " ": "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t",
    "\n": "\u0085\u2028\u2029\v",
}
#: Signs of no width and no meaning in a short message: soft hyphen, joiners, direction marks, byte order mark.
_NOTHING: Final = "\u00ad\u200b\u200c\u2060\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
#: Letters that Unicode does not take apart into a base and an accent.
_LETTERS: Final = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
    "ŋ": "n",
    "Ŋ": "N",
    "ẞ": "SS",
}
_SUBSTITUTES: Final = (
    {one: plain for plain, fancy in _TYPOGRAPHY.items() for one in fancy if one not in DEFAULT and one not in EXTENSION}
    | dict.fromkeys(_NOTHING, "")
    | _LETTERS
)


@dataclass(frozen=True, slots=True)
class Forcing:
    """A character that the 7-bit alphabet lacks: how often and where first (characters from 0), and a substitute.

    `substitute` is None where nothing says the same (Cyrillic letters, emoji), "" where the character can go.
    """

    character: str
    count: int
    first: int
    substitute: str | None

    @property
    def name(self) -> str:
        """The character's name in the Unicode Character Database, or its code point where it has none."""
        return unicodedata.name(self.character, f"U+{ord(self.character):04X}")


def forcing(text: str) -> tuple[Forcing, ...]:
    """The characters that force UCS-2, each once, in the order in which they appear first."""
    counts: dict[str, list[int]] = {}
    for index, character in enumerate(text):
        if character not in DEFAULT and character not in EXTENSION:
            counts.setdefault(character, [0, index])[0] += 1
    return tuple(
        Forcing(character, count, first, substitute(character)) for character, (count, first) in counts.items()
    )


def substitute(character: str) -> str | None:
    """What the 7-bit alphabet has in place of a character that it lacks, None where nothing comes near.

    Compatibility forms and accents are taken away (Unicode Standard Annex #15, NFKD): ś becomes s, ﬁ becomes fi.
    """
    if character in _SUBSTITUTES:
        return _SUBSTITUTES[character]
    if unicodedata.combining(character):
        return ""
    composed = unicodedata.normalize("NFKC", character)
    if is_gsm7(composed):
        return composed
    bare = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    plain = "".join(_SUBSTITUTES.get(one, one) for one in bare)
    return plain if plain and is_gsm7(plain) else None


def substituted(text: str) -> str:
    """The text with every suggestion followed; accents written apart are joined to their letters first (NFC)."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_plain(character) for character in composed)


def _plain(character: str) -> str:
    if character in DEFAULT or character in EXTENSION:
        return character
    plain = substitute(character)
    return character if plain is None else plain
