"""The centre's and the projects' documents: read as they stand, replaced as a whole on a known revision."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ValidationError

from domain.centre.configuration import Centre, ConfigureCentre, ConfigureProject, Project
from domain.centre.documents import CentreDocument, Document, ProjectDocument
from domain.states import fold
from domain.stream import stream_of
from web.access import Caller, Permission
from web.bodies import DocumentBody
from web.calling_back import configured
from web.doors import Doors, Wired
from web.guard import Requires
from web.problem import Problem, not_found
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api", tags=["configuration"], responses=COMMAND_PROBLEMS)
Reading = Annotated[Caller, Depends(Requires(Permission.READ_CONFIGURATION))]
Configuring = Annotated[Caller, Depends(Requires(Permission.CONFIGURE))]
Founding = Annotated[Caller, Depends(Requires(Permission.CONFIGURE, new=True))]
D = TypeVar("D", bound=Document)


class Configured(BaseModel):
    """A document and its revision, which a change of it must name."""

    revision: int
    sha256: str
    document: dict[str, Any]


def _view(state: Centre | Project) -> Configured:
    assert state.document is not None, "only what was configured is shown"
    document = state.document.model_dump(mode="json")
    return Configured(revision=state.revision, sha256=state.sha256, document=document)


def _read(kind: type[D], document: dict[str, Any], doors: Doors) -> D:
    """Raises `Problem` 422 naming each fault with its place in the document."""
    try:
        read = kind.model_validate(document)
    except ValidationError as fault:
        errors = [
            {"field": ".".join(["document", *map(str, error["loc"])]), "reason": error["msg"], "kind": error["type"]}
            for error in fault.errors(include_input=False, include_url=False)
        ]
        raise _faulty(errors) from fault
    if faults := [{"field": "document", "reason": text, "kind": "reference"} for text in doors.check(read)]:
        raise _faulty(faults)
    return read


def _faulty(errors: list[dict[str, str]]) -> Problem:
    detail = f"{errors[0]['field']}: {errors[0]['reason']}"
    return Problem(422, "bad_document", detail, errors=errors[:100])


async def _centre(doors: Doors, centre: str) -> Centre:
    """The centre as it stands: sites that went down and came back are told in its stream too."""
    stream = stream_of("centre", centre)
    state = fold(stream, [one.event for one in await doors.log.read_stream(stream)])
    assert isinstance(state, Centre), "a centre's stream folds to one"
    return state


@router.get("/centres/{centre}")
async def get_centre(centre: str, caller: Reading, doors: Wired) -> Configured:
    """The centre's document: sites, skills, profiles, agents."""
    state = await _centre(doors, centre)
    home = await doors.homes.of("centre", centre)
    if state.document is None or home is None or home.pool != caller.pool:
        raise not_found("centre", centre)
    return _view(state)


@router.put("/centres/{centre}")
async def put_centre(centre: str, body: DocumentBody, caller: Configuring, doors: Wired, send: Send) -> Accepted:
    """Replace the centre's document; agents in it are registered or brought up to date."""
    document = _read(CentreDocument, body.document, doors)
    home = await doors.homes.of("centre", centre)
    if home is not None and home.pool != caller.pool:
        raise not_found("centre", centre)
    _same(document.centre, centre, "centre")
    _same(document.pool, caller.pool, "pool")
    return await send(caller, ConfigureCentre(document=document, expected_revision=body.expected_revision))


@router.get("/projects/{project}/configuration")
async def get_project(project: str, caller: Reading, doors: Wired) -> Configured:
    """The project's document: departments, queues, mailboxes, dispositions."""
    return _view(await configured(doors, project))


@router.put("/projects/{project}/configuration")
async def put_project(project: str, body: DocumentBody, caller: Founding, doors: Wired, send: Send) -> Accepted:
    """Replace the project's document, or found a new project (which needs the role for the whole pool)."""
    document = doors.complete(_read(ProjectDocument, body.document, doors))
    _same(document.project, project, "project")
    _same(document.pool, caller.pool, "pool")
    command = ConfigureProject(document=document, expected_revision=body.expected_revision)
    return await send(caller, command, project=project)


def _same(written: str, wanted: str, what: str) -> None:
    if written != wanted:
        errors = [{"field": f"document.{what}", "reason": f"must be {wanted!r} here", "kind": "wrong_place"}]
        raise _faulty(errors)
