"""Taking a turn of a flow: the new place and all that it means go on record at once, then the call does its steps."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from channels.numbers.reading import read
from channels.numbers.written import Telephone
from channels.voice.control import HangUp, Step
from channels.voice.flow import present, proceed
from channels.voice.given import (
    DialEnded,
    Given,
    Keyed,
    OfferedCallback,
    Recorded,
    Silent,
    Spoke,
    ToVoicemail,
)
from channels.voice.heard import ours
from channels.voice.meaning import Answered, EnteredQueue, GaveNumber, LeftMessage, Meaning, Turn, WantsCallback
from domain.callback import RequestCallback, TakeCallback
from domain.customer.contact import callback_key, contact
from domain.decide import Command
from domain.execute import Executor
from domain.interaction.calling import RecogniseCaller
from domain.ports import Fingerprints
from domain.rejection import Rejection
from domain.stream import stream_of
from domain.voice.call import Call
from domain.voice.calls import AgreeToRecording, KeyCustomerNumber, TakeTurn, WaitForAgent
from domain.voice.events import Way
from domain.voice.messages import LeaveMessage
from infra.voice.lookup import Line, Lookup

_log = logging.getLogger("trunkline.voice.turning")
_WAYS: dict[type[Given], Way] = {
    Keyed: "key",
    Spoke: "words",
    Recorded: "message",
    DialEnded: "dialled",
    OfferedCallback: "callback_offered",
    ToVoicemail: "sent_to_voicemail",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turning:
    """Takes turns. Whatever is refused leaves the call where it is, or ends it with a word."""

    lookup: Lookup
    executor: Executor
    fingerprints: Fingerprints

    async def as_known(self, call_id: str) -> tuple[Call, Line | None]:
        """The call as this process last met it, read where it has not: what is decided on it is decided on the log."""
        known = self.executor.known(stream_of("call", call_id))
        if known is None:
            return await self.lookup.call(call_id)
        call = cast("Call", known.state)
        return call, self.lookup.line(known.project, call.number)

    async def go_on(self, call: Call, line: Line, given: Given) -> Sequence[Step]:
        """What the call does next, after `given`."""
        assert call.place is not None, "a flow that has begun has a place"
        turn = proceed(line.flow, call.place, given, self.lookup.facts(line, call))
        if turn.place == call.place:
            return turn.steps
        return await self.take(call, line, turn, _WAYS.get(type(given), "silence"))

    async def take(self, call: Call, line: Line, turn: Turn, way: Way) -> Sequence[Step]:
        """Put the turn on record with what it means. A turn that was taken already is presented as it is now."""
        try:
            means = await self._commands(call, line, turn.meanings)
            command = TakeTurn(call_id=call.call_id, place=turn.place, way=way, means=tuple(means))
            done = await self.executor.execute(command, line.origin)
        except Rejection as rejection:
            return await self._refused(call, line, turn, way, rejection)
        if done.result.get("turn") == "repeated":
            return await self.again(call.call_id)
        if done.result.get("then") == "voicemail":
            now, _ = await self.lookup.call(call.call_id)
            return await self.go_on(now, line, ToVoicemail())
        return _of_new_callback(turn) if any(isinstance(one, RequestCallback) for one in means) else turn.steps

    async def again(self, call_id: str) -> Sequence[Step]:
        """What the call does where it is."""
        call, line = await self.lookup.call(call_id)
        if call.status != "going_on" or line is None or call.place is None:
            return (HangUp(),)
        return present(line.flow, call.place, self.lookup.facts(line, call))

    async def _refused(self, call: Call, line: Line, turn: Turn, way: Way, rejection: Rejection) -> Sequence[Step]:
        """One open callback per number: who asks twice hears that we know. A caller who is gone needs nothing."""
        if rejection.code == "call_over":
            await self._message_after_all(call, line, turn.meanings)
            return (HangUp(),)
        if rejection.code == "no_number":
            return await self.go_on(call, line, Silent())
        if rejection.code == "agent_on_the_way" or _came_too_late(rejection, turn):
            return await self.again(call.call_id)
        _log.info("a turn was refused: %s", rejection.code)
        place = turn.place.model_copy(update={"doing": "ended"})
        said = "asked_already" if rejection.code == "already_requested" else "ended"
        over = TakeTurn(call_id=call.call_id, place=place, way=way)
        await self.executor.execute(over, line.origin)
        return (ours(said, place.language), HangUp())

    async def _message_after_all(self, call: Call, line: Line, meanings: Sequence[Meaning]) -> None:
        for one in meanings:
            if isinstance(one, LeftMessage):
                await self.executor.execute(self._message(call, line, one), line.origin)

    async def _commands(self, call: Call, line: Line, meanings: Sequence[Meaning]) -> list[Command]:
        commands: list[Command] = []
        for meaning in meanings:
            commands.extend(await self._command(call, line, meaning))
        return commands

    async def _command(self, call: Call, line: Line, meaning: Meaning) -> list[Command]:
        project = line.project.project
        match meaning:
            case EnteredQueue():
                waits = WaitForAgent(
                    project=project, call_id=call.call_id, queue=meaning.queue, priority=meaning.priority
                )
                return [waits]
            case LeftMessage():
                return [self._message(call, line, meaning)]
            case Answered():
                return [AgreeToRecording(call_id=call.call_id, agreed=meaning.consent)]
            case GaveNumber():
                return self._customer_number(call, project, meaning)
            case WantsCallback():
                return [await self._callback(call, line, meaning.number)]

    def _message(self, call: Call, line: Line, left: LeftMessage) -> LeaveMessage:
        return LeaveMessage(
            project=line.project.project,
            call_id=call.call_id,
            queue=left.queue,
            seconds=left.seconds,
            recording_id=left.recording,
            recipient=left.recipient,
        )

    def _customer_number(self, call: Call, project: str, gave: GaveNumber) -> list[Command]:
        """Recognised first: what was keyed is then the personal data of the customer it belongs to."""
        keyed = KeyCustomerNumber(call_id=call.call_id, number=gave.digits, known=gave.known)
        if not gave.known:
            return [keyed]
        of = contact(self.fingerprints, project, "customer_number", gave.digits)
        return [RecogniseCaller(interaction_id=call.interaction_id, contact=of, how="customer number"), keyed]

    async def _callback(self, call: Call, line: Line, keyed: str) -> Command:
        """Who waits keeps the place in line; who does not (the queue is closed) asks for a callback anew.

        Raises `Rejection` where an agent is on the way already: whoever is connected is not called back as well.
        """
        project = line.project.project
        number = contact(self.fingerprints, project, "phone", _in_full(keyed, line) if keyed else call.caller)
        interaction = await self.lookup.interaction(call.interaction_id)
        for name, leg in interaction.legs.items():
            if leg.status == "waiting" and leg.wanted.channel == "voice":
                key = callback_key(self.fingerprints, project, leg.queue, number.address)
                return TakeCallback(
                    project=project, interaction_id=call.interaction_id, leg=name, number=number, key=key
                )
        queue = line.project.callbacks.queue if line.project.callbacks is not None else ""
        if any(leg.status in ("accepted", "connected") for leg in interaction.legs.values()):
            raise Rejection(
                "agent_on_the_way", "an agent has accepted this call and is, or is about to be, on the line"
            )
        key = callback_key(self.fingerprints, project, queue, number.address)
        assert call.place is not None, "a flow that has begun has a place"
        return RequestCallback(
            project=project, number=number, key=key, name="", about="", due_at=None, entry=line.name,
            language=call.place.language,
        )  # fmt: skip


def _of_new_callback(turn: Turn) -> Sequence[Step]:
    """Who did not wait, or no longer, has no place that could be kept."""
    kept, new = (ours(name, turn.place.language) for name in ("promised", "called_back"))
    return [new if step == kept else step for step in turn.steps]


def _came_too_late(rejection: Rejection, turn: Turn) -> bool:
    """Whether somebody accepted, or the wait ended otherwise, while it was being put on record."""
    return rejection.code == "not_possible_now" and any(isinstance(one, WantsCallback) for one in turn.meanings)


def _in_full(keyed: str, line: Line) -> str:
    """A number as keyed, in E.164: national ones by the country of our own number. Raises `Rejection`."""
    own = read(line.number.number)
    region = own.region if isinstance(own, Telephone) else ""
    written = read(f"+{keyed[2:]}") if keyed.startswith("00") else read(keyed, region)
    if isinstance(written, Telephone) and written.kind != "premium":
        return written.e164
    raise Rejection("no_number", "this is no telephone number that can be called")
