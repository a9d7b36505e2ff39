"""`trunkline numbers`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from infra.cli.main import app

OWN = (
    "keypad: leaflet\nkeys:\n  1: ABC\n  2: DEF\n  3: GHI\n  4: JKL\n  5: MNO\n  6: PQR\n  7: STU\n  8: VWX\n  9: YZ\n"
)


def _run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["numbers", *arguments], input=typed)


def _json(*arguments: str, typed: str | None = None) -> Any:
    result = _run(*arguments, "--json", typed=typed)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_vanity_text_becomes_digits() -> None:
    told = _json("vanity", "800 MALINY", "--region", "pl")
    assert (told["digits"], told["grouped"], told["keypad"]) == ("800625469", "800 625469", "e161")
    assert told["number"]["e164"] == "+48800625469"
    assert told["keys"][3] == {"digit": "6", "letters": "MNO"}


@pytest.mark.parametrize("own", [True, False])
def test_a_keypad_is_named_or_declared_in_a_file(tmp_path: Path, own: bool) -> None:
    file = tmp_path / "leaflet.yaml"
    file.write_text(OWN)
    told = _json("vanity", "MALINY", "--keypad", str(file) if own else "by-threes")
    assert told["digits"] == "514359"
    assert told["keypad"] == ("leaflet" if own else "by-threes")


def test_digits_become_texts_of_a_word_list(tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_bytes("maliny\nżółw\nmal\n\xff".encode() + b"\xff\n")
    told = _json("vanity", "800 625 469", "--words", str(words))
    assert [one["text"] for one in told["texts"]] == ["800 MALINY", "800 MAL 469"]
    assert _json("vanity", "800625469", "--words", "-", "--limit", "1", typed="mal\nmaliny\n")["texts"] == [
        {"text": "800 MALINY", "letters": 6, "words": ["MALINY"]}
    ]
    assert "800 MALINY" in _run("vanity", "800625469", "--words", str(words)).stdout
    assert "no word of the list fits" in _run("vanity", "111", "--words", str(words)).stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("keys:\n  1: ABC\n  2: CDE\n", "letter C is on key 1 and on key 2"),
        ("- a\n", "a keypad is declared by"),
        ("keys:\n  2: 5\n", "key 2: '5' is no letter"),
        ("keys:\n  2: [A]\n", "key 2: letters expected"),
        ("keys:\n  2: A\n  2: B\n", "not YAML"),
        ("keys: {2: ABC}\nextra: 1\n", "a keypad is declared by"),
        ("", "a keypad is declared by"),
        ("keys: [\n", "not YAML"),
    ],
)
def test_a_keypad_that_cannot_be_used_is_refused_with_the_reason(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(content)
    result = _run("vanity", "MALINY", "--keypad", str(file))
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_what_cannot_be_read_or_dialled_is_told(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert _run("vanity", "A", "--keypad", missing).exit_code == 2
    result = _run("vanity", "1", "--words", missing)
    assert (result.exit_code, f"{missing}: cannot be read" in result.stderr) == (2, True)
    result = _run("vanity", "A&B")
    assert (result.exit_code, "sign '&'" in result.stderr) == (1, True)


def test_numbers_are_read_one_a_line() -> None:
    written = ["22 123 45 67", "+266696687", "112", "sip:+48221234567@example.org"]
    result = _run("parse", "--region", "PL", "--json", *written)
    assert result.exit_code == 0
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["kind"] for one in told] == ["telephone", "withheld", "short_code", "endpoint"]
    assert told[0]["e164"] == "+48221234567"
    assert (told[0]["national"], told[0]["international"]) == ("22 123 45 67", "+48 22 123 45 67")
    assert told[3]["telephone"]["e164"] == "+48221234567"


def test_a_malformed_number_is_told_why_and_ends_with_1() -> None:
    result = _run("parse", "hello", "+48221234567")
    assert result.exit_code == 1
    assert "hello: malformed: letters where digits belong" in result.stdout
    assert "+48221234567 (+48 22 123 45 67), fixed, PL" in result.stdout
