"""A callback request as the domain wants it: which queue it goes to stands in the project's document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.callback import RequestCallback
from domain.centre.configuration import Project, evolve_project
from domain.customer.contact import callback_key, contact
from domain.stream import stream_of
from web.doors import Doors
from web.problem import Problem, not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants to be called, when and why. `number` in E.164, `zone` an IANA name or empty."""

    number: str
    name: str
    about: str
    due_at: datetime | None
    entry: str
    language: str
    due_until: datetime | None = None
    notify: str = ""
    zone: str = ""


async def configured(doors: Doors, project: str) -> Project:
    """The project with its present document. Raises `Problem` 404 when it was never configured."""
    state = Project()
    for recorded in (await doors.log.read_stream(stream_of("project", project)))[-1:]:
        state = evolve_project(state, recorded.event)
    if state.document is None:
        raise not_found("project", project)
    return state


async def request_of(doors: Doors, project: str, wish: Wish) -> RequestCallback:
    """The command. Raises `Problem` 409 where the project takes no callbacks."""
    rules = (await configured(doors, project)).configured.callbacks
    if rules is None:
        raise Problem(409, "no_callbacks", "this project takes no callback requests")
    return RequestCallback(
        project=project,
        number=contact(doors.fingerprints, project, "phone", wish.number),
        key=callback_key(doors.fingerprints, project, rules.queue, wish.number),
        name=wish.name,
        about=wish.about,
        due_at=_in_utc(wish.due_at),
        due_until=_in_utc(wish.due_until),
        entry=wish.entry,
        language=wish.language,
        notify=wish.notify,
        zone=wish.zone,
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    """Kept in UTC like every time in the log; one without a zone is left for the domain to refuse."""
    return moment.astimezone(UTC) if moment and moment.tzinfo else moment
