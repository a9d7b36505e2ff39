"""The page of configuration says what the models say."""

from pathlib import Path

import pytest

from infra.configuration_chapters import CHAPTERS, Chapter
from infra.configuration_page import configuration_page
from infra.marked_yaml import parse
from infra.schema_words import flow
from infra.settings import Settings
from tests.configuration.conftest import CENTRE, PROJECT, Check

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_of_configuration_says_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == configuration_page(), "run `python -m infra.configuration_page`"


def test_every_key_is_told_with_its_default_and_what_it_is() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 70
    assert all(row.count(" | ") == 2 and row.split(" | ")[1].strip() for row in rows)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if chapter.yaml], ids=lambda c: c.title)
def test_what_a_chapter_shows_can_be_put_into_a_document(check: Check, chapter: Chapter) -> None:
    documents = {"centre": CENTRE, "project": PROJECT.replace(", skills: {french: 2}", "")}
    (whole,), (part,) = parse(documents[chapter.part_of].encode()), parse(chapter.yaml.encode())
    merged = {key: {**whole.value.get(key, {}), **value} for key, value in part.value.items()}
    documents[chapter.part_of] = flow({**whole.value, **merged})
    checked = check(*documents.values())
    assert [(f.path, f.what) for f in checked.faults] == []
    assert len(checked.projects) == 1
