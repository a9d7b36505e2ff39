"""Numbers that are easy to remember: words to the digits they are dialled by, and digits to words (ITU-T E.161)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from channels.numbers.keypad import Keypad
from domain.sentence import BadDeclaration, say

_MAX_TEXT: Final = 100
#: E.164 allows 15 digits; prefixes and extensions may come to it.
_MAX_DIGITS: Final = 30
_MAX_WORDS: Final = 2_000_000
_SEPARATORS: Final = " -./()\u00a0'’"


class BadVanity(BadDeclaration):
    """A text that cannot be dialled on this keypad; the sentence says which sign and why."""


class Expanded(NamedTuple):
    """A text in digits: `digits` to be dialled, `grouped` with the text's own gaps (800 625469)."""

    digits: str
    grouped: str


@dataclass(frozen=True, slots=True)
class VanityText:
    """A way to write digits with words. `letters`: digits that words cover; `words`: those words, in order."""

    text: str
    letters: int
    words: tuple[str, ...]


def expand(text: str, keypad: Keypad) -> Expanded:
    """The digits of a text on a keypad: `800 MALINY` is 800625469 by E.161. Digits and a leading + stay.

    Raises `BadVanity` for a letter that the keypad lacks, for signs that cannot be dialled, and for nothing to dial.
    """
    if len(text) > _MAX_TEXT:
        raise BadVanity(say("longer_than_characters", "longer than {most} characters", most=_MAX_TEXT))
    written: list[str] = []
    for character in unicodedata.normalize("NFC", text).strip():
        written.append(_dialled(character, keypad, first=not written))
    grouped = "".join(written)
    digits = "".join(one for one in grouped if one.isdigit() or one == "+")
    if not digits.strip("+"):
        raise BadVanity(say("there_is_nothing_to_dial", "there is nothing to dial"))
    return Expanded(digits, grouped)


def _dialled(character: str, keypad: Keypad, *, first: bool) -> str:
    if character in "0123456789" or character in _SEPARATORS or (character == "+" and first):
        return character
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    spelled = keypad.spelled(character) if character.isalpha() else None
    if spelled is None:
        what = say("a_letter", "letter") if character.isalpha() else say("a_sign", "sign")
        raise BadVanity(
            say(
                "is_on_no_key_of_keypad",
                "{sign} {character!r} is on no key of keypad {name}",
                sign=what,
                character=character,
                name=keypad.name,
            )
        )
    return spelled


class _Way(NamedTuple):
    """A beginning of the digits written in some way; the smaller, the better."""

    uncovered: int
    used: int
    pieces: tuple[str, ...]


def vanity_texts(
    digits: str, words: Iterable[str], keypad: Keypad, *, limit: int = 20, shortest: int = 3
) -> tuple[VanityText, ...]:
    """Ways to write digits with words of a list, best first: most digits covered, then fewest words, then by alphabet.

    Signs between the digits are passed over. Words shorter than `shortest` letters, or with signs that the keypad
    lacks, are not used; every text returned expands to the digits again. At most `limit` texts and two million words.
    """
    bare = "".join(one for one in digits if one in "0123456789")[:_MAX_DIGITS]
    spelled = _by_place(bare, words, keypad, shortest)
    best: list[list[_Way]] = [[_Way(0, 0, ())]]
    for end in range(1, len(bare) + 1):
        ways = [_Way(way.uncovered + 1, way.used, (*way.pieces, bare[end - 1])) for way in best[end - 1]]
        for start, word in spelled[end]:
            ways += [_Way(way.uncovered, way.used + 1, (*way.pieces, word)) for way in best[start]]
        # Any way's score grows by the same amount whatever follows, so the best beginnings make the best texts.
        best.append(sorted(set(ways))[: limit + 1])
    found = [_text(way, len(bare)) for way in best[-1] if way.used]
    return tuple(found[:limit])


def _by_place(bare: str, words: Iterable[str], keypad: Keypad, shortest: int) -> list[list[tuple[int, str]]]:
    """For each place in the digits, the words that end there and where they begin."""
    ending: list[list[tuple[int, str]]] = [[] for _ in range(len(bare) + 1)]
    seen: set[str] = set()
    for number, raw in enumerate(words):
        if number >= _MAX_WORDS:
            break
        word = unicodedata.normalize("NFC", raw).strip().upper()
        if not shortest <= len(word) <= len(bare) or word in seen or not word.isalpha():
            continue
        spelled = [keypad.spelled(letter) for letter in word]
        if None in spelled:
            continue
        seen.add(word)
        keyed = "".join(one or "" for one in spelled)
        start = bare.find(keyed)
        while start >= 0:
            ending[start + len(keyed)].append((start, word))
            start = bare.find(keyed, start + 1)
    return ending


def _text(way: _Way, length: int) -> VanityText:
    """Digits that stand together are written together, words apart."""
    written = ""
    for piece in way.pieces:
        glued = piece.isdigit() and (not written or written[-1].isdigit())
        written += piece if glued or not written else f" {piece}"
    words = tuple(piece for piece in way.pieces if not piece.isdigit())
    return VanityText(written, length - way.uncovered, words)
