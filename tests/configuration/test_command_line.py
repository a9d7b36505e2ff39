"""The command line is put together when it is asked for: every command that the overview names is there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from infra.cli.main import COMMANDS, app


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_asked_what_it_does(name: str) -> None:
    asked = CliRunner().invoke(app, [name, "--help"])
    assert asked.exit_code == 0, asked.output
    assert name in asked.output


def test_a_command_that_there_is_not_is_refused_with_a_way_to_the_overview() -> None:
    asked = CliRunner().invoke(app, ["segments"])
    assert asked.exit_code == 2
    assert "No such command" in asked.output
    assert "--help" in asked.output


def test_one_command_does_not_import_what_others_need() -> None:
    what = "import sys; from infra.cli.main import app; app(['sms', '--help'], standalone_mode=False); "
    loaded = subprocess.run(
        [sys.executable, "-c", what + "print('infra.process' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.splitlines()[-1] == "False"
