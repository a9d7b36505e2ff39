"""`trunkline email`: look at mails as the system sees them, and at ours as others will."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channels.email.limits import MAX_MAIL_BYTES
from channels.email.model import ParsedMail
from channels.email.parse import parse
from channels.email.readiness import unready

#: Exit code: a file cannot be read, or a mail is not ready to be signed.
FAULTY = 1
#: Mails read in one go; a folder stands for the files in it.
MAX_FILES = 100_000
_SHOWN = 2000

email_app = typer.Typer(help="Look at mails as the system sees them.", no_args_is_help=True)

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Mails (.eml), folders of them (Maildir too); - reads standard input."),
]


@email_app.callback()
def email() -> None:
    """Look at mails as the system sees them."""


@email_app.command("parse")
def parse_files(
    files: Files,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail and line.")] = False,
) -> None:
    """Print what a mail says: addresses, ids, text, reply, attachments, automatic or not, bounce, faults.

    Exit code 1 when a file cannot be read; a mail itself can always be, whatever its bytes.
    """
    console = Console()
    reading = _Reading()
    for name, raw in reading.mails(files):
        mail = parse(raw)
        if as_json:
            _write(json.dumps({"file": name, **mail.as_json()}, ensure_ascii=False))
            continue
        with console.capture() as drawn:
            console.print(_table(name, mail))
        _write(drawn.get().rstrip("\n"))
    if reading.unreadable:
        raise typer.Exit(FAULTY)


@email_app.command("outgoing")
def check_outgoing(
    files: Files,
    domain: Annotated[str, typer.Option(help="The domain whose server signs the mails, such as example.org.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail and line.")] = False,
) -> None:
    """Say what would keep mails of ours from being signed by DKIM (RFC 6376) and aligned with their author (RFC 7489).

    Exit code 1 when one is not ready or a file cannot be read.
    """
    reading, ready = _Reading(), True
    for name, raw in reading.mails(files):
        found = unready(raw, domain)
        ready = ready and not found
        if as_json:
            _write(json.dumps({"file": name, "ready": not found, "unready": found}, ensure_ascii=False))
        else:
            _write("\n".join(f"{name}: {one}" for one in found) or f"{name}: ready")
    if reading.unreadable or not ready:
        raise typer.Exit(FAULTY)


class _Reading:
    """Reads the files of one command; counts what could not be read and says so on standard error."""

    def __init__(self) -> None:
        self.unreadable = 0

    def mails(self, paths: list[Path]) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each mail, one byte more than is accepted, so that `parse` can tell of it."""
        for number, path in enumerate(self._files(paths)):
            if number >= MAX_FILES:
                self._refuse(path, f"more than {MAX_FILES} files at once, the rest is left out")
                return
            try:
                yield _shown(path), _read(path)
            except OSError as error:
                self._refuse(path, error.strerror or str(error))

    def _files(self, paths: list[Path]) -> Iterator[Path]:
        for path in paths:
            if str(path) == "-" or not path.is_dir():
                yield path
                continue
            found = False
            for file in self._within(path):
                found = True
                yield file
            if not found:
                self._refuse(path, "the folder holds no files")

    def _within(self, folder: Path) -> Iterator[Path]:
        """Regular files in order of their names, hidden ones left out; no link is followed, so that there is an end."""
        for root, folders, names in os.walk(folder, onerror=lambda error: self._refuse(error.filename, error.strerror)):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            files = (Path(root, one) for one in sorted(names) if not one.startswith("."))
            yield from (file for file in files if file.is_file() and not file.is_symlink())

    def _refuse(self, path: object, reason: object) -> None:
        self.unreadable += 1
        _write(f"{_shown(path)}: cannot be read: {reason}", to_errors=True)


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_MAIL_BYTES + 1)
    with file.open("rb") as source:
        return source.read(MAX_MAIL_BYTES + 1)


def _shown(path: object) -> str:
    """A name whose bytes are no text is told with replacement characters: it must not stop the mail in it."""
    return os.fsencode(str(path)).decode("utf-8", "replace")


def _write(line: str, *, to_errors: bool = False) -> None:
    """UTF-8 whatever the terminal's encoding: mails hold every script, and JSON is UTF-8 (RFC 8259)."""
    typer.echo(line.encode("utf-8", "replace"), err=to_errors)


def _table(title: str, mail: ParsedMail) -> Table:
    table = Table(title=escape(title), show_header=False, title_justify="left")
    for name, value in mail.as_json().items():
        if value not in (None, [], "", 0) and name != "text":
            shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            # Control characters (C1 too) could write over the terminal.
            table.add_row(name, escape("".join(one for one in shown[:_SHOWN] if one == "\n" or one.isprintable())))
    return table
