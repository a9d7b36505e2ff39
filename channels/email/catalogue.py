"""What we say to customers, in their language: gettext catalogues compiled when they are first needed.

The `.po` files in `locale/` are what is committed and installed; no build step stands between them and a mail.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

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
    with (LOCALE / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


@cache
def translations(language: str) -> NullTranslations:
    """Translations with the language's own plural forms."""
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return Translations(compiled)
