"""What our mails say, in the customer's language."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.support import NullTranslations

from channels import catalogues

#: The language of the templates themselves.
SOURCE: Final = "en"
LOCALE: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = (SOURCE, *sorted(path.stem for path in LOCALE.glob("*.po")))


def closest_language(wanted: str | None, otherwise: str = SOURCE) -> str:
    """The language we have that comes nearest to a tag (`pl-PL`, `PL_pl`: pl), else `otherwise`."""
    code = (wanted or "").replace("_", "-").partition("-")[0].strip().lower()
    return code if code in LANGUAGES else otherwise


def read_catalogue(language: str) -> Catalog:
    """The catalogue as committed. Raises `FileNotFoundError` for a language that has none."""
    return catalogues.read_catalogue(LOCALE, language)


def translations(language: str) -> NullTranslations:
    """Translations with the language's own plural forms."""
    return catalogues.compiled(LOCALE, language, SOURCE)
