"""`trunkline doctor`: what is wrong with a centre, and how to mend it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from infra.keys.cipher import WrongMasterKey
from infra.load_settings import BadSettings, load_settings
from infra.log.registry import know_all_events
from infra.operations.doctor import examine
from infra.operations.finding import Finding

_COLOURS = {"ok": "green", "warning": "yellow", "fault": "bold red"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Look at settings, databases, tables, keys, ports, disk, mail, provider and Kafka; say what is wrong and its mend.

    Nothing is changed. Exit codes: 0 nothing is wrong (warnings aside), 1 there are faults.
    """
    know_all_events()
    try:
        found = asyncio.run(_examined())
    except BadSettings as fault:
        found = [Finding("settings", "fault", one, "docs/configuration.md lists them") for one in fault.faults]
    except WrongMasterKey as fault:
        found = [Finding("keys", "fault", str(fault), "give the master key that the keyring was begun with")]
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(one) for one in found]}))
    else:
        _print(found)
    raise typer.Exit(1 if any(one.severity == "fault" for one in found) else 0)


async def _examined() -> list[Finding]:
    settings = load_settings()
    return [Finding("settings", "ok", "can be read"), *[one async for one in examine(settings)]]


def _print(found: list[Finding]) -> None:
    console = Console(soft_wrap=True)
    for one in found:
        mend = f": {one.mend}" if one.mend else ""
        console.print(Text.assemble((f"{one.severity:<8}", _COLOURS[one.severity]), f"{one.about}: {one.what}{mend}"))
    faults = sum(one.severity == "fault" for one in found)
    said = f"{faults} {'fault' if faults == 1 else 'faults'}" if faults else "nothing is wrong"
    console.print(Text(said, style="bold red" if faults else "green"))
