"""The README's walkthrough, run line by line: a reader who copies it gets what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from infra.demo.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 150
#: Everything that differs from run to run: ids and times.
VARIES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d")


def walkthrough() -> tuple[list[str], list[str]]:
    """The commands of the README's console block, and the lines it shows as their output."""
    block = re.search(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert block is not None, "the README has no walkthrough"
    lines = block[1].splitlines()
    return [line[2:] for line in lines if line.startswith("$ ")], [line for line in lines if not line.startswith("$ ")]


def same(text: str) -> str:
    return VARIES.sub("#", text).strip()


def test_every_line_of_the_walkthrough_does_what_the_readme_shows(tmp_path: Path) -> None:
    commands, shown = walkthrough()
    http, smtp = free_port(), free_port()
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    trunkline = bin_folder / "trunkline"
    trunkline.write_text(f'#!/bin/sh\nexec {sys.executable!r} -m infra.cli.main "$@"\n')
    trunkline.chmod(0o755)
    (bin_folder / "python").symlink_to(sys.executable)
    script = "\n".join(commands).replace("8080", str(http)).replace("2525", str(smtp))
    script = script.replace("mail.eml", str(tmp_path / "mail.eml"))
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TRUNKLINE_")},
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "TMPDIR": str(tmp_path),
        "TRUNKLINE_HTTP_PORT": str(http),
        "TRUNKLINE_SMTP_IN_PORT": str(smtp),
        "TRUNKLINE_URL": f"http://127.0.0.1:{http}",
    }
    ended = "trap 'kill $(jobs -p); wait' EXIT\nset -e\n"
    done = subprocess.run(
        ["bash", "-c", ended + script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    printed = [same(line) for line in done.stdout.splitlines()]
    for line in shown:
        assert any(same(line) in one for one in printed), f"the README shows {line!r}, the run printed {printed}"
