"""When texts are too many to be a person's, and when one is a machine's."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from channels.sms.storms import MANY, SAME, TOO_MANY, WINDOW, Came, Storms

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_texts_of_one_conversation_count_and_those_of_another_do_not() -> None:
    storms = Storms()
    judged = [storms.judge("ada", f"id {n}", str(n), NOON).what for n in range(TOO_MANY + 2)]
    assert judged == ["taken"] * MANY + ["automatic"] * (TOO_MANY - MANY) + ["refused"] * 2
    assert storms.judge("boris", "id 0", "0", NOON).what == "taken"


def test_the_count_falls_as_time_goes_by() -> None:
    storms = Storms()
    for n in range(MANY):
        storms.judge("ada", f"id {n}", str(n), NOON)
    assert storms.judge("ada", "id x", "x", NOON + WINDOW - timedelta(seconds=1)).what == "automatic"
    assert storms.judge("ada", "id y", "y", NOON + WINDOW).what == "taken"


def test_the_same_words_over_and_over_are_a_machines_whatever_their_case_and_spaces() -> None:
    storms = Storms()
    said = ["I am away", "i am  away", "I AM AWAY ", "Truly", "I am away"]
    assert [storms.judge("ada", f"id {n}", words, NOON).what for n, words in enumerate(said)] == [
        "taken",
        "taken",
        "automatic",
        "taken",
        "automatic",
    ]


def test_a_text_that_is_handed_over_again_and_again_is_still_one_text() -> None:
    storms = Storms()
    assert [storms.judge("ada", "id", "Where is my parcel?", NOON).what for _ in range(TOO_MANY + 1)] == ["taken"] * (
        TOO_MANY + 1
    )
    assert storms.judge("ada", "another id", "Where is my parcel?", NOON).what == "taken"


def test_what_other_processes_had_counts_once_and_as_long_as_ones_own() -> None:
    storms = Storms()
    elsewhere = [Came(NOON, f"there {n}", f"words {n}") for n in range(TOO_MANY)]
    assert storms.judge("ada", "here", "x", NOON, elsewhere[: MANY - 1]).what == "taken"
    both = [*elsewhere[: MANY - 1], *storms.lately("ada", NOON)]
    assert storms.judge("ada", "here", "x", NOON, both).what == "taken", "the same text, once more"
    assert storms.judge("ada", "next", "y", NOON, both).what == "automatic"
    assert storms.judge("ada", "last", "z", NOON, elsewhere).what == "refused"
    assert storms.judge("ada", "last", "z", NOON + WINDOW, elsewhere).what == "taken"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 900)), max_size=400))
def test_no_conversation_ever_has_more_taken_in_ten_minutes_than_its_bound(texts: list[tuple[str, int]]) -> None:
    storms, taken, now = Storms(), list[tuple[str, datetime]](), NOON
    for number, (who, pause) in enumerate(texts):
        now += timedelta(seconds=pause // 60)
        if storms.judge(who, f"id {number}", str(number), now).what == "taken":
            taken.append((who, now))
    for who, at in taken:
        assert sum(1 for other, then in taken if other == who and at <= then < at + WINDOW) <= MANY


def test_as_many_of_the_same_as_are_a_machines_is_more_than_a_person_repeats() -> None:
    assert SAME > 2
