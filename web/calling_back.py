"""A callback request as the domain wants it: which queue it goes to stands in the project's document."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.callback import RequestCallback
from domain.centre.configuration import Project, evolve_project
from domain.customer.contact import callback_key, contact
from domain.stream import stream_of
from web.doors import Doors
from web.problem import Problem, not_found


async def configured(doors: Doors, project: str) -> Project:
    """The project with its present document. Raises `Problem` 404 when it was never configured."""
    state = Project()
    for recorded in (await doors.log.read_stream(stream_of("project", project)))[-1:]:
        state = evolve_project(state, recorded.event)
    if state.document is None:
        raise not_found("project", project)
    return state


async def request_of(
    doors: Doors,
    project: str,
    number: str,
    name: str,
    about: str,
    due_at: datetime | None,
    entry: str,
    language: str,
) -> RequestCallback:
    """The command for a number in E.164. Raises `Problem` 409 where the project takes no callbacks."""
    rules = (await configured(doors, project)).configured.callbacks
    if rules is None:
        raise Problem(409, "no_callbacks", "this project takes no callback requests")
    return RequestCallback(
        project=project,
        number=contact(doors.fingerprints, project, "phone", number),
        key=callback_key(doors.fingerprints, project, rules.queue, number),
        name=name,
        about=about,
        # kept in UTC like every time in the log; one without a zone is left for the domain to refuse
        due_at=due_at.astimezone(UTC) if due_at and due_at.tzinfo else due_at,
        entry=entry,
        language=language,
    )
