"""What the system itself says in a call, in the flows' languages. Without plurals: a number follows a noun."""

from __future__ import annotations

from typing import Final, Literal

from domain.centre.routing import Language

Phrase = Literal[
    "number",
    "promised",
    "called_back",
    "asked_already",
    "thanks",
    "goodbye",
    "place",
    "minutes",
    "soon",
    "ended",
    "recorded",
]

_PHRASES: Final[dict[Phrase, dict[Language, str]]] = {
    "number": {
        "en": "Key the number we shall call, then press the hash key.",
        "fr": "Composez le numéro à rappeler, puis appuyez sur dièse.",
        "pl": "Podaj numer, pod który mamy zadzwonić, i naciśnij krzyżyk.",
        "ru": "Наберите номер, по которому вам перезвонить, и нажмите решётку.",
    },
    "promised": {
        "en": "We will call you back. Your place is kept. Goodbye.",
        "fr": "Nous vous rappellerons. Votre place est gardée. Au revoir.",
        "pl": "Oddzwonimy. Miejsce w kolejce zostaje zachowane. Do usłyszenia.",
        "ru": "Мы вам перезвоним. Ваша очередь сохранена. До свидания.",
    },
    "called_back": {
        "en": "We will call you back. Goodbye.",
        "fr": "Nous vous rappellerons. Au revoir.",
        "pl": "Oddzwonimy. Do usłyszenia.",
        "ru": "Мы вам перезвоним. До свидания.",
    },
    "asked_already": {
        "en": "We have your request already and will call you back. Goodbye.",
        "fr": "Nous avons déjà votre demande et vous rappellerons. Au revoir.",
        "pl": "Mamy już tę prośbę i oddzwonimy. Do usłyszenia.",
        "ru": "Ваша заявка уже принята, мы вам перезвоним. До свидания.",
    },
    "thanks": {
        "en": "Thank you. Your message has been taken.",
        "fr": "Merci. Votre message est enregistré.",
        "pl": "Dziękujemy. Wiadomość została nagrana.",
        "ru": "Спасибо. Ваше сообщение записано.",
    },
    "goodbye": {"en": "Goodbye.", "fr": "Au revoir.", "pl": "Do usłyszenia.", "ru": "До свидания."},
    "place": {
        "en": "Your place in the queue: {number}.",
        "fr": "Votre place dans la file : {number}.",
        "pl": "Miejsce w kolejce: {number}.",
        "ru": "Ваше место в очереди: {number}.",
    },
    "minutes": {
        "en": "Estimated wait in minutes: {number}.",
        "fr": "Attente estimée en minutes : {number}.",
        "pl": "Przewidywany czas oczekiwania w minutach: {number}.",
        "ru": "Ожидание в минутах: примерно {number}.",
    },
    "soon": {
        "en": "Your call will be answered within a minute.",
        "fr": "Nous vous répondrons dans moins d'une minute.",
        "pl": "Odbierzemy w ciągu minuty.",
        "ru": "Вам ответят в течение минуты.",
    },
    "recorded": {
        "en": "This call is recorded.",
        "fr": "Cet appel est enregistré.",
        "pl": "Ta rozmowa jest nagrywana.",
        "ru": "Этот разговор записывается.",
    },
    "ended": {
        "en": "We have to end this call now. Please call again.",
        "fr": "Nous devons terminer cet appel. Veuillez rappeler.",
        "pl": "Musimy zakończyć to połączenie. Prosimy zadzwonić ponownie.",
        "ru": "Мы вынуждены завершить звонок. Пожалуйста, перезвоните.",
    },
}


def phrase(name: Phrase, language: Language, number: int = 0) -> str:
    """A sentence of ours; `number` is what it counts."""
    return _PHRASES[name][language].format(number=number)


def wait_told(language: Language, seconds: int, place: int) -> str:
    """What a waiting caller hears of the wait: place in line from 1, and the estimate in full minutes, rounded up."""
    minutes = -(-max(seconds, 0) // 60)
    estimate = phrase("minutes", language, minutes) if minutes > 1 else phrase("soon", language)
    return f"{phrase('place', language, place)} {estimate}"
