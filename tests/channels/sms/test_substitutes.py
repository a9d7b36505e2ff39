"""Which characters cost most of a message's room, and what says the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.sms.alphabet import is_gsm7
from channels.sms.segments import segment
from channels.sms.substitutes import forcing, substitute, substituted


@pytest.mark.parametrize(
    ("character", "plain"),
    [
        ("’", "'"), ("“", '"'), ("«", '"'), ("–", "-"), ("…", "..."), ("\u00a0", " "), ("\u200b", ""), ("ł", "l"),
        ("ś", "s"), ("ç", "c"), ("ê", "e"), ("œ", "oe"), ("½", "1/2"), ("ﬁ", "fi"), ("™", "(TM)"), ("\u0301", ""),
        ("ж", None), ("😀", None), ("中", None), ("①", "1"),
    ],
)  # fmt: skip
def test_a_character_outside_the_alphabet_has_this_substitute(character: str, plain: str | None) -> None:
    assert substitute(character) == plain


def test_each_culprit_is_told_once_with_its_count_and_first_place() -> None:
    found = forcing("It’s “here” – it’s Жара")
    assert [(one.character, one.count, one.first) for one in found] == [
        ("’", 2, 2),
        ("“", 1, 5),
        ("”", 1, 10),
        ("–", 1, 12),
        ("Ж", 1, 19),
        ("а", 2, 20),
        ("р", 1, 21),
    ]
    assert found[0].name == "RIGHT SINGLE QUOTATION MARK"


def test_a_text_of_a_word_processor_becomes_one_of_the_alphabet() -> None:
    text = "“Zażółć gęślą jaźń” – it’s here…"
    assert substituted(text) == '"Zazólc gesla jazn" - it\'s here...'.replace("ó", "o")
    assert segment(substituted(text)).encoding == "GSM-7"


def test_an_accent_written_apart_is_joined_to_its_letter_where_the_alphabet_has_both() -> None:
    assert substituted("cafe\u0301") == "café"


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_suggestion_is_in_the_alphabet_and_leaves_its_own_characters_alone(text: str) -> None:
    for one in forcing(text):
        assert one.substitute is None or is_gsm7(one.substitute)
    assert is_gsm7(text) == (forcing(text) == ())
    if is_gsm7(text):
        assert substituted(text) == text
