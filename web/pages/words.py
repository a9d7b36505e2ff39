"""The pages in the customer's language: gettext catalogues, compiled in memory when they are first needed."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

#: English is the language of the source texts; the others have a catalogue each.
SOURCE = "en"
LANGUAGES = {"en": "English", "fr": "Français", "pl": "Polski", "ru": "Русский"}
FOLDER = Path(__file__).parent.parent / "locale"
MAX_ACCEPTED = 20


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language; of one that we do not have, the source texts."""
    if language == SOURCE or language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    with (FOLDER / f"{language}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose(asked: str | None, known: str | None, accepted: str | None) -> str:
    """The language asked for by a link, else the customer's own, else the best that the browser accepts (RFC 9110)."""
    for language in (asked, known):
        if language in LANGUAGES:
            return str(language)
    return negotiate_locale(_preferred(accepted or ""), list(LANGUAGES), sep="-") or SOURCE


def _preferred(accepted: str) -> list[str]:
    """Languages of an Accept-Language header, best first; what is malformed counts least."""
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(",")[:MAX_ACCEPTED]:
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), name.strip()))
        except ValueError:
            wanted.append((0.0, name.strip()))
    return [name for weight, name in sorted(wanted, key=lambda one: one[0]) if weight < 0 and name]
