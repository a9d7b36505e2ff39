"""The call flow run: what a caller hears and is led to by what they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from channels.twilio.steps import Addresses, document
from channels.voice.control import Enqueue, Forward, Gather, HangUp, Play, Say, Step, Voicemail
from channels.voice.entering import MOST_MOVES
from channels.voice.flow import begin, present, proceed
from channels.voice.given import (
    DialEnded,
    Given,
    Keyed,
    Left,
    OfferedCallback,
    Recorded,
    Silent,
    Spoke,
    ToVoicemail,
)
from channels.voice.heard import while_waiting
from channels.voice.meaning import Answered, EnteredQueue, GaveNumber, LeftMessage, Turn, WantsCallback
from domain.centre.documents import ProjectDocument
from tests.channels.voice.flows import ANY, LINE, NIGHT, NOON, STEPS, facts, flow_of, in_order, project

PROJECT = project()


def run(
    *inputs: Given, of: ProjectDocument = PROJECT, now: datetime = NOON, language: Any = "en", caller_known: bool = True
) -> Turn:
    """The last turn of a call in which these things were done one after the other; all meanings together."""
    known = facts(of, now, caller_known=caller_known)
    turn = begin(flow_of(of), language, known)
    meanings = list(turn.meanings)
    for one in inputs:
        turn = proceed(flow_of(of), turn.place, one, known)
        meanings.extend(turn.meanings)
    return Turn(turn.place, turn.steps, tuple(meanings))


def heard(steps: Sequence[Step]) -> list[str]:
    found: list[str] = []
    for step in steps:
        prompts = step.prompts if isinstance(step, Gather) else (step,)
        found.extend(one.text for one in prompts if isinstance(one, Say))
    return found


QUIET = [Silent()] * 3  # language, and both times the number is asked for


def test_a_caller_is_welcomed_and_asked_in_one_turn() -> None:
    turn = run()
    assert heard(turn.steps) == ["Welcome", "Po polsku dwa"]
    assert isinstance(turn.steps[-1], Gather)
    assert (turn.place.step, turn.place.turn) == ("tongue", 1)


def test_a_key_chooses_the_language_of_all_that_follows() -> None:
    turn = run(Keyed("2"))
    assert heard(turn.steps) == ["Numer"]
    assert run(Silent()).place.language == "en"


def test_outside_opening_hours_the_caller_leaves_a_message() -> None:
    turn = run(now=NIGHT)
    assert heard(turn.steps) == ["Welcome", "Speak"]
    assert turn.steps[-1] == Voicemail(then="1", longest=180)


def test_a_known_customer_number_is_told_and_an_unknown_one_is_too() -> None:
    known, unknown = run(Silent(), Keyed("123456", known=True)), run(Silent(), Keyed("123456", known=False))
    assert known.meanings == (GaveNumber("123456", True),)
    assert heard(known.steps) == ["Orders 1, office 9, again star"]
    assert unknown.meanings == (GaveNumber("123456", False),)
    assert heard(unknown.steps)[0] == "Not known"


def test_a_number_that_does_not_fit_is_asked_for_again_and_then_left() -> None:
    once = run(Silent(), Keyed("12"))
    assert (once.place.step, once.place.attempt, once.meanings) == ("who", 1, ())
    assert run(Silent(), Keyed("12"), Keyed("1234567")).place.step == "choose"


@pytest.mark.parametrize("given", [Keyed("1"), Spoke("I would like to ORDER  raspberries, please")])
def test_a_menu_is_answered_by_key_or_by_words(given: Given) -> None:
    assert run(*QUIET, given).place.step == "consent"


def test_words_inside_other_words_are_no_answer() -> None:
    assert run(*QUIET, Spoke("the border")).place.step == "choose"


def test_who_does_not_choose_is_asked_again_and_goes_on() -> None:
    assert run(*QUIET, Keyed("7")).place.attempt == 1
    assert run(*QUIET, Keyed("7"), Silent(), Silent()).place.step == "consent"


def test_a_greeting_is_heard_once_in_a_call() -> None:
    again = run(*QUIET, Keyed("*"))
    assert heard(again.steps) == ["Po polsku dwa"]


def test_recording_needs_a_key_and_silence_is_no_consent() -> None:
    agreed = run(*QUIET, Keyed("1"), Keyed("1"))
    assert agreed.meanings[-2:] == (Answered(True), EnteredQueue("orders", None, "asked"))
    silent = run(*QUIET, Keyed("1"), Silent(), Silent(), Silent())
    assert silent.meanings[-2:] == (Answered(False), EnteredQueue("orders", None, ""))
    assert run(*QUIET, Keyed("1"), Keyed("2")).meanings[-2] == Answered(False)


IN_QUEUE = [*QUIET, Keyed("1"), Keyed("1")]


def test_a_caller_who_waits_hears_so_and_stands_in_the_queue() -> None:
    turn = run(*IN_QUEUE)
    assert heard(turn.steps) == ["Please hold"]
    assert isinstance(turn.steps[-1], Enqueue)
    assert turn.place.doing == "waiting"


def test_a_waiting_caller_hears_place_estimate_and_music() -> None:
    (gather,) = while_waiting(flow_of(PROJECT), run(*IN_QUEUE).place, (150, 2))
    assert isinstance(gather, Gather)
    assert gather.prompts == (
        Say("Your place in the queue: 2. Estimated wait in minutes: 3.", "en-GB"),
        Play("https://example.com/a.mp3"),
    )


def test_a_key_while_waiting_asks_for_a_callback_and_keeps_the_number_that_calls() -> None:
    turn = run(*IN_QUEUE, Keyed("1"), Keyed("1"))
    assert turn.meanings[-1] == WantsCallback("")
    assert (turn.place.doing, turn.steps[-1]) == ("ended", HangUp())


def test_a_caller_who_withholds_the_number_keys_one_to_be_called_back_at() -> None:
    asked = run(*IN_QUEUE, OfferedCallback(), Keyed("1"), caller_known=False)
    assert "Key the number" in heard(asked.steps)[0]
    turn = run(*IN_QUEUE, OfferedCallback(), Keyed("1"), Keyed("601234567"), caller_known=False)
    assert turn.meanings[-1] == WantsCallback("601234567")


def test_who_declines_the_callback_waits_on() -> None:
    turn = run(*IN_QUEUE, OfferedCallback(), Keyed("2"), Keyed("2"), Keyed("2"))
    assert (turn.place.step, turn.place.doing) == ("wait", "waiting")


def test_who_is_sent_to_voicemail_leaves_a_message_that_is_work_of_the_queue() -> None:
    turn = run(*IN_QUEUE, ToVoicemail(), Recorded(12))
    assert turn.meanings[-1] == LeftMessage("orders", 12)
    assert heard(turn.steps)[-1] == "Goodbye"
    assert run(*IN_QUEUE, ToVoicemail(), Recorded(0)).meanings[-1] == EnteredQueue("orders", None, "asked")


def test_who_cannot_be_put_through_leaves_a_message() -> None:
    through = run(*QUIET, Keyed("9"))
    assert through.steps[-1] == Forward("+48585551234", LINE, "5", 30)
    assert run(*QUIET, Keyed("9"), DialEnded(False)).place.step == "message"
    assert run(*QUIET, Keyed("9"), DialEnded(True)).place.doing == "ended"


def test_a_closed_queue_with_a_text_says_it_and_ends_the_call() -> None:
    closed = project(STEPS, "wait", hours="office", closed={"then": "message", "text": "Closed until Monday"})
    turn = run(of=closed, now=NIGHT)
    assert (heard(turn.steps), turn.place.doing, turn.meanings) == (["Closed until Monday"], "ended", ())


def test_a_step_that_is_no_longer_configured_leads_to_the_beginning() -> None:
    place = run().place.model_copy(update={"step": "gone"})
    turn = proceed(flow_of(PROJECT), place, Keyed("1"), facts(PROJECT))
    assert turn.place.step == "tongue"


def test_what_is_presented_again_is_what_was_asked() -> None:
    turn = run(*QUIET)
    assert present(flow_of(PROJECT), turn.place, facts(PROJECT))[-1] == turn.steps[-1]


def test_the_hundredth_round_through_a_menu_ends_the_call() -> None:
    keys = [Keyed("*"), *QUIET] * MOST_MOVES
    turn = run(*QUIET, *keys)
    assert turn.place.doing == "ended"
    assert turn.place.moves == MOST_MOVES


GIVEN = st.one_of(
    st.builds(Keyed, st.text("0123456789*#", max_size=50), st.none() | st.booleans()),
    st.builds(Spoke, st.text(max_size=20)),
    st.just(Silent()),
    st.builds(Recorded, st.integers(0, 600)),
    st.builds(DialEnded, st.booleans()),
    st.just(OfferedCallback()),
    st.just(ToVoicemail()),
)
ENDS = (Gather, Enqueue, Voicemail, Forward, HangUp)
AT = Addresses("https://calls.example.com/twilio")
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


@SLOW
@given(ANY, st.lists(GIVEN, max_size=40), st.booleans())
def test_whatever_is_done_the_call_waits_with_a_time_out_or_ends(
    of: ProjectDocument, inputs: list[Given], caller_known: bool
) -> None:
    known = facts(of, caller_known=caller_known)
    turn = begin(flow_of(of), "en", known)
    for one in [None, *inputs]:
        if one is not None:
            before = turn.place
            turn = proceed(flow_of(of), before, one, known)
            assert turn.place.turn == before.turn + (before.doing != "ended")
        assert isinstance(turn.steps[-1], ENDS)
        assert not any(isinstance(step, ENDS) for step in turn.steps[:-1])
        assert (turn.place.doing == "ended") == (turn.steps[-1] == HangUp())
        assert document(turn.steps, AT)


@SLOW
@given(ANY, st.lists(GIVEN, max_size=20))
def test_a_caller_who_hangs_up_at_any_moment_means_nothing_more(of: ProjectDocument, inputs: list[Given]) -> None:
    turn = run(*inputs, of=of)
    assume(turn.place.doing != "ended")
    gone = proceed(flow_of(of), turn.place, Left(), facts(of))
    assert (gone.place.doing, gone.steps, gone.meanings) == ("ended", (), ())
    after = proceed(flow_of(of), gone.place, Keyed("1"), facts(of))
    assert (after.place, after.meanings) == (gone.place, ())


@SLOW
@given(ANY.filter(in_order))
def test_a_caller_who_does_nothing_comes_to_an_end_or_to_the_queue(of: ProjectDocument) -> None:
    turn = run(of=of)
    for _ in range(6 * 3 + 1):  # every step with its repetitions
        if turn.place.doing in ("ended", "waiting"):
            return
        outcome = {"dialling": DialEnded(False), "recording": Recorded(0)}.get(turn.place.doing, Silent())
        turn = proceed(flow_of(of), turn.place, outcome, facts(of))
    raise AssertionError(f"still {turn.place.doing} at {turn.place.step}")
