"""What a desk needs to know before it shows anything: who there is, what can be chosen from, in which words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.centre.documents import CannedAnswer, ProjectDocument
from web.access import Caller, Permission
from web.doors import Doors, Wired
from web.guard import Requires
from web.sending import COMMAND_PROBLEMS
from web.telephones import Rings, rings_at

router = APIRouter(
    prefix="/api", tags=["desk"], responses={k: v for k, v in COMMAND_PROBLEMS.items() if k in (401, 403, 503)}
)
Seeing = Annotated[Caller, Depends(Requires(Permission.READ_PRESENCE))]


class Choice(BaseModel):
    """Something to choose, by its name and by what people read."""

    name: str
    title: str


class QueueChoice(Choice):
    """`wrap_up`: none, optional, mandatory or fixed, as its queue's document has it."""

    wrap_up: str


class AnswerChoice(Choice):
    """A canned answer, by language."""

    text: dict[str, str]


class ProjectOnDesk(Choice):
    """What of a project's document an agent's desk shows. `texts`: one of its numbers sends texts."""

    language: str
    departments: tuple[Choice, ...]
    queues: tuple[QueueChoice, ...]
    dispositions: tuple[str, ...]
    answers: tuple[AnswerChoice, ...]
    callbacks: bool
    texts: bool


class DeskView(BaseModel):
    """`agents`: everybody of the pool, by id; `not_ready`: the reasons to choose from, none for the usual ones.

    `accounts`: the names of those who are no agents, by id. `centres` and `profiles` of the pool, by name; a profile
    has no other title. `telephone`: where the caller's own calls ring.
    """

    agents: dict[str, str]
    accounts: dict[str, str]
    centres: dict[str, str]
    sites: dict[str, str]
    profiles: tuple[str, ...]
    not_ready: tuple[Choice, ...]
    projects: tuple[ProjectOnDesk, ...]
    telephone: Rings


@router.get("/desk")
async def desk(caller: Seeing, doors: Wired) -> DeskView:
    """The projects that the caller has a role in, and the people of the pool."""
    await doors.documents.catch_up()
    centres = [one for one in doors.documents.centres.values() if one.pool == caller.pool]
    return DeskView(
        agents={agent_id: agent.name for centre in centres for agent_id, agent in centre.agents.items()},
        accounts={one.account_id: one.name for one in await doors.accounts.list(caller.pool) if not one.agent_id},
        centres={centre.centre: centre.title for centre in centres},
        profiles=tuple(sorted({name for centre in centres for name in centre.profiles})),
        sites={name: site.title for centre in centres for name, site in centre.sites.items()},
        not_ready=tuple(Choice(name=n, title=t) for centre in centres for n, t in centre.not_ready.items()),
        projects=tuple(_on_desk(one) for one in _own_projects(doors, caller)),
        telephone=rings_at(doors, caller.agent_id),
    )


def _own_projects(doors: Doors, caller: Caller) -> list[ProjectDocument]:
    projects = sorted(doors.documents.projects.values(), key=lambda one: one.title)
    return [one for one in projects if one.pool == caller.pool and _inside(caller, one)]


def _inside(caller: Caller, project: ProjectDocument) -> bool:
    return caller.may(Permission.READ_CONFIGURATION, project.project)


def _on_desk(project: ProjectDocument) -> ProjectOnDesk:
    return ProjectOnDesk(
        name=project.project,
        title=project.title,
        language=project.language,
        departments=tuple(Choice(name=n, title=d.title) for n, d in project.departments.items()),
        queues=tuple(QueueChoice(name=n, title=q.title, wrap_up=q.wrap_up.mode) for n, q in project.queues.items()),
        dispositions=project.dispositions,
        answers=tuple(AnswerChoice(name=n, title=a.title, text=_by_language(a)) for n, a in project.answers.items()),
        callbacks=project.callbacks is not None,
        texts=any(number.texts is not None for number in project.numbers.values()),
    )


def _by_language(answer: CannedAnswer) -> dict[str, str]:
    return {str(language): text for language, text in answer.text.items()}
