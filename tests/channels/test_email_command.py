"""`trunkline email parse`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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


def test_a_folder_stands_for_the_files_in_it_and_below(tmp_path: Path) -> None:
    for name in ("b.eml", "cur/1:2,S", ".hidden/x", "cur/.also"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"From: a@b.example\nSubject: " + name.encode() + b"\n\nx")
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "other.eml").symlink_to(tmp_path / "b.eml")
    os.mkfifo(tmp_path / "pipe")
    result = CliRunner().invoke(email_app, ["parse", "--json", str(tmp_path)])
    assert result.exit_code == 0
    assert [json.loads(line)["subject"] for line in result.stdout.splitlines()] == ["b.eml", "cur/1:2,S"]


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(email_app, ["parse", str(tmp_path)])
    assert result.exit_code == 1
    assert "the folder holds no files" in result.stderr


def test_nothing_is_no_failure_and_neither_are_bytes_of_any_kind() -> None:
    for raw in (b"", b"\0", bytes(range(256)) * 10, b"\x1b]0;title\x07\x9b31m", "\u009b31m\u202e".encode()):
        for options in (["--json"], []):
            result = CliRunner().invoke(email_app, ["parse", *options, "-"], input=raw)
            assert result.exit_code == 0, result.output
            assert "\x1b" not in result.stdout


def test_a_name_that_is_no_text_and_a_terminal_that_knows_ascii_alone_stop_nothing(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff.eml"
    with open(file, "wb") as mail:
        mail.write("Subject: Żółw\nFrom: a@b.example\n\nжара".encode())
    command = [sys.executable, "-c", "from infra.cli.email import email_app; email_app()", "parse"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": os.environ["PATH"]}
    root = Path(__file__).parents[2]
    for option in (["--json"], []):
        done = subprocess.run([*command, *option, file], capture_output=True, env=environment, cwd=root, check=True)
        assert "Żółw" in done.stdout.decode()
        assert "\ufffd.eml" in done.stdout.decode() or not option


def test_a_mail_of_ours_is_checked_for_what_would_break_its_signature(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.eml", tmp_path / "bad.eml"
    head = b"From: s@h.example\r\nTo: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    head += b"Date: Mon, 3 Mar 2025 10:00:00 +0100\r\n"
    good.write_bytes(head + b"Message-ID: <1@h.example>\r\n\r\nx\r\n")
    bad.write_bytes(head + b"Message-ID: <1@laptop>\r\n\r\nx\n")
    result = CliRunner().invoke(email_app, ["outgoing", "--domain", "h.example", "--json", str(good), str(bad)])
    assert result.exit_code == 1
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert (first["ready"], first["unready"]) == (True, [])
    assert [one.split(",")[0] for one in second["unready"]] == [
        "Message-ID is of laptop",
        "lines that do not end in CR LF",
    ]
    assert CliRunner().invoke(email_app, ["outgoing", "--domain", "h.example", str(good)]).exit_code == 0
