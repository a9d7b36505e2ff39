"""Letters on the keys of a telephone: the layout of ITU-T E.161 and those that a centre declares."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from domain.sentence import BadDeclaration, say

_DIGITS: Final = "0123456789"
_MAX_LETTERS: Final = 20
#: Letters that Unicode does not take apart into a base and an accent; œ and its like are two keys.
_BASES: Final = str.maketrans({"Ł": "L", "Đ": "D", "Ø": "O", "Œ": "OE", "Æ": "AE", "Ħ": "H"})


class BadKeypad(BadDeclaration):
    """A declared keypad that cannot be one; the sentence says what is wrong with it."""


@dataclass(frozen=True)
class Keypad:
    """A name and the letters of each key, in upper case. Made by `keypad`, which checks them."""

    name: str
    keys: Mapping[str, str]

    @cached_property
    def digits(self) -> Mapping[str, str]:
        """The digit of each letter."""
        return {letter: digit for digit, letters in self.keys.items() for letter in letters}

    def spelled(self, character: str) -> str | None:
        """The digits of a letter, or of its base letter (Ń is N); None where the keypad has neither."""
        upper = character.upper()
        if all(one in self.digits for one in upper):
            return "".join(self.digits[one] for one in upper)
        apart = unicodedata.normalize("NFKD", upper.translate(_BASES))
        bases = [one for one in apart if not unicodedata.combining(one)]
        return (
            "".join(self.digits[one] for one in bases) if bases and all(one in self.digits for one in bases) else None
        )


def keypad(name: str, keys: Mapping[str, str]) -> Keypad:
    """A keypad of digits and their letters, such as `{"1": "ABC", "2": "DEF"}`.

    Raises `BadKeypad` for a key that is no digit, a sign that is no letter, and a letter on two keys.
    """
    found: dict[str, str] = {}
    seen: dict[str, str] = {}
    for digit in sorted(keys):
        if digit not in tuple(_DIGITS):
            raise BadKeypad(say("key_keys_are_the_digits_to", "key {digit!r}: keys are the digits 0 to 9", digit=digit))
        letters = unicodedata.normalize("NFC", keys[digit]).upper()
        _check(digit, letters, seen)
        seen |= dict.fromkeys(letters, digit)
        found[digit] = letters
    if not seen:
        raise BadKeypad(say("the_keypad_has_no_letters_at", "the keypad has no letters at all"))
    return Keypad(name, found)


def _check(digit: str, letters: str, seen: Mapping[str, str]) -> None:
    if len(letters) > _MAX_LETTERS:
        raise BadKeypad(
            say(
                "key_letters_at_most_are_possible",
                "key {digit}: {count} letters, at most {most} are possible",
                digit=digit,
                count=len(letters),
                most=_MAX_LETTERS,
            )
        )
    for index, letter in enumerate(letters):
        if not letter.isalpha():
            raise BadKeypad(say("key_is_no_letter", "key {digit}: {letter!r} is no letter", digit=digit, letter=letter))
        if letter in seen or letter in letters[:index]:
            raise BadKeypad(
                say(
                    "letter_is_on_key_and_on_key",
                    "letter {letter} is on key {first} and on key {digit}: leave one",
                    letter=letter,
                    first=seen.get(letter, digit),
                    digit=digit,
                )
            )


#: ITU-T E.161 (02/2001), the layout of today's telephones: no letters on 0 and 1.
E161: Final = keypad(
    "e161", {"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ"}
)
#: Three letters a key from the first key on, as some number pads and printed leaflets have it.
BY_THREES: Final = keypad(
    "by-threes",
    {
        "1": "ABC",
        "2": "DEF",
        "3": "GHI",
        "4": "JKL",
        "5": "MNO",
        "6": "PQR",
        "7": "STU",
        "8": "VWX",
        "9": "YZ",
    },
)
KEYPADS: Final = {one.name: one for one in (E161, BY_THREES)}
