"""`trunkline email parse`."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from infra.cli.email import email_app

MAILS = Path(__file__).parent / "mails"


def test_each_mail_becomes_one_line_of_json() -> None:
    files = [str(MAILS / f"{name}.eml") for name in ("html_only", "bounce_postfix", "null_bytes")]
    result = CliRunner().invoke(email_app, ["parse", "--json", *files])
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["file"] for line in lines] == files
    assert lines[1]["bounce"]["recipients"][0]["status"] == "5.1.1"


def test_without_json_a_person_can_read_it() -> None:
    result = CliRunner().invoke(email_app, ["parse", str(MAILS / "reply_polish_outlook.eml")])
    assert result.exit_code == 0
    assert "dalej nie działa" in result.stdout


def test_standard_input_is_read() -> None:
    result = CliRunner().invoke(email_app, ["parse", "--json", "-"], input=b"From: a@b.example\n\nHello")
    assert json.loads(result.stdout)["text"] == "Hello"


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_printed(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.eml")
    result = CliRunner().invoke(email_app, ["parse", "--json", missing, str(MAILS / "html_only.eml")])
    assert result.exit_code == 1
    assert f"{missing}: cannot be read: No such file or directory" in result.stderr
    assert len(result.stdout.splitlines()) == 1
