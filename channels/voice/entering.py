"""Coming to a step of a flow: passing through what asks nothing of the caller, stopping at what does. Pure."""

from __future__ import annotations

from channels.voice.control import Enqueue, Forward, HangUp, Say, Step
from channels.voice.control import Voicemail as TakeMessage
from channels.voice.heard import VOICES, ours, question, spoken, words
from channels.voice.meaning import EnteredQueue, Facts, Meaning, Turn
from domain.centre.flows import (
    Asked,
    Does,
    Flow,
    Greet,
    MessageTaking,
    OpeningHours,
    Transfer,
    Voicemail,
    Waiting,
)
from domain.centre.flows import HangUp as Goodbye
from domain.centre.flows import Say as Words
from domain.centre.hours import is_open
from domain.voice.place import Doing, Place

#: Steps that one call may come through.
MOST_MOVES = 200
#: All callers wait in one room of the provider's; whose turn it is, is the router's.
ROOM = "waiting"


def enter(
    flow: Flow, place: Place, name: str, facts: Facts, *, said: tuple[Step, ...] = (), meant: tuple[Meaning, ...] = ()
) -> Turn:
    """Come to the step `name`. What was `said` before is heard first; what it `meant` is kept."""
    heard = list(said)
    while True:
        if place.moves >= MOST_MOVES or name not in flow.steps:
            return end(place, (*heard, ours("ended", place.language)), meant)
        place = place.model_copy(update={"step": name, "attempt": 0, "moves": place.moves + 1, "stage": ""})
        onward = _through(flow, place, flow.steps[name].does, facts, heard)
        if onward is None:
            break
        if flow.steps[name].greet is not None and name not in place.greeted:
            place = place.model_copy(update={"greeted": (*place.greeted, name)})
        name = onward
    turn = stand(flow, place, facts)
    return Turn(turn.place, (*heard, *turn.steps), (*meant, *turn.meanings))


def _through(flow: Flow, place: Place, does: Does, facts: Facts, heard: list[Step]) -> str | None:
    """The step that follows at once, None where this one stops; what is heard on the way is added."""
    match does:
        case Greet() | Words():
            if place.step not in place.greeted:
                heard.extend(spoken(flow, does, place.language))
            return does.then
        case OpeningHours():
            hours = facts.project.hours.get(does.hours)
            return does.open if hours is None or is_open(hours, facts.now) else does.closed
        case _:
            return None


def stand(flow: Flow, place: Place, facts: Facts) -> Turn:
    """What is heard, and waited for, at the step where the caller is."""
    does, turn = flow.steps[place.step].does, str(place.turn)
    match does:
        case Asked():
            return Turn(doing(place, "answering"), (question(flow, does, place),))
        case Waiting():
            return _stand_waiting(place, does, facts)
        case Voicemail() | MessageTaking():
            take = TakeMessage(then=turn, longest=does.longest)
            return Turn(doing(place, "recording"), (*spoken(flow, does, place.language), take))
        case Transfer():
            forward = Forward(does.to, facts.line, turn, does.ring)
            return Turn(doing(place, "dialling"), (*words(does.say, place.language), forward))
        case Goodbye():
            return end(place, words(does.say, place.language))
        case _:
            # configured anew meanwhile: what was a question is none any more
            return enter(flow, place, place.step, facts)


def _stand_waiting(place: Place, does: Waiting, facts: Facts) -> Turn:
    """Into the queue, unless it is closed and has but a text for its callers."""
    queue = facts.project.queues.get(does.queue)
    hours = facts.project.hours.get(queue.hours or "") if queue is not None else None
    if queue is not None and queue.closed.then == "message" and hours is not None and not is_open(hours, facts.now):
        text = queue.closed.text
        return end(place, (Say(text, VOICES[place.language]) if text else ours("ended", place.language),))
    entered = EnteredQueue(does.queue, does.priority, _consent(does, place))
    wait = Enqueue(ROOM, hearing=str(place.turn), then=str(place.turn))
    return Turn(doing(place, "waiting"), (*words(does.say, place.language), wait), (entered,))


def _consent(does: Waiting, place: Place) -> str:
    """How the caller agreed to the recording of what follows; empty where it is not recorded."""
    if does.record == "always":
        return "announced"
    return "asked" if does.record == "with_consent" and place.consent else ""


def doing(place: Place, what: Doing) -> Place:
    return place.model_copy(update={"doing": what})


def end(place: Place, said: tuple[Step, ...] = (), meant: tuple[Meaning, ...] = ()) -> Turn:
    """The call is over, after what is `said`."""
    return Turn(doing(place, "ended"), (*said, HangUp()), meant)
