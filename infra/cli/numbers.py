"""`trunkline numbers`: read telephone numbers as the system does, and spell them as words; `list` is added to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from channels.numbers.keypad import KEYPADS, BadKeypad, Keypad, keypad
from channels.numbers.reading import read
from channels.numbers.showing import show
from channels.numbers.vanity import BadVanity, VanityText, expand, vanity_texts
from channels.numbers.written import Endpoint, Malformed, ShortCode, Telephone, Withheld, Written
from domain.sentence import say
from infra.documents import check_files

#: Exit codes: the text or the keypad makes no sense; a file cannot be read.
FAULTY = 1
UNREADABLE = 2
_MAX_WORDS = 2_000_000
_MAX_LINE = 1_000
_MAX_KEYPAD_BYTES = 64 * 1024
_KINDS: dict[type, str] = {
    Telephone: "telephone",
    ShortCode: "short_code",
    Endpoint: "endpoint",
    Withheld: "withheld",
    Malformed: "malformed",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]
KeypadOption = Annotated[
    str, typer.Option("--keypad", metavar="NAME|FILE", help=f"{', '.join(KEYPADS)}, or a YAML file that declares one.")
]
Region = Annotated[str, typer.Option(help="Country whose customs apply where none is written, such as PL.")]

Documents = Annotated[
    Path | None,
    typer.Option("--documents", metavar="FILE", help="A centre's document, or a folder with it: its `keypads` too."),
]

numbers_app = typer.Typer(
    help="List a centre's numbers and mailboxes, read telephone numbers, spell them as words.", no_args_is_help=True
)


@numbers_app.callback()
def numbers() -> None:
    """List a centre's numbers and mailboxes, read telephone numbers, spell them as words."""


@numbers_app.command("parse")
def parse_numbers(
    written: Annotated[list[str], typer.Argument(metavar="NUMBER...", help="As people, providers or SIP write them.")],
    region: Region = "",
    keypad_name: KeypadOption = "",
    documents: Documents = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a number and line.")] = False,
) -> None:
    """Say what a written number is: E.164, short code, SIP address, withheld or malformed, and how to show it.

    With --keypad letters stand for digits. Exit code 1 when a number is malformed.
    """
    pad = _keypad(keypad_name, documents) if keypad_name else None
    found = [(one, read(one, region.strip().upper(), pad)) for one in written]
    for text, number in found:
        typer.echo(json.dumps({"written": text, **_as_json(number)}) if as_json else f"{text}: {_sentence(number)}")
    if any(isinstance(number, Malformed) for _, number in found):
        raise typer.Exit(FAULTY)


@numbers_app.command("vanity")
def vanity(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words and digits, such as '800 MALINY', or digits.")],
    keypad_name: KeypadOption = "e161",
    words: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Words, one a line (- reads standard input): list texts.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Texts listed at most.")] = 20,
    documents: Documents = None,
    region: Region = "",
    as_json: AsJson = False,
) -> None:
    """Show the digits a text is dialled by; with --words also texts from a word list for those digits.

    Exit codes: 1 the text or the keypad makes no sense, 2 a file cannot be read.
    """
    pad = _keypad(keypad_name, documents)
    try:
        digits = expand(text, pad)
    except BadVanity as fault:
        _stop(str(fault), FAULTY)
    told: dict[str, Any] = {"text": text, "keypad": pad.name, "digits": digits.digits, "grouped": digits.grouped}
    if region:
        told["number"] = _as_json(read(digits.digits, region.strip().upper()))
    told["keys"] = [{"digit": one, "letters": pad.keys.get(one, "")} for one in digits.digits if one.isdigit()]
    found = _texts(digits.digits, words, pad, limit) if words else None
    if found is not None:
        told["texts"] = [asdict(one) for one in found]
    typer.echo(json.dumps(told, ensure_ascii=False)) if as_json else _print(told, found)


def _stop(what: str, code: int) -> NoReturn:
    typer.echo(what, err=True)
    raise typer.Exit(code)


def _keypad(name: str, documents: Path | None) -> Keypad:
    own = _keypads_in(documents) if documents is not None else {}
    if name in own:
        return own[name]
    if name.lower() in KEYPADS:
        return KEYPADS[name.lower()]
    try:
        with Path(name).open("rb") as source:
            content = source.read(_MAX_KEYPAD_BYTES + 1)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        known = ", ".join((*KEYPADS, *own))
        _stop(f"{name}: neither a keypad we know ({known}) nor a file that can be read: {reason}", UNREADABLE)
    try:
        return _declared(content, Path(name).stem)
    except BadKeypad as fault:
        _stop(f"{name}: {fault}", FAULTY)


def _keypads_in(documents: Path) -> dict[str, Keypad]:
    """The keypads that the centres of these documents declare."""
    checked = check_files([documents])
    if checked.unreadable:
        file, reason = checked.unreadable[0]
        _stop(f"{file}: cannot be read: {reason}", UNREADABLE)
    if checked.faults:
        first = checked.faults[0]
        _stop(f"{first.file}:{first.line}:{first.column}: {first.what} ({first.path}); {first.mend}", FAULTY)
    return {name: keypad(name, keys) for one in checked.centres for name, keys in one.keypads.items()}


def _declared(content: bytes, stem: str) -> Keypad:
    """Everything is read as text (YAML 1.2, failsafe schema), so that `1: ABC` needs no quotation marks."""
    if len(content) > _MAX_KEYPAD_BYTES:
        raise BadKeypad(
            say("more_than_bytes_are_no_keypad", "more than {most} bytes are no keypad", most=_MAX_KEYPAD_BYTES)
        )
    try:
        value: Any = YAML(typ="base", pure=True).load(content.decode("utf-8"))  # pyright: ignore[reportUnknownMemberType]
    except (YAMLError, UnicodeDecodeError, RecursionError) as fault:
        raise BadKeypad(say("not_yaml", "not YAML: {fault}", fault=" ".join(str(fault).split())[:300])) from fault
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(keys, dict) or set(value) - {"keypad", "keys"}:
        raise BadKeypad(
            say(
                "a_keypad_is_declared_by_keypad",
                "a keypad is declared by `keypad: NAME` and `keys:`, with a line such as `2: ABC` for each key",
            )
        )
    wrong = next((digit for digit, letters in keys.items() if not isinstance(letters, str)), None)
    if wrong is not None:
        raise BadKeypad(say("key_letters_expected_such_as", "key {wrong}: letters expected, such as ABC", wrong=wrong))
    return keypad(str(value.get("keypad", stem)), {str(digit): letters for digit, letters in keys.items()})


def _texts(digits: str, words: Path, pad: Keypad, limit: int) -> tuple[VanityText, ...]:
    try:
        return vanity_texts(digits, islice(_lines(words), _MAX_WORDS), pad, limit=limit)
    except OSError as fault:
        _stop(f"{words}: cannot be read: {fault.strerror or fault}", UNREADABLE)


def _lines(words: Path) -> Iterator[str]:
    """Lines in bounded pieces; what is not UTF-8 is no word of ours and drops out later."""
    if str(words) == "-":
        yield from _decoded(sys.stdin.buffer)
        return
    with words.open("rb") as source:
        yield from _decoded(source)


def _decoded(source: Any) -> Iterator[str]:
    while line := source.readline(_MAX_LINE):
        yield line.decode("utf-8", "replace")


def _as_json(number: Written) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": _KINDS[type(number)]}
    if isinstance(number, Telephone):
        told |= {"type" if name == "kind" else name: value for name, value in asdict(number).items()}
        return told | _forms(number)
    told |= {name: value for name, value in asdict(number).items() if name != "telephone"}
    if isinstance(number, Endpoint):
        told["address"] = number.address
        told["telephone"] = _as_json(number.telephone) if number.telephone else None
    return told


def _forms(number: Telephone) -> dict[str, str]:
    return {"national": show(number.e164, "national"), "international": show(number.e164, "international")}


def _sentence(number: Written) -> str:
    match number:
        case Telephone():
            extension = f", extension {number.extension}" if number.extension else ""
            doubt = "" if number.valid else ", not in the numbering plan"
            where = number.region or "no country"
            return f"{number.e164} ({show(number.e164)}), {number.kind}, {where}{extension}{doubt}"
        case ShortCode():
            return f"short code {number.digits} of {number.region}{'' if number.known else ', not known'}"
        case Endpoint():
            return f"{number.address}{f', number {number.telephone.e164}' if number.telephone else ''}"
        case Withheld():
            return f"withheld ({number.why})"
        case Malformed():
            return f"malformed: {number.why}"


def _print(told: dict[str, Any], found: tuple[VanityText, ...] | None) -> None:
    console = Console()
    console.print(f"{told['grouped']} on keypad {told['keypad']}: dial {told['digits']}", markup=False, highlight=False)
    if found is None:
        table = Table("digit", "letters")
        for key in told["keys"]:
            table.add_row(key["digit"], key["letters"])
        console.print(table)
    elif not found:
        console.print("no word of the list fits", highlight=False)
    else:
        table = Table("text", "digits as letters")
        for one in found:
            table.add_row(escape(one.text), str(one.letters))
        console.print(table)
