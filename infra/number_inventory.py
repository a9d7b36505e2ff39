"""Every number and mailbox that customers turn to, and where each leads: an inventory of the documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from channels.numbers.reading import read
from channels.numbers.showing import show
from channels.numbers.vanity import BadVanity, expand
from channels.numbers.written import Telephone
from domain.centre.documents import CentreDocument, Mailbox, ProjectDocument
from domain.centre.numbers import Number
from infra.number_faults import keypads_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One number or mailbox. `address`: in E.164, or the mailbox's; what does not apply is None.

    `shown` is the number as people abroad write it (ITU-T E.123), `national` as those of its own country do; `type` and
    `region` are what the numbering plans say of it. `vanity_digits` is how `vanity` is dialled on its `keypad`.
    `department` takes its texts or mails.
    """

    project: str
    name: str
    kind: Literal["number", "mailbox"]
    address: str
    title: str
    language: str
    site: str | None
    flow: str | None = None
    department: str | None = None
    provider: str | None = None
    lines: int | None = None
    shown: str | None = None
    national: str | None = None
    region: str | None = None
    type: str | None = None
    valid: bool | None = None
    vanity: str | None = None
    vanity_digits: str | None = None
    keypad: str | None = None
    aliases: tuple[str, ...] = ()


def inventory(centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> Iterator[Reached]:
    """By project, numbers first, each in the order of its document."""
    for project in projects:
        for name, number in project.numbers.items():
            yield _number(centres, project, name, number)
        for name, mailbox in project.mailboxes.items():
            yield _mailbox(project, name, mailbox)


def _number(centres: Sequence[CentreDocument], project: ProjectDocument, name: str, number: Number) -> Reached:
    written = read(number.number)
    known = written if isinstance(written, Telephone) else None
    return Reached(
        project=project.project,
        name=name,
        kind="number",
        address=number.number,
        title=number.title,
        language=number.language,
        site=number.site,
        flow=number.flow,
        department=number.texts.department if number.texts is not None else None,
        provider=number.provider,
        lines=number.lines if number.flow is not None else None,
        shown=show(number.number, "international") if known else None,
        national=show(number.number, "national") if known else None,
        region=known.region or None if known else None,
        type=known.kind if known else None,
        valid=known.valid if known else False,
        vanity=number.vanity,
        vanity_digits=_digits(centres, project, number),
        keypad=number.keypad if number.vanity is not None else None,
    )


def _digits(centres: Sequence[CentreDocument], project: ProjectDocument, number: Number) -> str | None:
    pad = keypads_of(centres, project.pool).get(number.keypad)
    if number.vanity is None or pad is None:
        return None
    try:
        return expand(number.vanity, pad).digits
    except BadVanity:
        return None


def _mailbox(project: ProjectDocument, name: str, mailbox: Mailbox) -> Reached:
    return Reached(
        project=project.project,
        name=name,
        kind="mailbox",
        address=mailbox.address,
        title=mailbox.title,
        language=mailbox.language,
        site=mailbox.site,
        department=mailbox.department,
        aliases=mailbox.aliases,
    )
