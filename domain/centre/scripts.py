"""Conversation scripts: what to say and ask, step by step, and where each answer leads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from domain.centre.faults import Fault, Path, Subject, unknown, warning
from domain.centre.routing import Document, Name, Title
from domain.sentence import say

Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class Choice(Document):
    """An answer that can be picked, and the step it leads to; the script ends without one."""

    title: Title
    then: Name | None = Field(default=None, description="one of the script's `steps`; the end without")


class ScriptStep(Document):
    """What is said and asked. With `choices` one is picked; without, words are written down and `then` goes on."""

    say: Words = Field(description="what the agent says or asks")
    hint: Words | None = Field(default=None, description="what helps the agent here, not to be said")
    choices: dict[Name, Choice] = Field(default={}, max_length=30, description="answers to pick from, by name")
    then: Name | None = Field(default=None, description="the step after written words; the end without")

    @property
    def leads_to(self) -> tuple[str | None, ...]:
        """Where it may go on; None for the end."""
        return tuple(choice.then for choice in self.choices.values()) or (self.then,)


class Script(Document):
    """A conversation from its first step on. Each version is known by the hash of what it says."""

    title: Title
    queues: tuple[Name, ...] = Field(default=(), description="of `queues`, whose contacts it is for; none named: all")
    start: Name = Field(description="one of `steps`")
    steps: dict[Name, ScriptStep] = Field(min_length=1, max_length=200)

    def content(self) -> str:
        """What it says as JSON, choices in the order in which they are declared."""
        return json.dumps(self.model_dump(mode="json"), separators=(",", ":"), ensure_ascii=False)

    def version(self) -> str:
        """SHA-256 of its canonical JSON (RFC 8785 order of keys)."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def check_scripts(subject: Subject, scripts: dict[str, Script], queues: dict[str, object]) -> Iterator[Fault]:
    """Steps that do not exist, that nobody comes to, and from which there is no way to the end."""
    for name, script in scripts.items():
        here: Path = ("scripts", name)
        for number, queue in enumerate(script.queues):
            yield from unknown("queue", queue, queues, subject, (*here, "queues", number), ("queues",))
        yield from unknown("step", script.start, script.steps, subject, (*here, "start"), (*here, "steps"))
        for step_name, step in script.steps.items():
            yield from _leads_somewhere(subject, (*here, "steps"), step_name, step, script)
        yield from _ways(subject, (*here, "steps"), script)


def _leads_somewhere(subject: Subject, steps: Path, name: str, step: ScriptStep, script: Script) -> Iterator[Fault]:
    places = [((*steps, name, "choices", key, "then"), choice.then) for key, choice in step.choices.items()]
    for path, then in [*places, ((*steps, name, "then"), step.then)]:
        if then is not None:
            yield from unknown("step", then, script.steps, subject, path, steps)
    if step.choices and step.then is not None:
        what = say(
            "with_choices_each_of_them_says",
            "with choices, each of them says where it leads; `then` would never be followed",
        )
        yield warning(
            subject,
            (*steps, name, "then"),
            what,
            say("remove_it_or_move_it_into_a", "remove it, or move it into a choice"),
        )


def _ways(subject: Subject, steps: Path, script: Script) -> Iterator[Fault]:
    reached, ends = _reached(script), _ending(script)
    for name in script.steps:
        if name not in reached:
            what = say("no_answer_leads_to_the_step", "no answer leads to the step {name!r}", name=name)
            yield warning(
                subject,
                (*steps, name),
                what,
                say("let_a_choice_lead_to_it_then", "let a choice lead to it (`then`), or remove it"),
            )
        elif name not in ends:
            what = say(
                "from_the_step_no_answer_ever", "from the step {name!r} no answer ever leads to the end", name=name
            )
            yield Fault(
                subject=subject,
                path=(*steps, name),
                what=what,
                mend=say("let_an_answer_end_no_then", "let an answer end (no `then`)"),
                at_key=True,
            )


def _reached(script: Script) -> set[str]:
    found, ahead = set[str](), [script.start]
    while ahead:
        name = ahead.pop()
        step = script.steps.get(name)
        if step is not None and name not in found:
            found.add(name)
            ahead += [then for then in step.leads_to if then is not None]
    return found


def _ending(script: Script) -> set[str]:
    """Steps from which some answers lead to the end."""
    found = set[str]()
    while True:
        more = {
            name
            for name, step in script.steps.items()
            if name not in found and any(then is None or then in found for then in step.leads_to)
        }
        if not more:
            return found
        found |= more
