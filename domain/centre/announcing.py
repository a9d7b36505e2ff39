"""Whether callers who are recorded without being asked are told so: what stands on their way to the queue.

Words are looked at by their stems in each language. It is a warning only: a sentence may say it otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from domain.centre.faults import Fault, Path, Subject, warning
from domain.centre.flows import Flow, FlowStep, exits
from domain.centre.routing import Language
from domain.sentence import say

_STEMS: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("record",),
    "fr": ("enregistr",),
    "pl": ("nagr", "rejestrow"),
    "ru": ("запис",),
}


def check_announced(subject: Subject, flow: Flow, here: Path) -> Iterator[Fault]:
    """A warning for each queue that records everybody and can be reached by a caller who was not told."""
    untold = _untold(flow)
    for name, step in flow.steps.items():
        if step.queue is None or step.queue.record != "always" or name not in untold or _tells(flow, step):
            continue
        what = say("callers_are_recorded_here_who", "callers are recorded here who may not have been told")
        mend = say(
            "say_so_before_this_call_is",
            'say so before ("This call is recorded."), or ask by a `consent` step and `record: with_consent`',
        )
        yield warning(subject, (*here, "steps", name, "queue", "record"), what, mend, (subject, (*here, "steps")))


def _untold(flow: Flow) -> set[str]:
    """The steps that a caller can come to without having been told."""
    found: set[str] = set()
    ahead = [flow.start]
    while ahead:
        name = ahead.pop()
        step = flow.steps.get(name)
        if step is None or name in found:
            continue
        found.add(name)
        if not _tells(flow, step):
            ahead.extend(target for _, target in exits(step))
    return found


def _tells(flow: Flow, step: FlowStep) -> bool:
    """Whether a step asks for consent, or says in every language of the flow that it is recorded."""
    if step.consent is not None:
        return True
    said: Mapping[Language, str] = getattr(step.does, "say", {})
    return bool(said) and all(_mentions(said.get(language, ""), language) for language in flow.languages)


def _mentions(words: str, language: Language) -> bool:
    return any(stem in words.casefold() for stem in _STEMS[language])
