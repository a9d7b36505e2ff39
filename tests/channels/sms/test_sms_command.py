"""`trunkline sms`."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from infra.cli.main import app


def _json(*arguments: str, typed: bytes | None = None) -> dict[str, object]:
    result = CliRunner().invoke(app, ["sms", *arguments, "--json"], input=typed)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_segments_of_a_text_are_told_as_json() -> None:
    told = _json("segments", "a" * 161)
    assert (told["encoding"], told["segments"], told["units_used"], told["units_left"]) == ("GSM-7", 2, 161, 145)
    assert told["parts"] == [{"text": "a" * 153, "units": 153}, {"text": "a" * 8, "units": 8}]
    assert told["forcing"] == []
    assert told["suggestion"] is None


def test_what_forces_ucs_2_is_told_with_a_substitute() -> None:
    told = _json("segments", "It’s " + "a" * 100)
    assert (told["encoding"], told["segments"]) == ("UCS-2", 2)
    assert told["forcing"] == [
        {
            "character": "’",
            "code_point": "U+2019",
            "name": "RIGHT SINGLE QUOTATION MARK",
            "count": 1,
            "first": 2,
            "substitute": "'",
        }
    ]
    assert told["suggestion"] == {"text": "It's " + "a" * 100, "encoding": "GSM-7", "segments": 1}


def test_where_a_substitute_would_win_nothing_none_is_suggested() -> None:
    assert _json("segments", "Жара – жара")["suggestion"] is None


def test_a_text_is_read_from_standard_input() -> None:
    assert _json("segments", "-", typed="zażółć\n".encode())["characters"] == 6


def test_a_person_sees_a_table() -> None:
    result = CliRunner().invoke(app, ["sms", "segments", "It’s [here]"])
    assert result.exit_code == 0
    assert "UCS-2, 1 segment, 11 units used, 59 of 70 left in the last" in result.stdout
    assert "It’s [here]" in result.stdout
    assert "with these: GSM-7, 1 segment" in result.stdout


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    result = CliRunner().invoke(app, ["sms", "segments", "-", "--json"], input=b"ab\xff")
    assert result.exit_code == 1
    assert "character 3" in result.stderr
    assert result.stdout == ""


def test_a_keyword_is_recognised() -> None:
    assert _json("keyword", "Arrêt!") == {"keyword": {"kind": "stop", "word": "ARRET", "why": "stop word (fr)"}}
    assert _json("keyword", "pomoc", "--language", "pl")["keyword"] == {
        "kind": "help",
        "word": "POMOC",
        "why": "help word (pl)",
    }
    assert _json("keyword", "hello") == {"keyword": None}
