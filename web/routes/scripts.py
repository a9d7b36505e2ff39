"""Conversation scripts beside the work: what to say now, answers written down, steps back, and what came of them."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, StringConstraints

from domain.centre.documents import Name
from domain.interaction.events import InteractionQueued
from domain.script import AnswerScript, Run, StepBack, evolve, identity
from domain.stream import stream_of
from projections.queries import VersionResults, script_results
from web.access import Caller, Permission, own_agent
from web.bodies import Body
from web.calling_back import configured
from web.doors import Doors, Wired
from web.guard import Requires, of_project
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS, Accepted, Send

router = APIRouter(prefix="/api/projects/{project}", tags=["scripts"], responses=COMMAND_PROBLEMS)
Working = Annotated[Caller, Depends(Requires(Permission.WORK))]
Measuring = Annotated[Caller, Depends(Requires(Permission.READ_MEASURES))]
BESIDE = "/interactions/{interaction_id}/scripts"


class AnswerBody(Body):
    """An answer at the present step of the version that was read: a choice, or words where nothing is to be picked."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    step: Name
    choice: Name | None = None
    words: Annotated[str, StringConstraints(max_length=5_000)] = ""


class ScriptBeside(BaseModel):
    """A script for this conversation. `step`: the present one, empty at the end; `path`: steps answered, with choices.

    `content`: title, start and steps of its version, which stays the same once it has begun.
    """

    script: str
    version: str
    begun: bool
    step: str
    path: list[tuple[str, str]]
    content: dict[str, Any]


class Scripts(BaseModel):
    items: list[ScriptBeside]


class Results(BaseModel):
    """The versions of a script side by side, the earliest first."""

    items: tuple[VersionResults, ...]


async def _run(doors: Doors, interaction_id: str, script: str) -> Run:
    run = Run()
    for recorded in await doors.log.read_stream(stream_of("script", identity(interaction_id, script))):
        # words are the customer's; what is asked here needs only steps and choices
        run = evolve(run, recorded.event)
    return run


async def _queues(doors: Doors, interaction_id: str) -> set[str]:
    recorded = await doors.log.read_stream(stream_of("interaction", interaction_id))
    return {one.event.queue for one in recorded if isinstance(one.event, InteractionQueued)}


@router.get(BESIDE)
async def list_scripts(project: str, interaction_id: str, caller: Working, doors: Wired) -> Scripts:
    """The scripts for a conversation and where each stands; read from the log itself, so never behind."""
    await of_project(doors, project, "interaction", interaction_id)
    known, queues = (await configured(doors, project)).configured.scripts, await _queues(doors, interaction_id)
    items: list[ScriptBeside] = []
    for name, script in known.items():
        run = await _run(doors, interaction_id, name)
        if not run.version and script.queues and not queues & set(script.queues):
            continue
        items.append(
            ScriptBeside(
                script=name,
                version=run.version or script.version(),
                begun=bool(run.version),
                step=run.step if run.version else script.start,
                path=list(run.path),
                content=json.loads(run.content or script.content()),
            )
        )
    return Scripts(items=items)


@router.post(BESIDE + "/{script}/answer")
async def answer_script(
    project: str, interaction_id: str, script: str, body: AnswerBody, caller: Working, send: Send
) -> Accepted:
    """Write down an answer; `step` in the result is the next one, empty at the end."""
    command = AnswerScript(
        project=project,
        interaction_id=interaction_id,
        script=script,
        version=body.version,
        step=body.step,
        agent_id=own_agent(caller),
        choice=body.choice or "",
        words=body.words,
    )
    return await send(caller, command, project=project)


@router.post(BESIDE + "/{script}/back")
async def step_back(project: str, interaction_id: str, script: str, caller: Working, send: Send) -> Accepted:
    """Take the last answer back; its step is asked again."""
    command = StepBack(interaction_id=interaction_id, script=script, agent_id=own_agent(caller))
    return await send(caller, command, project=project)


@router.get("/scripts/{script}/results")
async def get_script_results(project: str, script: str, caller: Measuring, ask: Ask) -> Results:
    """What was answered at each step of each version, and how those contacts ended."""
    return Results(items=await ask(script_results, project, script))
