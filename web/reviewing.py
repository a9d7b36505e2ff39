"""A document looked at before it is applied: what is wrong with it, and what it would change, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from domain.centre.documents import CentreDocument, ProjectDocument
from domain.sentence import Sentence

Kind = Literal["centre", "project"]
Severity = Literal["fault", "warning"]
AnyDocument = CentreDocument | ProjectDocument


class Wording(BaseModel):
    """A sentence for whoever says it in another language: its code, which never changes, and what it names."""

    code: str
    given: dict[str, str | int | float | Wording]

    @classmethod
    def of(cls, sentence: Sentence) -> Wording:
        given = {name: cls.of(one) if isinstance(one, Sentence) else one for name, one in sentence.given.items()}
        return cls(code=sentence.code, given=given)


class DocumentFault(BaseModel):
    """One thing that is wrong, in English and as its wording.

    Where the document was given as YAML, with line and column from 1.
    """

    path: str
    line: int | None = None
    column: int | None = None
    severity: Severity
    what: str
    mend: str
    what_wording: Wording
    mend_wording: Wording

    @classmethod
    def told(
        cls,
        path: str,
        what: Sentence,
        mend: Sentence,
        *,
        severity: Severity = "fault",
        line: int | None = None,
        column: int | None = None,
    ) -> DocumentFault:
        wordings = {"what_wording": Wording.of(what), "mend_wording": Wording.of(mend)}
        return cls(path=path, line=line, column=column, severity=severity, what=what, mend=mend, **wordings)


class DocumentChange(BaseModel):
    """One difference from the document in force: its place, and what changes, in English and as its wording."""

    path: str
    said: str
    wording: Wording


class Review(BaseModel):
    """`applicable`: nothing is wrong but for warnings. `document` is what would be applied, defaults filled in.

    `revision` is that of the document in force, against which `changes` tell: apply with it as `expected_revision`.
    """

    applicable: bool
    revision: int
    faults: list[DocumentFault]
    changes: list[DocumentChange]
    document: dict[str, Any] | None


class Reviewer(Protocol):
    """Looks at documents; the adapter knows YAML, the documents in force and what is possible between them."""

    def review(
        self, kind: Kind, given: dict[str, Any] | str, before: AnyDocument | None
    ) -> tuple[AnyDocument | None, list[DocumentFault], list[DocumentChange]]:
        """The document where nothing keeps it from being applied, what is wrong, what it would change."""
        ...

    def changes(self, before: AnyDocument | None, after: AnyDocument) -> Sequence[DocumentChange]:
        """What one version changed against another, in words."""
        ...

    def written(self, document: AnyDocument) -> str:
        """The document as YAML that people edit: what stands at its default is left out."""
        ...
