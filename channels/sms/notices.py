"""What the system's own texts say, in the customer's language; the catalogues stand in `locale/`.

pybabel extract -k noted -o notices.pot channels/sms
pybabel update -i notices.pot -o channels/sms/locale/pl.po -l pl --no-fuzzy-matching
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from channels.catalogues import compiled

#: The language of the texts as they stand here.
SOURCE: Final = "en"
LOCALE: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = (SOURCE, *sorted(path.stem for path in LOCALE.glob("*.po")))
#: What one text can bear at most.
LONGEST: Final = 1600


def noted(text: str) -> str:
    """Marks a text as one that catalogues translate."""
    return text


#: By the kind of notification. Who said it comes first: a text has no letterhead.
TEXTS: Final[Mapping[str, str]] = {
    "ticket_opened": noted("%(project)s: we have your message. Request %(number)s. Answer here to add something."),
    "ticket_handed_over": noted("%(project)s: your request %(number)s is now with: %(department)s."),
    "ticket_resolved": noted(
        "%(project)s: your request %(number)s is settled. Not so? Answer here. How was it? %(url)s"
    ),
    "ticket_reopened": noted("%(project)s: your request %(number)s is open again. We are on it."),
    "callback_registered": noted("%(project)s: we will call you back on this number."),
    "callback_tried": noted("%(project)s: we called you and could not reach you. We will call again."),
    "callback_expired": noted("%(project)s: we tried to call you back and could not reach you. You can answer here."),
    "texts_stopped": noted("%(project)s: you will get no more texts from us. Write START to get them again."),
    "texts_started": noted("%(project)s: you will get texts from us again. Write STOP to end them."),
    "texts_help": noted("%(project)s: write to us here and we will answer. Write STOP to get no more texts."),
}


class Unsayable(ValueError):
    """There is nothing to send, or more than a text can bear; the sentence says which."""


def said(kind: str, language: str, params: Mapping[str, str], body: str = "") -> str:
    """A text of this kind in the nearest language we have; `body`, where there is one, are somebody's own words.

    Raises `Unsayable`.
    """
    text = body or _sentence(kind, language, params)
    if not text.strip():
        raise Unsayable("the text is empty")
    if len(text) > LONGEST:
        raise Unsayable(f"a text has at most {LONGEST} characters, this one has {len(text)}")
    return text


def _sentence(kind: str, language: str, params: Mapping[str, str]) -> str:
    if kind not in TEXTS:
        raise Unsayable(f"a text of the kind {kind!r} needs words of its own")
    code = language.replace("_", "-").partition("-")[0].strip().lower()
    spoken = code if code in LANGUAGES else SOURCE
    sentence = compiled(LOCALE, spoken, SOURCE).gettext(TEXTS[kind])
    try:
        return sentence % params
    except KeyError as missing:
        raise Unsayable(f"a text of the kind {kind!r} needs to know {missing.args[0]}") from missing
