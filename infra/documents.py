"""Reading the documents of centres and projects from YAML files, with every fault and the line it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.references import Fault, Subject
from infra.between_documents import faults_between
from infra.document_faults import Examined, examine
from infra.holidays_named import with_holidays
from infra.marked_yaml import Broken, Marked, Place, parse

#: Files looked at in one go; a folder stands for the YAML files in it.
MAX_FILES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with a file: line and column from 1, and `text`, the line itself.

    `path` is the place within the document, such as `queues.billing.offer.timeout`.
    """

    file: str
    line: int
    column: int
    path: str
    severity: Literal["fault", "warning"]
    what: str
    mend: str
    text: str


@dataclass(slots=True)
class Checked:
    """The documents of some files. Only where `faults` is empty and `unreadable` too may they be applied."""

    centres: list[CentreDocument] = field(default_factory=list[CentreDocument])
    projects: list[ProjectDocument] = field(default_factory=list[ProjectDocument])
    findings: list[Finding] = field(default_factory=list[Finding])
    #: Files that could not be read at all, with the reason.
    unreadable: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @property
    def faults(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "fault"]

    @property
    def exit_code(self) -> int:
        """0 all is well (warnings aside), 1 there are faults, 2 a file could not be read."""
        return 2 if self.unreadable else 1 if self.faults else 0


@dataclass(slots=True)
class _Piece:
    """One YAML document of a file."""

    file: str
    lines: Sequence[str]
    marked: Marked
    examined: Examined


def check_files(paths: Iterable[Path], *, today: date | None = None) -> Checked:
    """Read, validate and cross-check all documents of all files together. Raises nothing: all is in the result.

    `today` (now, in UTC, where it is not given): its year is the first whose public holidays are put in.
    """
    checked = Checked()
    pieces = [piece for path in _files(paths, checked) for piece in _read(path, checked)]
    _check_references(pieces, checked)
    today = today or datetime.now(UTC).date()
    checked.projects = [with_holidays(project, today) for project in checked.projects]
    order = {piece.file: number for number, piece in enumerate(pieces)}
    checked.findings.sort(key=lambda f: (order.get(f.file, -1), f.file, f.line, f.column))
    return checked


def _files(paths: Iterable[Path], checked: Checked) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
        if not inside:
            checked.unreadable.append((str(path), "this folder holds no .yaml file"))
        found.extend(inside)
    if len(found) > MAX_FILES:
        checked.unreadable.append((str(found[MAX_FILES]), f"more than {MAX_FILES} files at once"))
    return list(dict.fromkeys(found))[:MAX_FILES]


def _read(path: Path, checked: Checked) -> Iterator[_Piece]:
    try:
        content = path.read_bytes()
    except OSError as fault:
        checked.unreadable.append((str(path), fault.strerror or str(fault)))
        return
    lines = content.decode("utf-8", "replace").splitlines()
    try:
        documents = parse(content)
    except Broken as broken:
        blemish = broken.blemish
        _note(checked, str(path), lines, blemish.place, "", "fault", blemish.what, blemish.mend)
        return
    if not documents:
        what, mend = "the file is empty", "begin with `schema_version: 1` and `centre: NAME` or `project: NAME`"
        _note(checked, str(path), lines, Place(1, 1), "", "fault", what, mend)
    for marked in documents:
        for blemish in marked.blemishes:
            _note(checked, str(path), lines, blemish.place, "", "fault", blemish.what, blemish.mend)
        examined = examine(marked.value)
        for path_in, at_key, what, mend in examined.faults:
            place = marked.place(path_in, key=at_key)
            _note(checked, str(path), lines, place, _dotted(path_in), "fault", what, mend)
        yield _Piece(str(path), lines, marked, examined)


def _check_references(pieces: Sequence[_Piece], checked: Checked) -> None:
    by_subject: dict[Subject, _Piece] = {}
    centres: list[CentreDocument] = []
    projects: list[ProjectDocument] = []
    for piece in pieces:
        match piece.examined.document:
            case CentreDocument() as centre:
                by_subject["centre", len(centres)] = piece
                centres.append(centre)
            case ProjectDocument() as project:
                by_subject["project", len(projects)] = piece
                projects.append(project)
            case _:
                continue
    for fault in faults_between(centres, projects):
        piece = by_subject[fault.subject]
        if not _follows(fault, by_subject):
            place = piece.marked.place(fault.path, key=fault.at_key)
            where = _dotted(fault.path)
            _note(checked, piece.file, piece.lines, place, where, fault.severity, fault.what, fault.mend)
    if not checked.faults and not checked.unreadable:
        checked.centres, checked.projects = centres, projects


def _follows(fault: Fault, by_subject: dict[Subject, _Piece]) -> bool:
    """Whether the fault may be a mere consequence of one that was told already."""
    if by_subject[fault.subject].examined.beneath_mended(fault.path):
        return True
    deep = fault.severity == "warning"
    return any(by_subject[subject].examined.touched(path, deep=deep) for subject, path in fault.names_in)


def _note(
    checked: Checked,
    file: str,
    lines: Sequence[str],
    place: Place,
    path: str,
    severity: Literal["fault", "warning"],
    what: str,
    mend: str,
) -> None:
    text = lines[place.line - 1] if place.line <= len(lines) else ""
    finding = Finding(
        file=file,
        line=place.line,
        column=place.column,
        path=path,
        severity=severity,
        what=what,
        mend=mend,
        text=text,
    )
    checked.findings.append(finding)


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))
