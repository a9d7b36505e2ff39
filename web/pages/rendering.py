"""Rendering pages: templates, the language's texts and dates."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.units import format_unit
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.pages.words import LANGUAGES, catalogue

#: English as it is written where people speak other languages too: day before month, 24 hours.
LOCALES = {"en": "en_GB"}
TEMPLATES = Path(__file__).parent.parent / "templates"


def environment(templates: Path, words: NullTranslations) -> Environment:
    """What renders the pages of a folder in a language: every value in them is escaped, none may be missing."""
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return made


@cache
def _environment(language: str) -> Environment:
    return environment(TEMPLATES, catalogue(language))


def render(template: str, language: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of a template; every value in it is escaped. `kept` is what its address keeps beside the language."""
    values = {"kept": "", "embedded": False} | values
    text = _environment(language).get_template(template).render(language=language, languages=LANGUAGES, **values)
    return HTMLResponse(text, status, headers={"Content-Language": language, "Vary": "Accept-Language"})


def render_text(template: str, language: str, **values: Any) -> str:
    """What is no page: a script, a piece of JSON."""
    return _environment(language).get_template(template).render(language=language, **values)


def day(moment: datetime, language: str) -> str:
    """The day of a time, with its weekday."""
    return format_date(moment, "full", locale=LOCALES.get(language, language))


def time(moment: datetime, language: str) -> str:
    """The time of the day."""
    return format_time(moment, "short", locale=LOCALES.get(language, language))


def kilobytes(size: int, language: str) -> str:
    """A size in bytes as people of that language write it, rounded up to whole kilobytes."""
    return format_unit(-(-size // 1024), "digital-kilobyte", "short", locale=LOCALES.get(language, language))


def when(moment: datetime, language: str, zone: str) -> str:
    """A time as people of that language write it, in the given zone, which is named."""
    local = moment.astimezone(ZoneInfo(zone))
    locale = LOCALES.get(language, language)
    day, time = format_date(local, "long", locale=locale), format_time(local, "short", locale=locale)
    return f"{day}, {time} ({local.tzname()})"
