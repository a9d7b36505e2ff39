"""Reading a scenario from its YAML file, with every fault and the line it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from infra.document_faults import examine
from infra.documents import Finding
from infra.marked_yaml import Broken, Marked, Place, parse
from infra.schema_example import Schema
from infra.simulate.checking import Fault, check
from infra.simulate.exact import check_formulas
from infra.simulate.scenario import ScenarioDocument
from infra.simulate.steady import check_load
from infra.simulate.traces import Columns, read_columns

SCHEMA = Schema(ScenarioDocument)


@dataclass(slots=True)
class Loaded:
    """A scenario that can be run, or what is wrong with it."""

    file: str
    scenario: ScenarioDocument | None = None
    columns: Columns = field(default_factory=dict[tuple[str, str], list[float]])
    findings: list[Finding] = field(default_factory=list[Finding])
    #: Why the file could not be read at all.
    unreadable: str = ""


def load(path: Path) -> Loaded:
    """Raises nothing: all is in the result, whose `scenario` is there only when nothing is wrong."""
    loaded = Loaded(str(path))
    try:
        content = path.read_bytes()
    except OSError as fault:
        loaded.unreadable = fault.strerror or str(fault)
        return loaded
    reader = _Reader(loaded, content.decode("utf-8", "replace").splitlines())
    try:
        documents = parse(content)
    except Broken as broken:
        reader.note(broken.blemish.place, (), broken.blemish.what, broken.blemish.mend)
        return loaded
    if len(documents) != 1:
        what = "the file is empty" if not documents else f"here are {len(documents)} documents"
        reader.note(Place(1, 1), (), what, "one scenario to a file, beginning with `schema_version: 1`")
        return loaded
    reader.examine(documents[0], path.parent)
    return loaded


class _Reader:
    def __init__(self, loaded: Loaded, lines: list[str]) -> None:
        self._loaded, self._lines = loaded, lines

    def examine(self, marked: Marked, folder: Path) -> None:
        for blemish in marked.blemishes:
            self.note(blemish.place, (), blemish.what, blemish.mend)
        examined = examine(marked.value, {"scenario": SCHEMA})
        for path, at_key, what, mend in examined.faults:
            self.note(marked.place(path, key=at_key), path, what, mend)
        scenario = examined.document
        if self._loaded.findings or not isinstance(scenario, ScenarioDocument):
            return  # numbers that are wrong already would only be told again in other words
        read = read_columns(scenario, folder)
        self._faults(marked, check(scenario))
        self._faults(marked, [Fault(*fault) for fault in read.faults])
        if not self._loaded.findings:
            self._faults(marked, check_formulas(scenario))
            self._faults(marked, check_load(scenario, read.columns))
        if not self._loaded.findings:
            self._loaded.scenario, self._loaded.columns = scenario, read.columns

    def _faults(self, marked: Marked, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.note(marked.place(fault.path, key=fault.at_key), fault.path, fault.what, fault.mend)

    def note(self, place: Place, path: tuple[str | int, ...], what: str, mend: str) -> None:
        text = self._lines[place.line - 1] if place.line <= len(self._lines) else ""
        dotted = ".".join(map(str, path))
        finding = Finding(
            file=self._loaded.file, line=place.line, column=place.column, path=dotted, severity="fault", what=what,
            mend=mend, text=text,
        )  # fmt: skip
        self._loaded.findings.append(finding)
