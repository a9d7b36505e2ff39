"""STOP, START, HELP and the words a project declares: when a text message is a command and not a message.

The rule, in full:

1. The whole message counts, never a word within it: "please stop calling the driver" is a message.
2. Case, accents, punctuation, symbols and white space do not count: " «Arrêt!» " is ARRET, "stop all" is STOPALL.
3. To stop must always work, so the stop words of every language we know are heard whatever language the customer
   has; START and HELP are heard in English and in the customer's language.
4. A project may add words of its own, for a callback above all. It cannot take a stop word for something else.
5. A start word means something only from somebody who has stopped before; from others it is a message. Who
   that is, only the caller knows.

Sources: CTIA, Messaging Principles and Best Practices (STOP, END, UNSUBSCRIBE, CANCEL, QUIT; case and punctuation
do not count); Twilio's default keywords, on which its platform acts by itself (STOPALL, OPTOUT, REVOKE; START, YES,
UNSTOP; HELP, INFO), so that our log must agree with it. The words of the other languages are those customers use.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Literal

from domain.sentence import BadDeclaration, say

Kind = Literal["stop", "start", "help", "callback"]

#: Longer texts are not looked at: no keyword comes near it.
_MAX_CHARACTERS: Final = 100
_MAX_DECLARED: Final = 100
_MAX_WORD: Final = 40
#: Letters that Unicode does not take apart into a base and an accent.
_LETTERS: Final = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "œ": "oe", "æ": "ae", "ı": "i"})

_STOP: Final = {
    "en": "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT",
    "fr": "STOP ARRET ARRETER ARRETEZ DESABONNER DESABONNEMENT DESINSCRIRE DESINSCRIPTION",
    "pl": "STOP WYPISZ WYPISZSIE REZYGNUJE REZYGNACJA NIEWYSYLAJ",
    "ru": "СТОП ОТПИСАТЬСЯ ОТПИСКА ОТПИШИТЕ ОТКАЗ",
}
_START: Final = {
    "en": "START UNSTOP YES OPTIN SUBSCRIBE",
    "fr": "START DEBUT REPRENDRE ABONNER INSCRIRE",
    "pl": "START ZAPISZ ZAPISZSIE WZNOW",
    "ru": "СТАРТ ПОДПИСАТЬСЯ ВОЗОБНОВИТЬ",
}
_HELP: Final = {
    "en": "HELP INFO",
    "fr": "AIDE INFO CONTACT",
    "pl": "POMOC INFO",
    "ru": "ПОМОЩЬ СПРАВКА ИНФО",
}
#: The language whose words are heard everywhere, and the one taken where a customer's is not known to us.
_COMMON: Final = "en"
LANGUAGES: Final = tuple(_STOP)


class BadKeyword(BadDeclaration):
    """A declared keyword that cannot be one; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a message commands: the kind, the word as it was recognised, and why it counts as one."""

    kind: Kind
    word: str
    why: str


@dataclass(frozen=True, slots=True)
class Declared:
    """A project's own words by kind. Made by `declare`, which checks them."""

    kinds: Mapping[str, Kind] = field(default_factory=dict[str, Kind])


def declare(words: Mapping[Kind, Iterable[str]]) -> Declared:
    """A project's own words, such as `{"callback": ["CALL ME", "ODDZWON"]}`, normalised as messages are.

    Raises `BadKeyword` for a word that is empty or too long, stands for two things, or is a stop word taken for
    something else, and for more than 100 words.
    """
    kinds: dict[str, Kind] = {}
    for kind, spellings in words.items():
        for spelling in spellings:
            word = normalised(spelling)
            _check(spelling, word, kind, kinds)
            kinds[word] = kind
    if len(kinds) > _MAX_DECLARED:
        raise BadKeyword(
            say(
                "keywords_declared_at_most_are",
                "{count} keywords declared, at most {most} are possible",
                count=len(kinds),
                most=_MAX_DECLARED,
            )
        )
    return Declared(kinds)


def keyword(text: str, language: str, declared: Declared | None = None) -> Keyword | None:
    """The command that a message is, None for an ordinary message.

    `language`: the customer's or the project's (ISO 639-1, `pl` or `pl-PL`). The project's words go before ours,
    except before stop words. See the rule at the top of this file.
    """
    if len(text) > _MAX_CHARACTERS:
        return None
    word = normalised(text)
    if not word:
        return None
    stopping = _first_language(word, _STOP, LANGUAGES)
    if stopping:
        return Keyword("stop", word, f"stop word ({stopping})")
    if declared and word in declared.kinds:
        return Keyword(declared.kinds[word], word, "declared by the project")
    heard = tuple(dict.fromkeys((_code(language), _COMMON)))
    return _built_in(word, "start", _START, heard) or _built_in(word, "help", _HELP, heard)


def normalised(text: str) -> str:
    """Letters and digits alone, in upper case and without accents (rule 2): `" Ab-meldén! "` is `ABMELDEN`.

    Accents are what Unicode calls combining once a letter is taken apart (Standard Annex #15, NFKD).
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(one for one in apart if one.isalnum()).upper()


def _built_in(word: str, kind: Kind, words: Mapping[str, str], heard: Iterable[str]) -> Keyword | None:
    language = _first_language(word, words, heard)
    return Keyword(kind, word, f"{kind} word ({language})") if language else None


def _first_language(word: str, words: Mapping[str, str], languages: Iterable[str]) -> str | None:
    return next((one for one in languages if word in _normalised_words(words.get(one, ""))), None)


@cache
def _normalised_words(words: str) -> frozenset[str]:
    return frozenset(normalised(word) for word in words.split())


def _code(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].strip().lower()


def _check(spelling: str, word: str, kind: Kind, kinds: Mapping[str, Kind]) -> None:
    if not word:
        raise BadKeyword(
            say("keyword_holds_no_letter_or", "keyword {spelling!r} holds no letter or digit", spelling=spelling)
        )
    if len(word) > _MAX_WORD:
        raise BadKeyword(
            say(
                "keyword_is_longer_than_letters",
                "keyword {spelling!r}… is longer than {most} letters and digits",
                spelling=spelling[:_MAX_WORD],
                most=_MAX_WORD,
            )
        )
    if kind != "stop" and _first_language(word, _STOP, LANGUAGES):
        raise BadKeyword(
            say(
                "keyword_stops_messages_and",
                "keyword {spelling!r} stops messages and cannot mean {kind!r}: choose another word",
                spelling=spelling,
                kind=kind,
            )
        )
    if kinds.get(word, kind) != kind:
        raise BadKeyword(
            say(
                "keyword_is_declared_for_and",
                "keyword {spelling!r} is declared for {before!r} and for {kind!r}: keep one of them",
                spelling=spelling,
                before=kinds[word],
                kind=kind,
            )
        )
