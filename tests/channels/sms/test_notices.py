"""The system's own texts: in every language, whole, and short."""

import re
from typing import get_args

import pytest

from channels.catalogues import read_catalogue
from channels.sms.notices import LANGUAGES, LOCALE, LONGEST, TEXTS, Unsayable, said
from channels.sms.segments import segment
from domain.delivery.events import Kind

PARAMS = {"project": "Corner shop", "number": "T-8GZ8-92Z4", "department": "Complaints", "url": "https://x.example/t/1"}
#: Kinds that go out in somebody's own words, or by mail alone.
OTHERWISE = {"reply", "deflection", "message_taken"}
PLACES = re.compile(r"%\((\w+)\)s")


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_text_is_translated_with_all_that_it_says(language: str) -> None:
    catalogue = read_catalogue(LOCALE, language)
    for text in TEXTS.values():
        message = catalogue.get(text)
        assert message is not None, f"{text} is not translated into {language}"
        assert sorted(PLACES.findall(str(message.string))) == sorted(PLACES.findall(text))
        assert not message.fuzzy
    assert {str(m.id) for m in catalogue if m.id} == set(TEXTS.values()), "and nothing that nobody says"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_costs_more_than_three_segments(language: str) -> None:
    for kind in TEXTS:
        assert len(segment(said(kind, language, PARAMS)).segments) <= 3


def test_english_texts_stay_in_the_cheaper_alphabet() -> None:
    assert {segment(said(kind, "en", PARAMS)).encoding for kind in TEXTS} == {"GSM-7"}


def test_every_kind_that_may_be_texted_has_words_or_is_somebodys_own() -> None:
    assert set(TEXTS) == set(get_args(Kind)) - OTHERWISE


def test_an_unknown_language_is_answered_in_english_and_a_variety_in_its_language() -> None:
    assert said("texts_help", "de", PARAMS) == said("texts_help", "en", PARAMS)
    assert said("texts_help", "pl_PL", PARAMS) == said("texts_help", "pl", PARAMS)


def test_what_cannot_be_said_says_why() -> None:
    for kind, params, body, why in (
        ("reply", {}, "", "words of its own"),
        ("ticket_opened", {"project": "x"}, "", "needs to know number"),
        ("reply", {}, "x" * (LONGEST + 1), "at most 1600"),
        ("reply", {}, " \n", "empty"),
    ):
        with pytest.raises(Unsayable, match=why):
            said(kind, "en", params, body)


def test_somebodys_own_words_go_out_as_they_are_percent_signs_and_all() -> None:
    assert said("reply", "pl", {}, "100 % (sure)s") == "100 % (sure)s"
