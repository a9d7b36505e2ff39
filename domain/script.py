"""A script beside a conversation: each answer on record with the version and the step that asked for it.

absent → going on → ended; a step back takes the last answer back, also from the end. A conversation keeps the version
it began with, whatever is applied meanwhile: its first event holds that version whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.centre.configuration import project_of
from domain.centre.scripts import Script, ScriptStep
from domain.decide import Command, Moment, Outcome, decides
from domain.event import Event
from domain.interaction.state import Interaction, interaction_of
from domain.personal import Personal
from domain.rejection import NotFound, Rejection
from domain.states import States, concept

#: Answers on record of one conversation; going round in circles ends here.
MOST_ANSWERS = 500


class ScriptBegun(Event, wire="script.begun.v1"):
    """`content` is the version whole, as JSON; `version` is the SHA-256 of its canonical form."""

    interaction_id: str
    script: str
    version: str
    content: str
    agent_id: str


class ScriptAnswered(Event, wire="script.answered.v1"):
    """The customer's answer at a step: the `choice` picked, or words. `to_step` empty: the script has ended."""

    interaction_id: str
    customer_id: str
    script: str
    version: str
    step: str
    choice: str
    words: Personal[str]
    to_step: str
    agent_id: str


class ScriptSteppedBack(Event, wire="script.stepped_back.v1"):
    """The last answer is taken back; the step that asked for it is asked again."""

    interaction_id: str
    script: str
    version: str
    to_step: str
    choice: str
    agent_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerScript(Command):
    """Write down an answer at the present step of the version that the agent sees."""

    project: str
    interaction_id: str
    script: str
    version: str
    step: str
    agent_id: str
    choice: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBack(Command):
    interaction_id: str
    script: str
    agent_id: str


@dataclass(frozen=True, slots=True)
class Run:
    """`step` is the present one, empty at the end; `path` are the steps answered, each with its choice."""

    version: str = ""
    content: str = ""
    step: str = ""
    path: tuple[tuple[str, str], ...] = ()

    @property
    def script(self) -> Script:
        return Script.model_validate_json(self.content)


def identity(interaction_id: str, script: str) -> str:
    """The id of the stream of one script beside one conversation."""
    return f"{interaction_id}.{script}"


def evolve(state: Run, event: Event) -> Run:
    match event:
        case ScriptBegun():
            begun = Run(event.version, event.content)
            return replace(begun, step=begun.script.start)
        case ScriptAnswered():
            return replace(state, step=event.to_step, path=(*state.path, (event.step, event.choice)))
        case ScriptSteppedBack():
            return replace(state, step=event.to_step, path=state.path[:-1])
        case _:
            return state


concept("script", Run(), evolve)


def _worked_by(states: States, interaction_id: str, agent_id: str) -> Interaction:
    interaction = interaction_of(states, interaction_id)
    in_hand = ("accepted", "connected", "wrap_up")
    if not any(leg.agent_id == agent_id and leg.status in in_hand for leg in interaction.legs.values()):
        raise Rejection("not_yours", "this work is not in your hands (any more)")
    return interaction


def _begun(states: States, c: AnswerScript) -> tuple[Run, Outcome]:
    """The run as it stands, or as it begins now."""
    run = states.of(Run, "script", identity(c.interaction_id, c.script))
    outcome = Outcome()
    if not run.version:
        script = project_of(states, c.project).configured.scripts.get(c.script)
        if script is None:
            raise NotFound("script", c.script)
        content, version = script.content(), script.version()
        where = {"interaction_id": c.interaction_id, "script": c.script, "agent_id": c.agent_id}
        begun = ScriptBegun(**where, version=version, content=content)
        outcome.add("script", identity(c.interaction_id, c.script), begun)
        run = evolve(run, begun)
    if run.version != c.version:
        raise Rejection("stale_version", "this is another version of the script than the one you see; read it afresh")
    return run, outcome


@decides(AnswerScript)
def answer(states: States, c: AnswerScript, at: Moment) -> Outcome:
    interaction = _worked_by(states, c.interaction_id, c.agent_id)
    run, outcome = _begun(states, c)
    if not run.step or run.step != c.step:
        asked = f"the script asks {run.step!r} now" if run.step else "the script has ended"
        raise Rejection("not_this_step", f"{asked}; step back to answer {c.step!r} again")
    if len(run.path) >= MOST_ANSWERS:
        raise Rejection("too_many_answers", f"{MOST_ANSWERS} answers are on record; finish the script")
    answered = ScriptAnswered(
        interaction_id=c.interaction_id,
        customer_id=interaction.customer_id,
        script=c.script,
        version=run.version,
        step=c.step,
        choice=c.choice,
        words=c.words,
        to_step=_next(run.script.steps[c.step], c) or "",
        agent_id=c.agent_id,
    )
    outcome.result["step"] = answered.to_step
    return outcome.add("script", identity(c.interaction_id, c.script), answered)


def _next(step: ScriptStep, c: AnswerScript) -> str | None:
    if not step.choices:
        if c.choice:
            raise Rejection("unknown_choice", "here words are written down, nothing is picked")
        if not c.words.strip():
            raise Rejection("empty", "write down what was said")
        return step.then
    picked = step.choices.get(c.choice)
    if picked is None:
        raise Rejection("unknown_choice", f"pick one of {', '.join(step.choices)}")
    return picked.then


@decides(StepBack)
def step_back(states: States, c: StepBack, at: Moment) -> Outcome:
    _worked_by(states, c.interaction_id, c.agent_id)
    run = states.of(Run, "script", identity(c.interaction_id, c.script))
    if not run.path:
        raise Rejection("at_the_start", "there is no answer to take back")
    step, choice = run.path[-1]
    back = ScriptSteppedBack(
        interaction_id=c.interaction_id,
        script=c.script,
        version=run.version,
        to_step=step,
        choice=choice,
        agent_id=c.agent_id,
    )
    outcome = Outcome().add("script", identity(c.interaction_id, c.script), back)
    outcome.result["step"] = step
    return outcome
