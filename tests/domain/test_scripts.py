"""Scripts beside a conversation: steps, answers, going back, versions; and scripts that cannot be meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.centre.configuration import ConfigureProject
from domain.centre.references import check
from domain.centre.scripts import Script
from domain.script import AnswerScript, ScriptAnswered, ScriptBegun, ScriptSteppedBack, StepBack
from tests.domain.commands import PROJECT, Work, in_hand, ready
from tests.domain.documents import project
from tests.domain.world import World, happened

SALE: dict[str, Any] = {
    "title": "A sale",
    "start": "ask",
    "steps": {
        "ask": {
            "say": "Are you interested?",
            "choices": {"yes": {"title": "Yes", "then": "why"}, "no": {"title": "No"}},
        },
        "why": {"say": "What do you need?", "hint": "listen", "then": "bye"},
        "bye": {"say": "Thank you", "choices": {"done": {"title": "Done"}}},
    },
}
VERSION = Script.model_validate(SALE).version()


def scripted(world: World) -> Work:
    world.given(ConfigureProject(document=project(scripts={"sale": SALE}), expected_revision=1), *ready("anna"))
    return in_hand(world, "anna")


def answer(work: Work, step: str, choice: str = "", words: str = "", version: str = VERSION) -> AnswerScript:
    where = {"project": PROJECT, "interaction_id": work.interaction_id, "script": "sale", "agent_id": "anna"}
    return AnswerScript(**where, version=version, step=step, choice=choice, words=words)


def back(work: Work) -> StepBack:
    return StepBack(interaction_id=work.interaction_id, script="sale", agent_id="anna")


def test_answers_are_on_record_with_version_and_step_and_lead_to_the_next(world: World) -> None:
    work = scripted(world)
    world.when(answer(work, "ask", "yes")).then(
        happened(ScriptBegun, version=VERSION, script="sale"),
        happened(ScriptAnswered, step="ask", choice="yes", to_step="why", version=VERSION, agent_id="anna"),
    )
    world.when(answer(work, "why", words="A tariff")).then(happened(ScriptAnswered, words="A tariff", to_step="bye"))
    assert world.when(answer(work, "bye", "done")).one(ScriptAnswered).to_step == ""
    world.when(answer(work, "bye", "done")).rejected("not_this_step", saying="has ended")
    world.when(answer(work, "", "done")).rejected("not_this_step", saying="has ended")


def test_a_step_back_asks_again_also_from_the_end(world: World) -> None:
    work = scripted(world)
    world.when(back(work)).rejected("at_the_start")
    world.given(answer(work, "ask", "no"))
    world.when(back(work)).then(happened(ScriptSteppedBack, to_step="ask", choice="no"))
    world.when(answer(work, "ask", "yes")).then(happened(ScriptAnswered, to_step="why"))


def test_an_answer_must_fit_the_step(world: World) -> None:
    work = scripted(world)
    world.when(answer(work, "ask", "maybe")).rejected("unknown_choice", saying="pick one of yes, no")
    world.when(answer(work, "why", words="x")).rejected("not_this_step")
    world.given(answer(work, "ask", "yes"))
    world.when(answer(work, "why", "yes")).rejected("unknown_choice")
    world.when(answer(work, "why", words=" ")).rejected("empty")


def test_a_conversation_keeps_the_version_it_began_with(world: World) -> None:
    work = scripted(world)
    world.given(answer(work, "ask", "yes"))
    changed = {**SALE, "steps": {**SALE["steps"], "why": {"say": "Say it again"}}}
    world.given(ConfigureProject(document=project(scripts={"sale": changed}), expected_revision=2))
    newer = Script.model_validate(changed).version()
    assert newer != VERSION
    world.when(answer(work, "why", words="x", version=newer)).rejected("stale_version")
    world.when(answer(work, "why", words="x")).then(happened(ScriptAnswered, to_step="bye"))


def test_only_who_has_the_work_in_hand_writes_answers_down(world: World) -> None:
    work = scripted(world)
    world.when(replace(answer(work, "ask", "yes"), agent_id="boris")).rejected("not_yours")
    world.when(replace(answer(work, "ask", "yes"), script="none")).rejected("not_found")


def test_steps_that_nobody_reaches_that_do_not_exist_and_circles_without_an_end_are_told() -> None:
    steps = {
        "a": {"say": "a", "choices": {"on": {"title": "On", "then": "b"}, "off": {"title": "Off", "then": "nowhere"}}},
        "b": {"say": "b", "then": "c"},
        "c": {"say": "c", "then": "b"},
        "lost": {"say": "never said"},
    }
    wrong = {"title": "Wrong", "start": "a", "steps": steps, "queues": ["moon"]}
    found = [f for f in check([], [project(scripts={"wrong": wrong})], time_zones={"UTC"}) if f.path[0] == "scripts"]
    assert {(fault.what, fault.severity) for fault in found} == {
        ("there is no queue 'moon'", "fault"),
        ("there is no step 'nowhere'", "fault"),
        ("no answer leads to the step 'lost'", "warning"),
        ("from the step 'a' no answer ever leads to the end", "fault"),
        ("from the step 'b' no answer ever leads to the end", "fault"),
        ("from the step 'c' no answer ever leads to the end", "fault"),
    }
