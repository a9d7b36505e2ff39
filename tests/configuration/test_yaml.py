"""Files that are no documents at all: broken, hostile, or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.documents import check_files
from infra.marked_yaml import MAX_BYTES, Broken, parse
from tests.configuration.conftest import CENTRE, Check

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)

HOSTILE = {
    "a list that is not closed": (b"a: [1, 2", "not YAML"),
    "a tab": (b"a:\n\tb: 1\n", "not YAML"),
    "two colons": (b"a: b: c\n", "not YAML"),
    "a null byte": (b"a: \x00\n", "may not stand in YAML"),
    "not UTF-8": (b"centre: caf\xe9\n", "not UTF-8"),
    "an alias without an anchor": (b"a: *b\n", "no anchor &b"),
    "an alias to itself": (b"a: &a [*a]\n", "no anchor &a"),
    "a billion laughs": (LAUGHS.encode(), "more than"),
    "too many bytes": (b"#" * (MAX_BYTES + 1), "at most"),
    "too deep a flow": (b"[" * 50_000, "nested more than"),
    "too deep a block": ("".join(" " * n + "a:\n" for n in range(40)).encode(), "nested more than"),
    "too many documents": (b"--- 1\n" * 101, "more than 100 documents"),
    "nothing": (b"", "the file is empty"),
    "a comment": (b"# nothing\n", "the file is empty"),
    "a list": (b"- a\n", "neither"),
    "a number": (b"1\n", "neither"),
    "a tag": (b"centre: !!python/object/apply:os.system ['true']\n", "is not understood"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_read_as_a_document_is_a_fault_with_a_place(check: Check, name: str) -> None:
    content, what = HOSTILE[name]
    checked = check(content)
    assert any(what in fault.what for fault in checked.faults), [f.what for f in checked.faults]
    assert all(fault.line >= 1 and fault.column >= 1 and fault.mend for fault in checked.faults)
    assert checked.exit_code == 1


def test_a_key_that_stands_twice_is_a_fault_at_the_second_place(check: Check) -> None:
    checked = check(CENTRE.replace("title: Demo\n", "title: Demo\ntitle: Other\n"))
    (fault,) = checked.faults
    assert (fault.line, fault.what) == (4, "the key 'title' stands here twice (first in line 3)")


def test_a_key_that_is_neither_text_nor_a_whole_number_is_a_fault(check: Check) -> None:
    for key in ("7.5", "true", "~"):
        checked = check(CENTRE.replace("  french:", f"  {key}: {{title: Seven}}\n  french:"))
        assert f"a key must be text, this one is {key}" in [fault.what for fault in checked.faults]


def test_a_whole_number_may_be_a_key_where_a_level_or_a_priority_is_meant(check: Check) -> None:
    checked = check(CENTRE + "routing: {head_starts: {1: 90, 0x2: 60, '3': 50}}\n")
    assert checked.findings == []
    assert checked.centres[0].routing.head_starts == {1: 90, 2: 60, 3: 50}
    (fault,) = check(CENTRE.replace("  french:", "  7: {title: Seven}\n  french:")).faults
    assert fault.what.startswith("the key '7' must be a name")


def test_a_file_that_is_not_there_is_unreadable_and_the_others_are_still_checked(tmp_path: Path) -> None:
    faulty = tmp_path / "a.yaml"
    faulty.write_text("centre: [")
    checked = check_files([tmp_path / "none.yaml", faulty])
    assert [file for file, _ in checked.unreadable] == [str(tmp_path / "none.yaml")]
    assert len(checked.faults) == 1
    assert checked.exit_code == 2


def test_a_folder_stands_for_the_yaml_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(CENTRE)
    (tmp_path / "notes.txt").write_text("nothing")
    assert [c.centre for c in check_files([tmp_path]).centres] == ["demo"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert check_files([empty]).exit_code == 2


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(CENTRE)
    assert check_files([path, path]).findings == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5e3", 1500.0),
        ("'12'", "12"),
        ("2026-01-01", "2026-01-01"),
        ("12:30", "12:30"),
        (".inf", ".inf"),
        ("'true'", "true"),
        ("1_000", "1_000"),
    ],
)
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: object) -> None:
    (document,) = parse(f"a: {text}\n".encode())
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_an_anchor_repeats_a_value_and_a_fault_in_the_copy_is_told_where_it_is_repeated(check: Check) -> None:
    (document,) = parse(b"a: &x {b: [1, 2]}\nc: *x\n")
    assert document.value["c"] == {"b": [1, 2]}
    assert document.place(("c", "b", 1)).line == 2


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(check: Check) -> None:
    assert check(b"\xef\xbb\xbf" + CENTRE.replace("\n", "\r\n").encode()).findings == []


def test_places_count_from_one() -> None:
    with pytest.raises(Broken) as broken:
        parse(b"ok: 1\nbad: [\n")
    assert broken.value.blemish.place.line >= 2
    (document,) = parse(b"ok: 1\nmore:\n  - a\n  - b\n")
    assert document.place(("more", 1)) == (4, 5)
    assert document.place(("more",), key=True) == (2, 1)
    assert document.place(("more", 7)) == (2, 1)
