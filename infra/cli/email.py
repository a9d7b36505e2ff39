"""`trunkline email`: look at mails as the system sees them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channels.email.limits import MAX_MAIL_BYTES
from channels.email.model import ParsedMail
from channels.email.parse import parse

email_app = typer.Typer(help="Look at mails as the system sees them.", no_args_is_help=True)


@email_app.callback()
def email() -> None:
    """Look at mails as the system sees them."""


@email_app.command("parse")
def parse_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Mails (.eml); - reads standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail and line.")] = False,
) -> None:
    """Print what a mail says: addresses, ids, text, reply, attachments, automatic or not, bounce, faults.

    Exit code 1 when a file cannot be read; a mail itself can always be.
    """
    console = Console()
    unreadable = 0
    for file in files:
        try:
            raw = _read(file)
        except OSError as error:
            typer.echo(f"{file}: cannot be read: {error.strerror or error}", err=True)
            unreadable += 1
            continue
        mail = parse(raw)
        if as_json:
            typer.echo(json.dumps({"file": str(file), **mail.as_json()}, ensure_ascii=False))
        else:
            console.print(_table(str(file), mail))
    if unreadable:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    """One byte more than is accepted, so that `parse` can tell that it was too much."""
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_MAIL_BYTES + 1)
    with file.open("rb") as source:
        return source.read(MAX_MAIL_BYTES + 1)


def _table(title: str, mail: ParsedMail) -> Table:
    table = Table(title=escape(title), show_header=False, title_justify="left")
    for name, value in mail.as_json().items():
        if value not in (None, [], "", 0) and name != "text":
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            table.add_row(name, escape(shown[:2000]))
    return table
