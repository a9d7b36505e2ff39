"""`web.reviewing.Reviewer`: documents held against their schema, one another and those in force, as `check` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.centre.references import Fault
from domain.sentence import Sentence, say
from infra.between_documents import faults_between
from infra.configured import Configured
from infra.document_changes import changes
from infra.document_faults import Examined, examine
from infra.marked_yaml import Blemish, Broken, Marked, parse
from infra.written_yaml import written
from web.doors import Complete
from web.reviewing import AnyDocument, DocumentChange, DocumentFault, Kind, Severity, Wording

#: Faults told of one document.
MOST = 200


@dataclass(frozen=True, slots=True)
class Reviewing:
    """`configured` are the documents in force; `complete` adds what applying a project's document adds."""

    configured: Configured
    complete: Complete

    def review(
        self, kind: Kind, given: dict[str, Any] | str, before: AnyDocument | None
    ) -> tuple[AnyDocument | None, list[DocumentFault], list[DocumentChange]]:
        marked: Marked | None = None
        if isinstance(given, str):
            marked, faults = _parsed(given)
            if marked is None:
                return None, faults, []
        else:
            faults = list[DocumentFault]()
        examined = examine(marked.value if marked else given)
        told = [_told(marked, path, at_key, "fault", what, mend) for path, at_key, what, mend in examined.faults]
        faults = [*faults, *told][:MOST]
        document = examined.document
        if not isinstance(document, CentreDocument if kind == "centre" else ProjectDocument):
            return None, faults or [_wrong_kind(kind)], []
        faults += [
            _told(marked, f.path, f.at_key, f.severity, f.what, f.mend) for f in self._between(document, examined)
        ]
        if any(fault.severity == "fault" for fault in faults):
            return None, faults[:MOST], []
        whole = self.complete(document) if isinstance(document, ProjectDocument) else document
        return whole, faults[:MOST], list(self.changes(before, whole))

    def changes(self, before: AnyDocument | None, after: AnyDocument) -> Sequence[DocumentChange]:
        return [
            DocumentChange(path=one.path, said=one.words, wording=Wording.of(one.words))
            for one in changes(before, after)
        ]

    def written(self, document: AnyDocument) -> str:
        return written(document)

    def _between(self, document: AnyDocument, examined: Examined) -> list[Fault]:
        """What is wrong between this document and those in force, as far as it is about this one."""
        centres, projects = dict(self.configured.centres), dict(self.configured.projects)
        if isinstance(document, CentreDocument):
            centres[document.centre] = document
            subject = ("centre", list(centres).index(document.centre))
        else:
            projects[document.project] = document
            subject = ("project", list(projects).index(document.project))
        found = faults_between(list(centres.values()), list(projects.values()))
        return [f for f in found if f.subject == subject and not examined.beneath_mended(f.path)]


def _parsed(text: str) -> tuple[Marked | None, list[DocumentFault]]:
    try:
        documents = parse(text.encode())
    except Broken as broken:
        return None, [_blemish(broken.blemish)]
    if len(documents) != 1:
        what = (
            say("there_is_nothing_here", "there is nothing here")
            if not documents
            else say("here_are_documents", "here are {count} documents", count=len(documents))
        )
        mend = say("give_one_document", "give one document")
        return None, [DocumentFault.told("", what, mend, line=1, column=1)]
    return documents[0], [_blemish(blemish) for blemish in documents[0].blemishes]


def _blemish(blemish: Blemish) -> DocumentFault:
    place = blemish.place
    return DocumentFault.told("", blemish.what, blemish.mend, line=place.line, column=place.column)


def _told(
    marked: Marked | None, path: tuple[str | int, ...], at_key: bool, severity: Severity, what: Sentence, mend: Sentence
) -> DocumentFault:
    dotted = ".".join(map(str, path))
    if marked is None:
        return DocumentFault.told(dotted, what, mend, severity=severity)
    place = marked.place(path, key=at_key)
    return DocumentFault.told(dotted, what, mend, severity=severity, line=place.line, column=place.column)


def _wrong_kind(kind: Kind) -> DocumentFault:
    what = (
        say("no_centre_document", "this is no centre's document")
        if kind == "centre"
        else say("no_project_document", "this is no project's document")
    )
    mend = say("it_says_schema_version_and", "it says `schema_version: 1` and `{kind}: …`", kind=kind)
    return DocumentFault.told("", what, mend)
