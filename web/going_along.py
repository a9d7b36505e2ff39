"""The files of a draft for as long as its reply is being sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from domain.enclosing import NamedFile
from domain.interaction.events import InteractionStarted
from domain.rejection import Rejection
from domain.stream import stream_of
from web.access import Caller
from web.doors import Doors
from web.drafts import Kind, Place
from web.guard import of_project


async def place_of(doors: Doors, project: str, interaction_id: str, kind: Kind, caller: Caller) -> Place:
    """Where somebody's draft lies. Raises `Problem` 404 for an interaction of another project.

    It is the data of the customer that the interaction began with, under whose key it is sealed for good.
    """
    await of_project(doors, project, "interaction", interaction_id)
    first = await doors.log.read(0, 1, streams=[stream_of("interaction", interaction_id)])
    assert isinstance(first[0].event, InteractionStarted), "an interaction begins by starting"
    customer_id = first[0].event.customer_id
    return Place(account_id=caller.account_id, interaction_id=interaction_id, kind=kind, customer_id=customer_id)


@asynccontextmanager
async def going_along(
    doors: Doors, project: str, interaction_id: str, caller: Caller, ids: Sequence[str]
) -> AsyncIterator[tuple[NamedFile, ...]]:
    """Files that go with a reply: the draft's no more once it is sent, and still where it was refused.

    Whoever sends the same reply again is handed the same files. Raises `Rejection` for one that is not there.
    """
    if not ids:
        yield ()
        return
    place = await place_of(doors, project, interaction_id, "reply", caller)
    try:
        yield tuple(await doors.draft_files.going(place, ids))
    except Rejection:
        await doors.draft_files.stay(place, ids)
        raise
    await doors.draft_files.gone(place, ids)
