"""Looking up what a call is about: its number, its flow, and how the call and its interaction stand in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from channels.voice.meaning import Facts
from domain.centre.documents import ProjectDocument
from domain.centre.flows import Flow
from domain.centre.numbers import Number
from domain.execute import Origin
from domain.interaction.state import Interaction
from domain.ports import Clock, Log, Opener
from domain.states import fold
from domain.stream import stream_of
from domain.voice.call import Call
from infra.configured import Configured

ACTOR = "system:voice"


@dataclass(frozen=True, slots=True)
class Line:
    """A number of ours in the configuration now in force."""

    project: ProjectDocument
    name: str
    number: Number
    flow: Flow

    @property
    def origin(self) -> Origin:
        return Origin(project=self.project.project, pool=self.project.pool, actor=ACTOR, confined=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    log: Log
    opener: Opener
    configured: Configured
    clock: Clock

    def called(self, number: str) -> Line | None:
        """The line of a number (E.164)."""
        for project in self.configured.projects.values():
            for name, one in project.numbers.items():
                if one.number == number:
                    return self.line(project.project, name)
        return None

    def line(self, project: str, name: str) -> Line | None:
        """A project's number by its name; None where it is no longer configured."""
        document = self.configured.projects.get(project)
        number = document.numbers.get(name) if document is not None else None
        if document is None or number is None or number.flow not in document.flows:
            return None
        return Line(document, name, number, document.flows[number.flow])

    def facts(self, line: Line, call: Call) -> Facts:
        return Facts(line.project, self.clock(), line.number.number, bool(call.caller))

    async def call(self, call_id: str) -> tuple[Call, Line | None]:
        """The call as the log has it, and its line. A call that nobody has told of is absent."""
        recorded = await self.log.read_stream(stream_of("call", call_id))
        state = cast("Call", fold(stream_of("call", call_id), [self.opener(one.event) for one in recorded]))
        return state, self.line(recorded[0].project, state.number) if recorded else None

    async def interaction(self, interaction_id: str) -> Interaction:
        stream = stream_of("interaction", interaction_id)
        recorded = await self.log.read_stream(stream)
        return cast("Interaction", fold(stream, [self.opener(one.event) for one in recorded]))
