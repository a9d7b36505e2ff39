"""Words to digits and digits to words, on the keypad of E.161 and on declared ones."""

from __future__ import annotations

import string
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.numbers.keypad import BY_THREES, E161, BadKeypad, keypad
from channels.numbers.vanity import BadVanity, expand, vanity_texts

RUSSIAN = keypad(
    "russian",
    {"2": "абвг", "3": "деёжз", "4": "ийкл", "5": "мноп", "6": "рсту", "7": "фхцч", "8": "шщъы", "9": "ьэюя"},
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("MALINY", "625469"),
        ("800 MALINY", "800625469"),
        ("800-Maliny", "800625469"),
        ("+48 800 MALIŃY", "+48800625469"),
        ("1-800-FLOWERS", "18003569377"),
        ("Łódź", "5639"),
        ("œuvre", "6388 73".replace(" ", "")),
        ("straße", "7872773"),
    ],
)
def test_a_word_is_dialled_by_the_keys_of_its_letters(text: str, digits: str) -> None:
    assert expand(text, E161).digits == digits


def test_each_letter_of_e161_is_on_the_key_of_the_recommendation() -> None:
    assert expand(string.ascii_uppercase, E161).digits == "22233344455566677778889999"


def test_a_declared_keypad_has_its_own_digits() -> None:
    assert expand("MALINY", BY_THREES).digits == "514359"
    assert expand(string.ascii_uppercase, BY_THREES).digits == "11122233344455566677788899"
    assert expand("такси", RUSSIAN).digits == "62464"


def test_the_gaps_of_a_text_stay_where_they_are() -> None:
    assert expand("800 MALINY", E161).grouped == "800 625469"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("МАЛИНЫ", "letter 'М' is on no key of keypad e161"),
        ("A&B", "sign '&' is on no key"),
        ("8+9", "sign '\\+'"),
        ("", "nothing to dial"),
        ("+", "nothing to dial"),
        ("A" * 101, "longer than 100"),
    ],
)
def test_what_cannot_be_dialled_is_refused_with_the_sign(text: str, said: str) -> None:
    with pytest.raises(BadVanity, match=said):
        expand(text, E161)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"10": "ABC"}, "key '10'"),
        ({"": "ABC"}, "key ''"),
        ({"2": "AB1"}, "'1' is no letter"),
        ({"2": "ABA"}, "letter A is on key 2 and on key 2"),
        ({"2": "ABC", "3": "CDE"}, "letter C is on key 2 and on key 3"),
        ({"2": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, "at most 20"),
        ({}, "no letters at all"),
        ({"2": ""}, "no letters at all"),
    ],
)
def test_a_keypad_that_cannot_be_is_refused_with_the_key(keys: dict[str, str], said: str) -> None:
    with pytest.raises(BadKeypad, match=said):
        keypad("x", keys)


def test_digits_are_written_with_the_words_that_cover_most_of_them() -> None:
    found = vanity_texts("800625469", ["mal", "maliny", "iny", "malina", "MALINY", "ma", "no"], E161)
    assert [(one.text, one.letters) for one in found] == [
        ("800 MALINY", 6),
        ("800 MAL INY", 6),
        ("800625 INY", 3),
        ("800 MAL 469", 3),
    ]
    assert found[1].words == ("MAL", "INY")


def test_a_word_with_accents_is_written_as_people_spell_it() -> None:
    (found,) = vanity_texts("5639", ["łódź"], E161)
    assert found.text == "ŁÓDŹ"


def test_where_no_word_fits_there_is_no_text() -> None:
    assert vanity_texts("800111", ["maliny"], E161) == ()
    assert vanity_texts("", ["maliny"], E161) == ()
    assert vanity_texts("625469", [], E161) == ()


WORDS = st.lists(st.text("ABDGJ", min_size=3, max_size=5), max_size=8)


@settings(max_examples=200, deadline=None)
@given(st.text("23450", min_size=1, max_size=12), WORDS, st.integers(1, 10))
def test_every_text_dials_the_digits_again_and_the_best_come_first(digits: str, words: list[str], limit: int) -> None:
    found = vanity_texts(digits, words, E161, limit=limit)
    assert len(found) <= limit
    assert len({one.text for one in found}) == len(found)
    for one in found:
        assert expand(one.text, E161).digits == digits
        assert one.letters == sum(map(len, one.words)) > 0
    scores = [(-one.letters, len(one.words)) for one in found]
    assert scores == sorted(scores)


@settings(max_examples=100, deadline=None)
@given(st.text("234", min_size=3, max_size=9), WORDS)
def test_the_list_is_that_of_trying_every_combination(digits: str, words: list[str]) -> None:
    places = [
        (start, start + len(word), word)
        for word in set(words)
        for start in range(len(digits))
        if digits.startswith(expand(word, E161).digits, start)
    ]
    tried: set[tuple[str, ...]] = set()
    for count in range(1, 4):
        for chosen in combinations(sorted(places), count):
            if all(left[1] <= right[0] for left, right in pairwise(chosen)):
                position, pieces = 0, list[str]()
                for start, end, word in chosen:
                    pieces += [*digits[position:start], word]
                    position = end
                tried.add((*pieces, *digits[position:]))
    found = vanity_texts(digits, words, E161, limit=10_000)
    assert len(found) == len(tried)
