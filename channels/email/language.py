"""Which of our languages a mail is written in: by its header, by its letters, by its commonest words.

The question is not which of all languages, only which of those we answer in, so a list of function words is
as good as a trained model and needs no megabytes of weights.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_WORD: Final = re.compile(r"[^\W\d_]+")
_CODE: Final = re.compile(r"[a-zA-Z]{2,3}")
_MAX_WORDS: Final = 400
_MIN_HITS: Final = 2
_COMMON: Final = {
    "en": (
        "the and is are was to of for you your my not have has please with this that would hello thanks it in on"
        " how do i we can be but if what"
    ),
    "fr": "le la les des est et je vous nous mon ma mes pas pour avec une un du au bonjour merci que qui dans votre",
    "pl": "nie jest się na że jak dzień dobry proszę mój moja dla czy mam od po przez ale tak państwo jestem są już",
    "ru": "не и в на что это я мы вы мой моя как по для у с но да здравствуйте пожалуйста спасибо ваш был есть",
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_LETTERS: Final = {"pl": frozenset("ąćęłńśźż"), "fr": frozenset("àâçèêëîïôùûœ"), "ru": frozenset("ыэёъщ")}


class Guess(NamedTuple):
    """A language code (ISO 639-1, lower case) and what it was read from."""

    code: str
    evidence: str


def guess_language(text: str, content_language: str, accept_language: str) -> Guess | None:
    """Content-Language, else the words, else the first of Accept-Language; None where nothing tells."""
    declared = _CODE.match(content_language.strip())
    if declared:
        return Guess(declared[0].lower(), "Content-Language")
    written = _from_words(text)
    if written is not None:
        return written
    accepted = _CODE.match(accept_language.strip())
    return Guess(accepted[0].lower(), "Accept-Language") if accepted else None


def _from_words(text: str) -> Guess | None:
    words = [word.lower() for word in _WORD.findall(text[:20_000])[:_MAX_WORDS]]
    scores = {
        language: sum(1 for word in words if word in common)
        + 2 * sum(1 for word in words if not _LETTERS.get(language, frozenset[str]()).isdisjoint(word))
        for language, common in _WORDS.items()
    }
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    (best, hits), (_, second) = ranked[0], ranked[1]
    return Guess(best, "words") if hits >= _MIN_HITS and hits > second else None
