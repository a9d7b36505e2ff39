"""The pages' texts: everything said has a translation, and says the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from web.pages.rendering import TEMPLATES
from web.pages.words import FOLDER, LANGUAGES, SOURCE, choose

assert babel_extract, "babel finds it by its name"
METHODS = [("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "trim_blocks": "true"}}


def said() -> set[str]:
    """Every text of the templates."""
    found = extract_from_dir(TEMPLATES, METHODS, OPTIONS, keywords={"_": None})
    return {text for _, _, text, _, _ in found if isinstance(text, str)}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != SOURCE])
def test_every_text_is_translated_and_no_translation_is_left_over(language: str) -> None:
    with Path(FOLDER / f"{language}.po").open("rb") as file:
        catalogue = {m.id: m.string for m in read_po(file, locale=language) if m.id}
    assert len(said()) > 70
    assert catalogue.keys() == said()
    for text, translation in catalogue.items():
        assert translation, text
        assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", translation)), text


def test_a_language_asked_for_beats_the_customers_own_and_that_the_browsers() -> None:
    assert choose("pl", "fr", "ru") == "pl"
    assert choose("xx", "fr", "ru") == "fr"
    assert choose(None, None, "de;q=0.9, ru;q=0.5") == "ru"
    assert choose(None, None, "fr;q=0") == "en"
    assert choose(None, None, None) == "en"
    assert choose(None, None, ",;q=,fr;q=oops" * 200) == "en"
