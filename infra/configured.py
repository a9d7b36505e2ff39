"""The configuration in force, as the log has it: which mailbox of which project an address is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from channels.email.ingress import Mailbox, base_address
from domain.centre.configuration import CentreConfigured, ProjectConfigured
from domain.centre.documents import CentreDocument, ProjectDocument
from domain.event import Recorded
from domain.ports import Log, LogUnavailable
from infra.between_documents import faults_between
from infra.gathering import Gathering

_log = structlog.get_logger("configured")
#: Seconds between looks.
LOOK = 1.0
#: `recent` of a process that shares a log with others, who may have changed it a moment ago anyway.
RECENT = 0.1
_TYPES = (CentreConfigured.wire, ProjectConfigured.wire)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a mailbox belongs."""

    project: str
    pool: str
    mailbox: str


class Configured:
    """Folds configuration events; `catch_up` reads those that have come since.

    `recent`: seconds that the last look may be old for those whom the documents of a moment ago serve.
    """

    def __init__(self, log: Log, recent: float = 0.0) -> None:
        self._log, self._recent = log, recent
        self._asking = Gathering(self._catch_up)
        self._position, self._looked = 0, float("-inf")
        self.centres: Mapping[str, CentreDocument] = {}
        self.projects: Mapping[str, ProjectDocument] = {}
        #: Position of the first document that named a webhook as it is called, `project/webhook`.
        self.webhooks_since: dict[str, int] = {}
        self._names: dict[str, str] = {}
        self._boxes: tuple[Mailbox, ...] = ()
        self._homes: Mapping[str, Home] = {}

    async def catch_up(self) -> None:
        """Read what has been configured since the last call; without news this is one short query.

        Those who come while it is asked share the next one, so a burst of calls does not become one of queries.
        """
        await self._asking("")

    async def keep_up(self) -> None:
        """The same for those whom the documents of a moment ago serve: nobody asks who has just asked."""
        if asyncio.get_running_loop().time() - self._looked >= self._recent:
            await self.catch_up()

    async def _catch_up(self, who: Sequence[str]) -> Mapping[str, None]:
        looked = asyncio.get_running_loop().time()
        while True:
            recorded = await self._log.read(self._position, 200, types=_TYPES)
            for one in recorded:
                self._fold(one)
            if len(recorded) < 200:
                break
        if recorded or not self._homes:
            self._index()
        self._looked = looked
        return dict.fromkeys(who)

    def _fold(self, recorded: Recorded) -> None:
        self._position = recorded.position
        match recorded.event:
            case CentreConfigured():
                document = CentreDocument.model_validate(recorded.event.document)
                self.centres = {**self.centres, document.centre: document}
                self._names.update({agent_id: agent.name for agent_id, agent in document.agents.items()})
            case ProjectConfigured():
                project = ProjectDocument.model_validate(recorded.event.document)
                self.projects = {**self.projects, project.project: project}
                for name in project.webhooks:
                    self.webhooks_since.setdefault(f"{project.project}/{name}", recorded.position)
            case _:
                raise AssertionError(f"asked for configuration, got {recorded.event.wire}")

    def _index(self) -> None:
        boxes: list[Mailbox] = []
        homes: dict[str, Home] = {}
        for project in self.projects.values():
            for name, box in project.mailboxes.items():
                key = f"{project.project}/{name}"
                boxes.append(Mailbox(key, box.address, box.aliases))
                homes[key] = Home(project.project, project.pool, name)
        self._boxes, self._homes = tuple(boxes), homes

    @property
    def pools(self) -> list[str]:
        """Every pool that a centre or project names."""
        return sorted({document.pool for document in (*self.centres.values(), *self.projects.values())})

    def faults_with(self, document: CentreDocument | ProjectDocument) -> list[str]:
        """What would be wrong between the documents if this one came into force, each with how to mend it.

        A project that comes before any centre of its pool cannot be checked against one: it comes first.
        """
        centres, projects = dict(self.centres), dict(self.projects)
        if isinstance(document, CentreDocument):
            centres[document.centre] = document
        elif any(centre.pool == document.pool for centre in centres.values()):
            projects[document.project] = document
        else:
            return []
        found = faults_between(list(centres.values()), list(projects.values()))
        return [f"{'.'.join(map(str, f.path))}: {f.what}; {f.mend}" for f in found if f.severity == "fault"]

    def agent_name(self, agent_id: str) -> str:
        """What customers may call the agent: the last name that a centre's document gave them, empty for none.

        Who is gone from the document keeps their name: a letter that they signed is sent again as it was.
        """
        return self._names.get(agent_id, "")

    @property
    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Every mailbox of every project, named `project/mailbox`."""
        return self._boxes

    def home(self, key: str) -> Home:
        """The project, pool and name of a mailbox named `project/mailbox`."""
        return self._homes[key]

    def knows(self, address: str) -> bool:
        """Whether mail to this address is for one of the mailboxes, plus-addressed or not."""
        wanted = base_address(address)
        return any(wanted in map(base_address, (box.address, *box.aliases)) for box in self._boxes)


async def keep_configured(configured: Configured) -> None:
    """What the documents say, up to date within a second, until cancelled."""
    while True:
        try:
            await configured.catch_up()
        except LogUnavailable as fault:
            _log.warning("the log is unavailable, new documents wait", reason=type(fault).__name__)
        await asyncio.sleep(LOOK)
