"""Documents as an editor needs them: looked at without being applied, and every version that was, by whom and when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, model_validator

from domain.centre.configuration import CentreConfigured, ProjectConfigured
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.event import Recorded
from domain.sentence import say
from domain.stream import stream_of
from web.access import Caller, Permission
from web.bodies import Body
from web.doors import Doors, Wired
from web.guard import Requires
from web.problem import not_found
from web.reviewing import AnyDocument, DocumentChange, DocumentFault, Kind, Review
from web.sending import COMMAND_PROBLEMS

router = APIRouter(prefix="/api", tags=["configuration"], responses=COMMAND_PROBLEMS)
Reading = Annotated[Caller, Depends(Requires(Permission.READ_CONFIGURATION))]
Configuring = Annotated[Caller, Depends(Requires(Permission.CONFIGURE))]
Founding = Annotated[Caller, Depends(Requires(Permission.CONFIGURE, new=True))]
#: Versions told of one document, the latest; each holds the whole document.
MOST_VERSIONS = 500


class ReviewBody(Body):
    """A whole document, as JSON or as YAML text; in YAML, faults are told with their lines."""

    document: dict[str, Any] | None = None
    yaml: Annotated[str, Field(max_length=2_000_000)] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> ReviewBody:
        if (self.document is None) == (self.yaml is None):
            raise ValueError("give either `document` or `yaml`")
        return self

    @property
    def given(self) -> dict[str, Any] | str:
        return self.yaml if self.yaml is not None else self.document or {}


class Version(BaseModel):
    """One version that was applied. `changes` against the one before, in words; none for the first."""

    revision: int
    sha256: str
    at: str
    actor: str
    changes: list[DocumentChange]


class Versions(BaseModel):
    """The latest first."""

    items: list[Version]


class VersionDocument(Version):
    """`yaml`: the same for people, without what stands at its default."""

    document: dict[str, Any]
    yaml: str


Configuration = CentreConfigured | ProjectConfigured


async def _history(doors: Doors, kind: Kind, name: str) -> list[tuple[Recorded, Configuration]]:
    recorded = await doors.log.read_stream(stream_of(kind, name))
    return [(one, one.event) for one in recorded if isinstance(one.event, CentreConfigured | ProjectConfigured)]


def _document(event: Configuration) -> AnyDocument:
    kind = CentreDocument if isinstance(event, CentreConfigured) else ProjectDocument
    return kind.model_validate(event.document)


def _version(doors: Doors, history: list[tuple[Recorded, Configuration]], number: int) -> Version:
    one, event = history[number]
    before = _document(history[number - 1][1]) if number else None
    return Version(
        revision=event.revision,
        sha256=event.sha256,
        at=one.occurred_at.isoformat(),
        actor=one.actor,
        changes=list(doors.reviewer.changes(before, _document(event))),
    )


async def _versions(doors: Doors, kind: Kind, name: str) -> Versions:
    history = await _history(doors, kind, name)
    first = max(0, len(history) - MOST_VERSIONS)
    return Versions(items=[_version(doors, history, number) for number in range(len(history) - 1, first - 1, -1)])


async def _one(doors: Doors, kind: Kind, name: str, revision: int) -> VersionDocument:
    history = await _history(doors, kind, name)
    found = next((number for number, (_, event) in enumerate(history) if event.revision == revision), None)
    if found is None:
        raise not_found("revision", str(revision))
    version = _version(doors, history, found)
    document = _document(history[found][1])
    return VersionDocument(
        **version.model_dump(), document=document.model_dump(mode="json"), yaml=doors.reviewer.written(document)
    )


async def _review(doors: Doors, kind: Kind, name: str, pool: str, body: ReviewBody) -> Review:
    await doors.documents.catch_up()
    history = await _history(doors, kind, name)
    before = _document(history[-1][1]) if history else None
    document, faults, changes = doors.reviewer.review(kind, body.given, before)
    faults += _misplaced(kind, name, pool, document)
    if any(fault.severity == "fault" for fault in faults):
        document, changes = None, []
    return Review(
        applicable=document is not None,
        revision=history[-1][1].revision if history else 0,
        faults=faults,
        changes=changes,
        document=document.model_dump(mode="json") if document else None,
    )


def _misplaced(kind: Kind, name: str, pool: str, document: AnyDocument | None) -> list[DocumentFault]:
    """The name and the pool stand in the address, and are for life."""
    if document is None:
        return []
    own = document.centre if isinstance(document, CentreDocument) else document.project
    return [
        DocumentFault.told(
            path,
            say("must_be_said_here", "must be {wanted!r} here", wanted=wanted),
            say("write_it_so", "`{path}: {wanted}`", path=path, wanted=wanted),
        )
        for path, said, wanted in ((kind, own, name), ("pool", document.pool, pool))
        if said != wanted
    ]


async def _own_centre(doors: Doors, caller: Caller, centre: str) -> None:
    home = await doors.homes.of("centre", centre)
    if home is None or home.pool != caller.pool:
        raise not_found("centre", centre)


@router.post("/projects/{project}/configuration/review")
async def review_project(project: str, body: ReviewBody, caller: Founding, doors: Wired) -> Review:
    """What is wrong with a project's document, and what it would change; nothing is applied."""
    return await _review(doors, "project", project, caller.pool, body)


@router.get("/projects/{project}/configuration/versions")
async def list_project_versions(project: str, caller: Reading, doors: Wired) -> Versions:
    """Every version of a project's document that was applied: when, by whom, what it changed."""
    return await _versions(doors, "project", project)


@router.get("/projects/{project}/configuration/versions/{revision}")
async def get_project_version(project: str, revision: int, caller: Reading, doors: Wired) -> VersionDocument:
    """One version, whole."""
    return await _one(doors, "project", project, revision)


@router.post("/centres/{centre}/review")
async def review_centre(centre: str, body: ReviewBody, caller: Configuring, doors: Wired) -> Review:
    """What is wrong with a centre's document, and what it would change; nothing is applied."""
    await _own_centre(doors, caller, centre)
    return await _review(doors, "centre", centre, caller.pool, body)


@router.get("/centres/{centre}/versions")
async def list_centre_versions(centre: str, caller: Reading, doors: Wired) -> Versions:
    """Every version of the centre's document that was applied: when, by whom, what it changed."""
    await _own_centre(doors, caller, centre)
    return await _versions(doors, "centre", centre)


@router.get("/centres/{centre}/versions/{revision}")
async def get_centre_version(centre: str, revision: int, caller: Reading, doors: Wired) -> VersionDocument:
    """One version, whole."""
    await _own_centre(doors, caller, centre)
    return await _one(doors, "centre", centre, revision)
