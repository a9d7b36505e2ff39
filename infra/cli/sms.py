"""`trunkline sms`: look at texts as the carriers will."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channels.sms.keywords import LANGUAGES, keyword
from channels.sms.preview import preview, suggested
from channels.sms.segments import Segmented, UnsendableText, segment
from channels.sms.substitutes import Forcing, forcing

#: Exit code: the text cannot be a short message.
FAULTY = 1
#: Bytes of standard input that are read; a message of 255 segments has at most 68,340.
_MAX_INPUT = 1_000_000

sms_app = typer.Typer(help="Look at text messages as the carriers will.", no_args_is_help=True)


@sms_app.callback()
def sms() -> None:
    """Look at text messages as the carriers will."""


@sms_app.command("segments")
def segments(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The message; - reads standard input (UTF-8).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Show in how many segments a text is sent and what each holds (3GPP TS 23.038, 23.040).

    Names the characters that force the encoding with less room and what could be written instead.
    Exit code 1 for a text that cannot be a message.
    """
    written = _text(text)
    try:
        cut = segment(written)
    except UnsendableText as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(FAULTY) from None
    if as_json:
        typer.echo(json.dumps(preview(written), ensure_ascii=False))
    else:
        _print(cut, forcing(written), suggested(written))


@sms_app.command("keyword")
def show_keyword(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The message; - reads standard input (UTF-8).")],
    language: Annotated[str, typer.Option(help=f"The customer's language: {', '.join(LANGUAGES)}.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Show whether a message is a command (STOP, START, HELP in their languages) or just a message."""
    found = keyword(_text(text), language)
    told = {"kind": found.kind, "word": found.word, "why": found.why} if found else None
    if as_json:
        typer.echo(json.dumps({"keyword": told}, ensure_ascii=False))
    else:
        typer.echo(f"{found.kind}: {found.word}, {found.why}" if found else "no keyword: an ordinary message")


def _text(argument: str) -> str:
    """Broken bytes of a terminal or a pipe stay as lone surrogates, which `segment` names."""
    if argument != "-":
        return argument
    return sys.stdin.buffer.read(_MAX_INPUT).decode("utf-8", "surrogateescape").removesuffix("\n")


def _print(cut: Segmented, culprits: tuple[Forcing, ...], plain: Segmented | None) -> None:
    console = Console()
    count = len(cut.segments)
    console.print(
        f"{cut.encoding}, {count} segment{'s' if count != 1 else ''}, {cut.units_used} units used,"
        f" {cut.units_left} of {cut.per_segment} left in the last",
        highlight=False,
    )
    table = Table("segment", "units", "text")
    for number, part in enumerate(cut.segments, 1):
        table.add_row(str(number), str(part.units), escape(part.text))
    console.print(table)
    if not culprits:
        return
    table = Table("forces UCS-2", "how often", "could be")
    for one in culprits:
        shown = f"{one.character} {one.name}" if one.character.isprintable() else one.name
        could = {None: "nothing", "": "left out"}.get(one.substitute, one.substitute or "")
        table.add_row(escape(shown), str(one.count), escape(could))
    console.print(table)
    if plain:
        count = len(plain.segments)
        console.print(f"with these: GSM-7, {count} segment{'s' if count != 1 else ''}", highlight=False)
