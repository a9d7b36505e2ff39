"""The page of configuration says what the models say."""

from pathlib import Path

from infra.configuration_page import configuration_page
from infra.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_page_of_configuration_says_what_the_code_says() -> None:
    assert PAGE.read_text("utf-8") == configuration_page(), "run `python -m infra.configuration_page`"


def test_every_key_is_told_with_its_default_and_what_it_is() -> None:
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    assert len(rows) > 70
    assert all(row.count(" | ") == 2 and row.split(" | ")[1].strip() for row in rows)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
