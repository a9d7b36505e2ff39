"""What is due in several pools goes out by turns."""

from __future__ import annotations

from infra.in_turn import in_turn


def test_a_pool_with_much_to_send_holds_up_no_other() -> None:
    assert in_turn([["a1", "a2", "a3", "a4"], [], ["c1", "c2"]], 4) == ["a1", "c1", "a2", "c2"]


def test_what_is_over_goes_to_those_who_have_more() -> None:
    assert in_turn([["a1"], ["b1", "b2", "b3"]], 10) == ["a1", "b1", "b2", "b3"]
    assert in_turn([], 10) == []
