"""Putting documents on record: each becomes an event on top of the revision that its author had seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.centre.configuration import CentreConfigured, ConfigureCentre, ConfigureProject, ProjectConfigured
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.execute import Done, Executor, Origin
from domain.ports import Log
from domain.stream import stream_of


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one document. `stream` is `centre-NAME` or `project-NAME`; `position` 0 where nothing changed."""

    stream: str
    revision: int
    changed: bool
    position: int


async def apply_documents(
    executor: Executor,
    centres: Sequence[CentreDocument],
    projects: Sequence[ProjectDocument],
    origin: Origin,
    *,
    expected: Mapping[str, int] | None = None,
) -> list[Applied]:
    """Configure projects, then centres, so that no agent ever serves a queue that does not exist yet.

    `expected`: the revision each document was made on, by stream (`revisions` gives the present ones); 0, the first,
    where it is not named. Each document stands in its own pool, a project's in its own project, whatever `origin`
    says of them. Raises `Rejection` (`stale_revision`, `pool_is_for_life`); documents before that one are applied.
    """
    wanted = expected or {}
    applied: list[Applied] = []
    for project in projects:
        stream = stream_of("project", project.project)
        known = wanted.get(stream, 0)
        own = replace(origin, project=project.project, pool=project.pool)
        done = await executor.execute(ConfigureProject(document=project, expected_revision=known), own)
        applied.append(_applied(stream, known, done))
    for centre in centres:
        stream = stream_of("centre", centre.centre)
        known = wanted.get(stream, 0)
        own = replace(origin, pool=centre.pool)
        done = await executor.execute(ConfigureCentre(document=centre, expected_revision=known), own)
        applied.append(_applied(stream, known, done))
    return applied


def _applied(stream: str, known: int, done: Done) -> Applied:
    changed = any(isinstance(e, CentreConfigured | ProjectConfigured) for es in done.events.values() for e in es)
    return Applied(stream, known + 1 if changed else known, changed, done.position)


@dataclass(frozen=True, slots=True)
class InForce:
    """What the log has of a stream: revision 0 and no document where it was never configured."""

    revision: int = 0
    document: CentreDocument | ProjectDocument | None = None


async def in_force(
    log: Log, centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]
) -> dict[str, InForce]:
    """What these documents are to replace, by stream."""
    streams = [stream_of("centre", c.centre) for c in centres] + [stream_of("project", p.project) for p in projects]
    found: dict[str, InForce] = {}
    for stream in streams:
        recorded = [r.event for r in await log.read_stream(stream)]
        configured = [event for event in recorded if isinstance(event, CentreConfigured | ProjectConfigured)]
        found[stream] = _in_force(configured[-1]) if configured else InForce()
    return found


def _in_force(event: CentreConfigured | ProjectConfigured) -> InForce:
    model = CentreDocument if isinstance(event, CentreConfigured) else ProjectDocument
    return InForce(event.revision, model.model_validate(event.document))


async def revisions(log: Log, centres: Sequence[CentreDocument], projects: Sequence[ProjectDocument]) -> dict[str, int]:
    """The revisions these documents are at now, by stream; 0 for those that were never applied."""
    return {stream: known.revision for stream, known in (await in_force(log, centres, projects)).items()}
