"""What a caller hears at a step of the flow, and what is asked of them. Pure."""

from __future__ import annotations

from typing import Final

from channels.voice.control import Gather, Pause, Play, Say, Step
from channels.voice.phrases import Phrase, phrase, wait_told
from domain.centre.flows import Ask, Asked, Flow, LanguageChoice, Menu, Spoken
from domain.centre.routing import Language
from domain.voice.place import Place

#: BCP 47 tags of the voices.
VOICES: Final[dict[Language, str]] = {"en": "en-GB", "fr": "fr-FR", "pl": "pl-PL", "ru": "ru-RU"}
#: Seconds that a waiting caller hears nothing new where there is no music, before the wait is looked at again.
QUIET: Final = 20
#: Words offered to speech recognition at most.
_HINTS: Final = 100


def spoken(flow: Flow, what: Spoken, language: Language) -> tuple[Say | Play, ...]:
    """A step's words in the caller's language, or the recording that stands for them."""
    sound = flow.sound(what.play, language) if what.play else None
    if sound is not None:
        return (Play(sound),)
    words_ = what.say.get(language) or next(iter(what.say.values()))
    return (Say(words_, VOICES[language]),)


def words(say: dict[Language, str], language: Language) -> tuple[Say, ...]:
    """Words that may be missing."""
    return (Say(say[language], VOICES[language]),) if language in say else ()


def ours(name: Phrase, language: Language) -> Say:
    """A sentence of the system's own."""
    return Say(phrase(name, language), VOICES[language])


def question(flow: Flow, asked: Asked, place: Place) -> Gather:
    """Ask, and wait for keys: one, or as many as come before #; for words too where the step knows some."""
    several = isinstance(asked, Ask) or place.stage == "number"
    hints = _hints(asked, place.language)
    return Gather(
        then=str(place.turn),
        prompts=_prompts(flow, asked, place),
        patience=asked.timeout,
        most=None if several else 1,
        # one key is its own end; # and * may be choices
        finish_on="#" if several else "",
        speech=bool(hints),
        language=VOICES[place.language],
        hints=hints,
    )


def _prompts(flow: Flow, asked: Asked, place: Place) -> tuple[Say | Play, ...]:
    if place.stage == "number":
        return (ours("number", place.language),)
    if isinstance(asked, LanguageChoice):
        return tuple(Say(said, VOICES[language]) for language, said in asked.say.items())
    return spoken(flow, asked, place.language)


def _hints(asked: Asked, language: Language) -> tuple[str, ...]:
    if not isinstance(asked, Menu):
        return ()
    found = (one for by_language in asked.phrases.values() for one in by_language.get(language, ()))
    return tuple(found)[:_HINTS]


def while_waiting(flow: Flow, place: Place, wait: tuple[int, int] | None) -> tuple[Step, ...]:
    """What a waiting caller hears, over and over: the wait where it is news (estimated seconds, place), and music."""
    step = flow.steps.get(place.step)
    waiting = step.queue if step is not None else None
    prompts: list[Say | Play] = []
    if wait is not None and (waiting is None or waiting.announce):
        prompts.append(Say(wait_told(place.language, *wait), VOICES[place.language]))
    music = flow.sound(waiting.music, place.language) if waiting is not None and waiting.music else None
    if music is not None:
        prompts.append(Play(music))
    patience = 1 if music is not None else QUIET
    return (Gather(then=str(place.turn), prompts=tuple(prompts), patience=patience, most=1, finish_on=""),)


def quietly_waiting(language: Language, wait: tuple[int, int] | None) -> tuple[Step, ...]:
    """What a customer hears whom we called and who waits for another agent: the wait where it is news, and no flow."""
    told = (Say(wait_told(language, *wait), VOICES[language]),) if wait is not None else ()
    return (*told, Pause(QUIET))
