"""Gettext catalogues compiled when they are first needed: the `.po` files are what is committed and installed, and no
build step stands between them and what a customer reads.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations


def read_catalogue(folder: Path, language: str) -> Catalog:
    """The catalogue as committed. Raises `FileNotFoundError` for a language that has none."""
    with (folder / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


@cache
def compiled(folder: Path, language: str, source: str) -> NullTranslations:
    """Translations with the language's own plural forms; none for `source`, the language of what is translated."""
    if language == source:
        return NullTranslations()
    machine = BytesIO()
    write_mo(machine, read_catalogue(folder, language))
    machine.seek(0)
    return Translations(machine)
