"""Rendering the start page's templates, in English and in French."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from channels.catalogues import compiled
from web.pages.rendering import environment
from web.pages.words import choose

HERE = Path(__file__).parent
TEMPLATES, LOCALE = HERE / "templates", HERE / "locale"
SOURCE = "en"
LANGUAGES = {"en": "English", "fr": "Français"}


@cache
def _environment(language: str) -> Environment:
    return environment(TEMPLATES, compiled(LOCALE, language, SOURCE))


def language_of(request: Request) -> str:
    """The one asked for, else the best that the browser takes, of those that there are."""
    found = choose(request.query_params.get("lang"), None, request.headers.get("accept-language"))
    return found if found in LANGUAGES else SOURCE


def page(template: str, request: Request, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of a template; every value in it is escaped. `kept` is what its links keep: the language asked for."""
    language, asked = language_of(request), request.query_params.get("lang")
    kept = f"?lang={language}" if asked in LANGUAGES else ""
    values = {"path": request.url.path, "kept": kept} | values
    text = _environment(language).get_template(template).render(language=language, languages=LANGUAGES, **values)
    return HTMLResponse(text, status, headers={"Content-Language": language, "Vary": "Accept-Language"})
