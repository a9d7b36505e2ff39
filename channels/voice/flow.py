"""A call flow run, pure: (flow, place, what the caller did) → (new place, what the call does, what it means).

Every turn ends with a step after which the call reports by itself, or with its end, so a call never stands still.
Steps that ask nothing of the caller are passed through in the same turn; `entering.MOST_MOVES` bounds a caller who goes
round for ever. A step that the configuration no longer has sends the caller to the flow's beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from channels.voice.control import HangUp, Step
from channels.voice.entering import end, enter, stand
from channels.voice.given import DialEnded, Given, Keyed, Left, OfferedCallback, Recorded, Spoke, ToVoicemail
from channels.voice.heard import ours, question
from channels.voice.meaning import Answered, Facts, GaveNumber, LeftMessage, Meaning, Turn, WantsCallback
from domain.centre.flows import (
    Ask,
    Asked,
    CallbackOffer,
    Consent,
    Flow,
    LanguageChoice,
    Menu,
    MessageTaking,
    Transfer,
    Voicemail,
    Waiting,
)
from domain.centre.routing import Language
from domain.voice.place import Place

#: A number to call back: national or in full, by the digits of its keys.
_NUMBER = re.compile(r"[0-9]{6,15}")
#: Keys of a customer number that are looked at.
_LONGEST_NUMBER = 40


def begin(flow: Flow, language: Language, facts: Facts) -> Turn:
    """The first turn of a call, in `language` where the flow speaks it."""
    known = language if language in flow.languages else flow.languages[0]
    return enter(flow, Place(step=flow.start, language=known), flow.start, facts)


def proceed(flow: Flow, place: Place, given: Given, facts: Facts) -> Turn:
    """The turn that follows from what the caller did, or from what was decided about them. Never fails."""
    if place.doing == "ended":
        return Turn(place, (HangUp(),))
    turn = place.model_copy(update={"turn": place.turn + 1})
    if isinstance(given, Left):
        return Turn(turn.model_copy(update={"doing": "ended"}), ())
    step = flow.steps.get(place.step)
    if step is None:
        return enter(flow, turn, flow.start, facts)
    answer = _ANSWERS.get(type(step.does))
    return enter(flow, turn, place.step, facts) if answer is None else answer(flow, turn, step.does, given, facts)


def present(flow: Flow, place: Place, facts: Facts) -> tuple[Step, ...]:
    """What the call does where it is, once more: for a request that was repeated, or a caller who comes back."""
    if place.doing == "ended" or place.step not in flow.steps:
        return (HangUp(),)
    return stand(flow, place, facts).steps


def _again(flow: Flow, place: Place, asked: Asked, onward: str, facts: Facts) -> Turn:
    """Ask once more, or go on where the last repetition brought nothing."""
    if place.attempt >= asked.retries:
        return enter(flow, place, onward, facts)
    again = place.model_copy(update={"attempt": place.attempt + 1})
    return Turn(again, (question(flow, asked, again),))


def _menu(flow: Flow, place: Place, menu: Menu, given: Given, facts: Facts) -> Turn:
    chosen = _chosen(menu, given, place.language)
    return enter(flow, place, chosen, facts) if chosen else _again(flow, place, menu, menu.otherwise, facts)


def _chosen(menu: Menu, given: Given, language: Language) -> str | None:
    if isinstance(given, Keyed):
        return menu.keys.get(given.keys)
    if not isinstance(given, Spoke):
        return None
    said = _plain(given.words)
    for target, by_language in menu.phrases.items():
        if any(re.search(rf"\b{re.escape(_plain(one))}\b", said) for one in by_language.get(language, ())):
            return target
    return None


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _ask(flow: Flow, place: Place, ask: Ask, given: Given, facts: Facts) -> Turn:
    if not isinstance(given, Keyed) or re.fullmatch(ask.pattern, given.keys[:_LONGEST_NUMBER]) is None:
        return _again(flow, place, ask, ask.none, facts)
    known = given.known is True
    gave = GaveNumber(given.keys[:_LONGEST_NUMBER], known)
    return enter(flow, place, ask.known if known else ask.unknown, facts, meant=(gave,))


def _language(flow: Flow, place: Place, choice: LanguageChoice, given: Given, facts: Facts) -> Turn:
    language = choice.keys.get(given.keys) if isinstance(given, Keyed) else None
    if language is None:
        return _again(flow, place, choice, choice.then, facts)
    return enter(flow, place.model_copy(update={"language": language}), choice.then, facts)


def _consent(flow: Flow, place: Place, consent: Consent, given: Given, facts: Facts) -> Turn:
    if not isinstance(given, Keyed) and place.attempt < consent.retries:
        return _again(flow, place, consent, consent.then, facts)
    agreed = isinstance(given, Keyed) and given.keys == consent.key
    told = place.model_copy(update={"consent": agreed})
    return enter(flow, told, consent.then, facts, meant=(Answered(agreed),))


def _waiting(flow: Flow, place: Place, waiting: Waiting, given: Given, facts: Facts) -> Turn:
    """A key, and what the router decides, lead out of waiting; anything else changes nothing."""
    if isinstance(given, ToVoicemail):
        return _to_voicemail(flow, place, waiting.voicemail, facts)
    asked = isinstance(given, Keyed) and given.keys == waiting.callback_key
    if waiting.callback and (asked or isinstance(given, OfferedCallback)):
        return enter(flow, place, waiting.callback, facts)
    return Turn(place, stand(flow, place, facts).steps)


def _to_voicemail(flow: Flow, place: Place, step: str | None, facts: Facts) -> Turn:
    """To the step that takes a message: the one that is named, else the first of the flow."""
    named = step or next((name for name, one in flow.steps.items() if one.voicemail is not None), None)
    return enter(flow, place, named, facts) if named else end(place, (ours("goodbye", place.language),))


def _callback(flow: Flow, place: Place, offer: CallbackOffer, given: Given, facts: Facts) -> Turn:
    if isinstance(given, ToVoicemail):
        return _to_voicemail(flow, place, None, facts)
    keys = given.keys if isinstance(given, Keyed) else ""
    if place.stage == "number":
        if _NUMBER.fullmatch(keys):
            return _promised(flow, place, offer, keys, facts)
        return _again(flow, place, offer, offer.declined, facts)
    if keys != offer.key:
        return _again(flow, place, offer, offer.declined, facts)
    if facts.caller_known and not offer.ask_number:
        return _promised(flow, place, offer, "", facts)
    asking = place.model_copy(update={"stage": "number", "attempt": 0})
    return Turn(asking, (question(flow, offer, asking),))


def _promised(flow: Flow, place: Place, offer: CallbackOffer, number: str, facts: Facts) -> Turn:
    wanted = WantsCallback(number)
    if offer.accepted:
        return enter(flow, place, offer.accepted, facts, meant=(wanted,))
    return end(place, (ours("promised", place.language),), (wanted,))


def _message(flow: Flow, place: Place, taking: Voicemail | MessageTaking, given: Given, facts: Facts) -> Turn:
    recipient = taking.recipient if isinstance(taking, MessageTaking) else ""
    left: tuple[Meaning, ...] = ()
    if isinstance(given, Recorded) and given.seconds > 0:
        left = (LeftMessage(taking.queue, given.seconds, given.recording, recipient),)
    said = (ours("thanks", place.language),) if left else ()
    if taking.then:
        return enter(flow, place, taking.then, facts, said=said, meant=left)
    return end(place, said, left)


def _transfer(flow: Flow, place: Place, transfer: Transfer, given: Given, facts: Facts) -> Turn:
    if isinstance(given, DialEnded) and given.answered:
        return end(place)
    return enter(flow, place, transfer.otherwise, facts)


_Answer = Callable[[Flow, Place, Any, Given, Facts], Turn]
_ANSWERS: Mapping[type, _Answer] = {
    Menu: _menu,
    Ask: _ask,
    LanguageChoice: _language,
    Consent: _consent,
    Waiting: _waiting,
    CallbackOffer: _callback,
    Voicemail: _message,
    MessageTaking: _message,
    Transfer: _transfer,
}
