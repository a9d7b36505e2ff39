"""Numbers and call flows in documents: what `check` says of them, and how `--graph` draws them."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from domain.centre.flows import KINDS
from infra.cli.check import check as check_command
from infra.cli.flow_graph import NoSuchFlow, draw
from infra.documents import Finding, check_files
from tests.configuration.conftest import CENTRE, PROJECT, Check

APP = typer.Typer()
APP.command()(check_command)
HOTLINE = Path(__file__).parents[2] / "examples" / "hotline"
FLOW = """\
numbers:
  main: {number: "+48221234567", title: Main, flow: hello}
flows:
  hello:
    title: Hello
    start: welcome
    recordings:
      music: {title: Music, sounds: {en: "https://example.com/a.mp3"}}
    steps:
      welcome: {greet: {say: {en: Hello}, then: open}}
      open: {hours: {hours: office, open: choose, closed: message}}
      choose: {menu: {say: {en: Press 1}, keys: {"1": wait}, phrases: {wait: {en: [billing]}}, otherwise: wait}}
      wait: {queue: {queue: billing, music: music, callback: back}}
      back: {callback_offer: {say: {en: Press 1}, declined: message}}
      message: {voicemail: {say: {en: Speak}, queue: billing, then: bye}}
      bye: {hang_up: {}}
hours:
  office: {weekly: {mon: ["08:00-16:00"]}}
"""
BOTH = f"{CENTRE}---\n{PROJECT}{FLOW}"


def faults(check: Check, text: str) -> list[Finding]:
    return check(text).findings


def test_a_number_and_its_flow_are_in_order(check: Check) -> None:
    assert faults(check, BOTH) == []


#: What is replaced by what; where the fault is, what it says and what it offers.
MISTAKES = [
    ("then: open}", "then: opne}", "welcome.greet.then", "there is no step 'opne'", "did you mean 'open'"),
    ("start: welcome", "start: welcom", "flows.hello.start", "no step 'welcom'", "did you mean 'welcome'"),
    ('"1": wait', '"1": wiat', "choose.menu.keys.1", "no step 'wiat'", "'wait'"),
    ("queue: billing, music", "queue: biling, music", "wait.queue.queue", "no queue 'biling'", "'billing'"),
    ("hours: office, open", "hours: ofice, open", "open.hours.hours", "no opening hours 'ofice'", "'office'"),
    ("music: music,", "music: muzak,", "wait.queue.music", "no recording 'muzak'", "'music'"),
    ("flow: hello}", "flow: helo}", "numbers.main.flow", "no flow 'helo'", "'hello'"),
    ("flow: hello}", "flow: hello, language: pl}", "numbers.main.language", "says nothing in 'pl'", "language: en"),
    ("+48221234567", "22 123 45 67", "numbers.main.number", "a telephone number in full", "+48221234567"),
    ("flow: hello}", "flow: hello, lines: 0}", "numbers.main.lines", "from 1 to 10000", "lines: 10"),
    ("en: Hello", "fr: Bonjour", "welcome.greet.say", "not said in 'en'", "add `en: …`"),
    ('{"1": wait}', '{"11": wait}', "choose.menu.keys.11", "a key of the telephone", "`1:`"),
    ("phrases: {wait", "phrases: {bye", "choose.menu.phrases.bye", "no key of this menu leads to 'bye'", "'wait'"),
    ("callback: back}", "callback: bye}", "wait.queue.callback", "'bye' is no callback_offer", "'back'"),
    ("otherwise: wait}}", "otherwise: open}}", "steps.open", "would go round for ever: open → choose", "queue"),
    ("{hang_up: {}}", "{say: {say: {en: Hm}, then: bye}}", "steps.bye", "no way out", "hang_up"),
    ("{hang_up: {}}", "{hang_up: {}, say: {say: {en: Hm}, then: wait}}", "steps.bye", "hang_up", "for example"),
    ("callbacks: {queue: billing}", "", "back.callback_offer", "takes no callback requests", "callbacks: {queue"),
    (
        "skills: {french: 2}",
        "steps: [{after: 60, voicemail: true}]",
        "wait.queue",
        "sends callers to leave a message",
        "add `voicemail:`",
    ),
]


@pytest.mark.parametrize(("wrong", "with_", "path", "what", "mend"), MISTAKES, ids=[f"{m[2]}:{m[1]}" for m in MISTAKES])
def test_a_fault_names_its_place_and_what_could_stand_there(
    check: Check, wrong: str, with_: str, path: str, what: str, mend: str
) -> None:
    assert wrong in BOTH
    found = [f for f in faults(check, BOTH.replace(wrong, with_)) if f.severity == "fault"]
    fitting = [f for f in found if f.path.endswith(path)]
    assert fitting, [(f.path, f.what, f.mend) for f in found]
    assert what in fitting[0].what
    assert mend in fitting[0].mend
    assert fitting[0].line > 1


def test_a_step_that_nothing_leads_to_is_told(check: Check) -> None:
    lonely = BOTH.replace("      bye: ", "      lonely: {hang_up: {}}\n      bye: ")
    (finding,) = faults(check, lonely)
    assert (finding.severity, finding.what) == ("warning", "nothing leads to the step 'lonely'")


ALWAYS = BOTH.replace("music: music, callback", "record: always, music: music, callback")


@pytest.mark.parametrize(
    ("wrong", "with_"),
    [
        ("{en: Hello}", "{en: Hello. This call is recorded.}"),
        ("{en: Press 1}, keys", "{en: We record this call. Press 1}, keys"),
        ("queue: billing, record", "queue: billing, say: {en: Your call will be recorded}, record"),
        ("then: open}", "then: agree}}\n      agree: {consent: {say: {en: May we}, then: open}"),
        ("record: always", "record: with_consent"),
    ],
)
def test_who_is_recorded_and_was_told_is_not_warned_of(check: Check, wrong: str, with_: str) -> None:
    assert wrong in ALWAYS
    assert faults(check, ALWAYS.replace(wrong, with_)) == []


def test_callers_who_are_recorded_and_may_not_have_been_told_are_warned_of(check: Check) -> None:
    untold = [ALWAYS, ALWAYS.replace("Speak", "Speak and be recorded")]
    # told on one way and not on the other
    untold.append(ALWAYS.replace('"1": wait}', '"1": wait, "2": told}').replace(
        "      bye:", "      told: {say: {say: {en: You are recorded}, then: wait}}\n      bye:"
    ))  # fmt: skip
    for text in untold:
        (finding,) = faults(check, text)
        assert (finding.severity, finding.path) == ("warning", "flows.hello.steps.wait.queue.record")
        assert "consent" in finding.mend


def test_a_number_that_stands_in_two_projects_is_a_fault(check: Check) -> None:
    other = PROJECT.replace("project: hotline", "project: other").replace("help@", "other@") + FLOW
    found = [f.what for f in faults(check, f"{BOTH}---\n{other}") if f.severity == "fault"]
    assert "+48221234567 is the number 'hotline/main' already" in found


def test_a_round_with_a_caller_who_keys_something_is_allowed(check: Check) -> None:
    assert faults(check, BOTH.replace('keys: {"1": wait}', 'keys: {"1": wait, "9": choose}')) == []


def test_a_digit_pattern_that_is_no_regular_expression_is_told(check: Check) -> None:
    ask = '{ask: {say: {en: Number}, pattern: "[0-9", known: choose, unknown: choose, none: choose}}'
    text = BOTH.replace("open: choose, closed", "open: number, closed").replace(
        "      choose:", f"      number: {ask}\n      choose:"
    )
    (finding,) = faults(check, text)
    assert "no regular expression" in finding.what


def test_a_flow_is_drawn_with_its_numbers_steps_and_keys() -> None:
    drawn = draw(check_files([HOTLINE]).projects, "call_us")
    assert drawn.startswith("flowchart TD\n")
    assert 'call0(["+48800625469"])' in drawn
    assert 's_choose -->|"2"| s_complain' in drawn
    assert 's_choose -->|"1, otherwise"| s_may_record' in drawn
    for step in ("welcome", "office_hours", "order", "leave_message", "goodbye"):
        assert f"s_{step}" in drawn


def test_dot_escapes_what_is_said(check: Check) -> None:
    checked = check(BOTH.replace("en: Hello", "en: 'Say \"A\\'"))
    drawn = draw(checked.projects, "hotline/hello", "dot")
    assert 'Say \\"A\\\\' in drawn
    assert '"choose" -> "wait" [label="1, otherwise"];' in drawn


def test_a_flow_that_nobody_has_is_told_with_those_that_there_are(check: Check) -> None:
    with pytest.raises(NoSuchFlow, match="there are: hotline/hello"):
        draw(check(BOTH).projects, "hallo")


def test_the_command_draws_a_flow_and_nothing_else() -> None:
    done = CliRunner().invoke(APP, [str(HOTLINE), "--graph", "call_us"])
    assert done.exit_code == 0
    assert done.output == draw(check_files([HOTLINE]).projects, "call_us")


def test_the_command_says_which_flows_there_are() -> None:
    done = CliRunner().invoke(APP, [str(HOTLINE), "--graph", "nothing"])
    assert done.exit_code == 2
    assert "raspberries/call_us" in done.output


def test_the_page_of_call_flows_shows_the_example_as_it_is_drawn() -> None:
    page = (Path(__file__).parents[2] / "docs" / "call-flows.md").read_text("utf-8")
    drawn = draw(check_files([HOTLINE]).projects, "call_us")
    assert f"```mermaid\n{drawn}```\n" in page
    for kind in KINDS:
        assert f"| `{kind}` |" in page
