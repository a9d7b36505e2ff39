"""`trunkline bench [NAME…]`: the project's measurements on this machine."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all of them where none is named.")]


def bench(
    names: Names = None,
    full: Annotated[bool, typer.Option("--full", help="The largest sizes too; minutes (router only).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Only the JSON; else a table of the bars before it.")] = False,
) -> None:
    """Measure, each bench in a process of its own, and print JSON. Exit code 1 when a bench could not run."""
    command = [sys.executable, "-m", "bench", *(names or ()), *(["--full"] if full else [])]
    done = subprocess.run(command, check=False, stderr=subprocess.DEVNULL if as_json else None)
    raise typer.Exit(done.returncode)
