"""STOP and its like: the whole message, in the customer's language, and stopping always works."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.keywords import LANGUAGES, BadKeyword, declare, keyword, normalised


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "stop", " Stop. ", "STOP!!!", "«STOP»", "Stop\n", "stop all", "STOP 🛑", "Unsubscribe", "quit",
        "ARRET", "arrêt", "Arrêter", "WYPISZ", "wypisz się", "СТОП", "стоп.", "Отписаться", "ｓｔｏｐ", "ST\u200bOP",
        "désabonner", "rezygnuję",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", [*LANGUAGES, "de", ""])
def test_a_stop_word_of_any_language_stops_whatever_the_customers_is(text: str, language: str) -> None:
    found = keyword(text, language)
    assert found is not None
    assert found.kind == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "please stop calling the driver",
        "STOP 2",
        "don't stop",
        "stopped",
        "stop please",
        "",
        "   ",
        "!!!",
        "🛑",
        "stop " * 50,
        "Нестоп",
    ],
)
def test_a_sentence_is_a_message(text: str) -> None:
    assert keyword(text, "en") is None


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("Start", "pl", "start"), ("WZNÓW", "pl", "start"), ("pomoc", "pl-PL", "help"), ("POMOC", "en", None),
        ("aide ?", "fr_FR", "help"), ("AIDE", "pl", None), ("help", "ru", "help"), ("Помощь", "ru", "help"),
        ("старт", "ru", "start"), ("unstop", "en", "start"),
    ],
)  # fmt: skip
def test_start_and_help_are_heard_in_english_and_the_customers_language(
    text: str, language: str, kind: str | None
) -> None:
    found = keyword(text, language)
    assert (found.kind if found else None) == kind


def test_a_project_declares_its_callback_words() -> None:
    declared = declare({"callback": ["Call me", "ODDZWOŃ", "1"], "help": ["?x"]})
    for text in ("call me!", "CALLME", "oddzwon", "Oddzwoń.", " 1 "):
        found = keyword(text, "pl", declared)
        assert found is not None
        assert (found.kind, found.why) == ("callback", "declared by the project")
    assert keyword("call me tomorrow", "pl", declared) is None
    assert keyword("call me", "pl") is None


def test_a_declared_word_goes_before_ours_save_stop_words() -> None:
    declared = declare({"callback": ["info"], "stop": ["basta", "stop"]})
    assert (found := keyword("INFO", "en", declared)) is not None
    assert found.kind == "callback"
    assert (found := keyword("Basta!", "en", declared)) is not None
    assert found.kind == "stop"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"callback": ["Стоп"]}, "stops messages"),
        ({"callback": ["!!"]}, "no letter or digit"),
        ({"callback": ["x" * 41]}, "longer than 40"),
        ({"callback": ["ring"], "help": ["Ring!"]}, "keep one of them"),
        ({"callback": [f"w{number}" for number in range(101)]}, "at most 100"),
    ],
)
def test_a_word_that_cannot_be_a_keyword_is_refused_with_the_reason(words: dict[str, list[str]], said: str) -> None:
    with pytest.raises(BadKeyword, match=said):
        declare(words)  # pyright: ignore[reportArgumentType]


@given(st.sampled_from(["STOP", "ARRÊT", "СТОП", "WYPISZ"]), st.text("  .,!?-«»'\"\n\t", max_size=10), st.booleans())
def test_decoration_never_hides_a_stop_word(word: str, around: str, lower: bool) -> None:
    found = keyword(around + (word.lower() if lower else word) + around, "en")
    assert found is not None
    assert found.kind == "stop"


@given(st.text(max_size=120), st.text(max_size=6))
def test_any_text_is_judged_without_fault(text: str, language: str) -> None:
    found = keyword(text, language)
    assert found is None or found.word == normalised(text)
