"""A document looked at before it is applied: what is wrong with it, and what it would change, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from domain.centre.documents import CentreDocument, ProjectDocument

Kind = Literal["centre", "project"]
AnyDocument = CentreDocument | ProjectDocument


class DocumentFault(BaseModel):
    """One thing that is wrong. Where the document was given as YAML, with line and column from 1."""

    path: str
    line: int | None = None
    column: int | None = None
    severity: Literal["fault", "warning"]
    what: str
    mend: str


class DocumentChange(BaseModel):
    """One difference from the document in force: its place, and what changes, in words."""

    path: str
    said: str


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
