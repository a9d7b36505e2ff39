"""Definitions of good service from a file, tried over the log without being applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from domain.centre.documents import Document, Name, ServiceLevel
from domain.centre.references import suggest
from domain.channel import channel_names
from infra.document_faults import examine
from infra.documents import Finding
from infra.marked_yaml import Broken, Marked, Place, parse
from infra.schema_example import Schema

#: A file of definitions is small; a larger one is something else.
MAX_BYTES = 1_000_000


class DefinitionsDocument(Document):
    """The part `service_levels` of a project's document, in a file of its own."""

    schema_version: Literal[1] = 1
    service_levels: dict[Name, ServiceLevel] = Field(min_length=1, max_length=50, description="definitions, by name")


SCHEMA = Schema(DefinitionsDocument)


@dataclass(slots=True)
class Loaded:
    """Definitions that can be tried, or what is wrong with the file."""

    file: str
    definitions: Mapping[str, ServiceLevel] = field(default_factory=dict[str, ServiceLevel])
    findings: list[Finding] = field(default_factory=list[Finding])
    unreadable: str = ""
    _marked: Marked | None = None
    _lines: list[str] = field(default_factory=list[str])

    def check(self, project: str, queues: Iterable[str]) -> list[Finding]:
        """Queues and channels that there are none of, each with its place in the file."""
        known, found = sorted(queues), list[Finding]()
        for name, definition in self.definitions.items():
            for path, what, mend in _unknown(name, definition, project, known):
                found.append(self._finding(self._marked.place(path) if self._marked else Place(1, 1), path, what, mend))
        return found

    def _finding(self, place: Place, path: tuple[str | int, ...], what: str, mend: str) -> Finding:
        text = self._lines[place.line - 1] if place.line <= len(self._lines) else ""
        dotted = ".".join(map(str, path))
        return Finding(
            file=self.file, line=place.line, column=place.column, path=dotted, severity="fault", what=what,
            mend=mend, text=text,
        )  # fmt: skip


def _unknown(
    name: str, definition: ServiceLevel, project: str, known: list[str]
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    for number, queue in enumerate(definition.queues):
        if queue not in known:
            what = f"there is no queue {queue!r} in the project {project!r}"
            yield ("service_levels", name, "queues", number), what, suggest(queue, known)
    for number, channel in enumerate(definition.channels):
        if channel not in channel_names():
            yield (
                ("service_levels", name, "channels", number),
                f"there is no channel {channel!r}",
                suggest(channel, channel_names()),
            )


def load_definitions(path: Path) -> Loaded:
    """Raises nothing: all is in the result, whose `definitions` are there only when nothing is wrong."""
    loaded = Loaded(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as fault:
        loaded.unreadable = fault.strerror or str(fault)
        return loaded
    if len(content) > MAX_BYTES:
        loaded.unreadable = f"it is larger than {MAX_BYTES:,} bytes, which no file of definitions is"
        return loaded
    loaded._lines = content.decode("utf-8", "replace").splitlines()
    try:
        documents = parse(content)
    except Broken as broken:
        blemish = broken.blemish
        loaded.findings.append(loaded._finding(blemish.place, (), blemish.what, blemish.mend))
        return loaded
    if len(documents) != 1:
        what = "the file is empty" if not documents else f"here are {len(documents)} documents"
        mend = "one document, beginning with `service_levels:`"
        loaded.findings.append(loaded._finding(Place(1, 1), (), what, mend))
        return loaded
    _examine(loaded, documents[0])
    return loaded


def _examine(loaded: Loaded, marked: Marked) -> None:
    for blemish in marked.blemishes:
        loaded.findings.append(loaded._finding(blemish.place, (), blemish.what, blemish.mend))
    examined = examine(marked.value, {"service_levels": SCHEMA})
    for path, at_key, what, mend in examined.faults:
        loaded.findings.append(loaded._finding(marked.place(path, key=at_key), path, what, mend))
    if not loaded.findings and isinstance(examined.document, DefinitionsDocument):
        loaded._marked, loaded.definitions = marked, examined.document.service_levels
