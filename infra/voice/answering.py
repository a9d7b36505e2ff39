"""What providers ask and tell of calls, answered: a topic, its fields and our own words in, steps out.

Everything here may come twice, late or in another order: turns are numbered, what is recorded is recorded once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

from channels.numbers.reading import read
from channels.numbers.written import Telephone
from channels.twilio import callbacks
from channels.twilio.forms import Fields
from channels.voice.control import Enqueue, HangUp, Join, LeaveQueue, Refuse, Step
from channels.voice.entering import ROOM
from channels.voice.flow import begin
from channels.voice.given import DialEnded, Given, Keyed, Recorded, Silent, Spoke
from channels.voice.heard import ours, quietly_waiting, while_waiting
from domain.centre.routing import Language
from domain.customer.contact import contact
from domain.customer.decide import Contact
from domain.decide import Command
from domain.execute import Origin
from domain.reservation import Reservation
from domain.states import fold
from domain.stream import stream_of
from domain.voice.call import Call
from domain.voice.calls import AnswerCall, EndCall
from domain.voice.dial import RecordAnswered, RecordDialEnded, RecordPlaced, is_customers
from domain.voice.events import DialOutcome
from infra.voice.board import Board
from infra.voice.lookup import ACTOR, Line
from infra.voice.turning import Turning

_log = logging.getLogger("trunkline.voice.answering")
#: The word under which the provider asks again what to do, having been told to.
GO_ON = "go-on"
#: What stands before the attempt's id in the word under which a customer who was called back asks what to do.
OUT = "out:"
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_OUTCOMES: dict[str, DialOutcome] = {
    "completed": "ended", "busy": "busy", "failed": "failed", "no-answer": "no_answer", "canceled": "canceled",
}  # fmt: skip
_MACHINES = ("machine", "fax")
#: Announcements that were spoken, remembered by call.
_REMEMBERED = 10_000


@dataclass(slots=True, kw_only=True)
class Answering:
    """Answers one webhook after the other. `board` tells what the log says of calls now."""

    turning: Turning
    board: Board
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])
    _spoken: dict[str, int] = field(default_factory=dict[str, int])

    async def answer(self, topic: str, fields: Fields, then: str, mark: str, provider: str) -> Sequence[Step]:
        """The steps for one webhook. Raises `BadWebhook` for fields that no provider sends."""
        await self.turning.lookup.configured.catch_up()
        handlers: dict[str, Callable[[], Awaitable[Sequence[Step]]]] = {
            "voice": lambda: self._voice(fields, then, provider),
            "gathered": lambda: self._gathered(fields, then),
            "hearing": lambda: self._hearing(fields),
            "queue": lambda: self._queue(fields),
            "dialled": lambda: self._dialled(fields, then),
            "recorded": lambda: self._recorded(fields, then),
            "progress": lambda: self._progress(fields, mark),
        }
        handler = handlers.get(topic)
        return () if handler is None else await handler()

    # a call comes in, or asks what to do

    async def _voice(self, fields: Fields, then: str, provider: str) -> Sequence[Step]:
        request = callbacks.call_request(fields)
        if then == GO_ON:
            return await self.turning.again(request.call)
        if then.startswith(OUT):
            by_machine = (request.answered_by or "").startswith(_MACHINES)
            return await self._called_back(then.removeprefix(OUT), request.call, by_machine)
        line = self.turning.lookup.called(request.called)
        if line is None:
            _log.warning("a call came in at a number that no project has; it was ended")
            return (HangUp(),)
        command = AnswerCall(
            project=line.project.project,
            number=line.name,
            call_id=request.call,
            provider=provider,
            caller=self._caller(line, request.caller),
        )
        async with self._in_turn(line.project.project, line.name):
            done = await self.turning.executor.execute(command, line.origin)
        if done.result.get("refused"):
            return (Refuse(),)
        call, _ = await self.turning.as_known(request.call)
        if call.status != "going_on":
            return (HangUp(),)
        if call.place is not None:
            return await self.turning.again(request.call)
        turn = begin(line.flow, line.number.language, self.turning.lookup.facts(line, call))
        return await self.turning.take(call, line, turn, "begun")

    async def _called_back(self, dial_id: str, call_id: str, by_machine: bool) -> Sequence[Step]:
        """The customer answered: into the conversation with the agent. A machine is left alone."""
        stream = stream_of("dial", dial_id)
        origin = await self._origin(stream)
        if origin is None:
            return (HangUp(),)
        command: Command = RecordAnswered(dial_id=dial_id, call_id=call_id)
        if by_machine:
            command = RecordDialEnded(dial_id=dial_id, outcome="machine")
        await self.turning.executor.execute(command, origin)
        dial = fold(stream, [one.event for one in await self.turning.lookup.log.read_stream(stream)])
        if by_machine or dial.status != "answered":
            return (HangUp(),)
        return (*await self._announced(origin.project, dial.interaction_id), Join(dial.interaction_id, then=ROOM))

    async def _announced(self, project: str, interaction_id: str) -> Sequence[Step]:
        """That the conversation is recorded, where it always is."""
        document = self.turning.lookup.configured.projects.get(project)
        rules = document.callbacks if document is not None else None
        if rules is None or rules.record != "always":
            return ()
        return (ours("recorded", cast("Language", (await self.turning.lookup.interaction(interaction_id)).language)),)

    def _caller(self, line: Line, caller: str) -> Contact | None:
        """The caller's number, None where it is withheld or none that could be called back."""
        written = read(caller)
        if not isinstance(written, Telephone):
            return None
        return contact(self.turning.fingerprints, line.project.project, "phone", written.e164)

    # answers of the caller

    async def _gathered(self, fields: Fields, then: str) -> Sequence[Step]:
        found = callbacks.gathered(fields)
        call, line = await self.turning.lookup.call(found.call)
        if not _current(call, then) or line is None:
            return await self._elsewhere(call)
        given: Given = Silent()
        if found.digits or found.finished_on:
            given = Keyed(found.digits, await self._known(call, line, found.digits))
        elif found.speech:
            given = Spoke(found.speech)
        if call.place is not None and call.place.doing == "waiting":
            return await self._while_waiting(call, line, given)
        return await self.turning.go_on(call, line, given)

    async def _elsewhere(self, call: Call) -> Sequence[Step]:
        """A repeated or late answer: what the call does now. Who waits hears on from the wait document."""
        if call.place is not None and call.place.doing == "waiting":
            return ()
        return await self.turning.again(call.call_id) if call.call_id else (HangUp(),)

    async def _while_waiting(self, call: Call, line: Line, given: Given) -> Sequence[Step]:
        """A key that means something leads out of the provider's queue, after which it asks what comes next."""
        step = line.flow.steps.get(call.place.step) if call.place is not None else None
        waiting = step.queue if step is not None else None
        if waiting is None or waiting.callback is None or not isinstance(given, Keyed):
            return ()
        if given.keys != waiting.callback_key:
            return ()
        await self.turning.go_on(call, line, given)
        return (LeaveQueue(),)

    async def _known(self, call: Call, line: Line, digits: str) -> bool | None:
        """Whether the digits are somebody's customer number, where such a number was asked for."""
        step = line.flow.steps.get(call.place.step) if call.place is not None else None
        if step is None or step.ask is None or not digits:
            return None
        lookup = self.turning.lookup
        key = contact(self.turning.fingerprints, line.project.project, "customer_number", digits).fingerprint
        stream = stream_of("reservation", key)
        held = fold(stream, [one.event for one in await lookup.log.read_stream(stream)])
        return isinstance(held, Reservation) and bool(held.holder)

    # waiting

    async def _hearing(self, fields: Fields) -> Sequence[Step]:
        moment = callbacks.queue_moment(fields)
        called = self.board.calls.get(moment.call)
        if called is not None and called.outbound:
            interaction = self.board.interactions.get(called.state.interaction_id)
            language = cast("Language", interaction.language if interaction is not None else "en")
            return quietly_waiting(language, self._news(called.state))
        call, line = await self.turning.lookup.call(moment.call)
        if call.status != "going_on" or call.place is None or line is None or call.place.doing != "waiting":
            return (LeaveQueue(),)
        return while_waiting(line.flow, call.place, self._news(call))

    def _news(self, call: Call) -> tuple[int, int] | None:
        """The wait, if it was announced since it was last spoken."""
        told = self.board.waits.get(call.interaction_id)
        if told is None or self._spoken.get(call.call_id) == told.position:
            return None
        if len(self._spoken) >= _REMEMBERED:
            self._spoken.pop(next(iter(self._spoken)))
        self._spoken[call.call_id] = told.position
        return told.seconds, told.place

    async def _queue(self, fields: Fields) -> Sequence[Step]:
        """The end of waiting in the provider's queue. `hangup` and `redirected` are told, and need no answer."""
        moment = callbacks.queue_moment(fields)
        if moment.result in ("hangup", "redirected", "redirected-from-bridged"):
            return ()
        if moment.result in ("queue-full", "system-error"):
            call, _ = await self.turning.lookup.call(moment.call)
            language = call.place.language if call.place is not None else "en"
            return (ours("ended", language), HangUp())
        return await self.turning.again(moment.call)

    # what came of steps that take their time

    async def _dialled(self, fields: Fields, then: str) -> Sequence[Step]:
        ended = callbacks.dial_ended(fields)
        call, line = await self.turning.lookup.call(ended.call)
        if then == ROOM:
            return await self._out_of_room(call)
        if not _current(call, then) or line is None:
            return await self._elsewhere(call)
        return await self.turning.go_on(call, line, DialEnded(ended.status in ("completed", "answered")))

    async def _out_of_room(self, call: Call) -> Sequence[Step]:
        """The conversation is over: the call is too, unless the caller waits for somebody else."""
        if call.status != "going_on":
            return (HangUp(),)
        interaction = await self.turning.lookup.interaction(call.interaction_id)
        waits = any(leg.status in ("waiting", "accepted") for leg in interaction.legs.values())
        return (back_to_waiting(call),) if waits else (HangUp(),)

    async def _recorded(self, fields: Fields, then: str) -> Sequence[Step]:
        call_id = fields.sid("CallSid", "CA")
        seconds = fields.number("RecordingDuration", most=86_400, default=0)
        recording = fields.optional_sid("RecordingSid", "RE") or ""
        call, line = await self.turning.lookup.call(call_id)
        # a caller may hang up after speaking, and the end be told of first: the message counts all the same
        if line is None or call.status == "absent" or then != str(call.turn):
            return await self._elsewhere(call)
        return await self.turning.go_on(call, line, Recorded(seconds if recording else 0, recording))

    # what is told of legs

    async def _progress(self, fields: Fields, mark: str) -> Sequence[Step]:
        told = callbacks.call_progress(fields)
        if mark:
            await self._of_dial(mark, told.call, told.status)
        elif told.status in _OVER:
            await self.end(told.call, told.status)
        return ()

    async def end(self, call_id: str, status: str) -> None:
        """The caller's leg is over."""
        origin = await self._origin(stream_of("call", call_id))
        if origin is None:
            return  # a call that was refused, or never came to us
        call, _ = await self.turning.as_known(call_id)
        command = EndCall(project=origin.project, call_id=call_id, status=status)
        async with self._in_turn(origin.project, call.number):
            await self.turning.executor.execute(command, origin)
        self._spoken.pop(call_id, None)

    def _in_turn(self, project: str, number: str) -> asyncio.Lock:
        """Lines are counted on one stream a number: calls that begin or end at once would but conflict there."""
        return self._turns.setdefault(f"{project}.{number}", asyncio.Lock())

    async def _of_dial(self, dial_id: str, call_id: str, status: str) -> None:
        origin = await self._origin(stream_of("dial", dial_id))
        if origin is None:
            _log.info("something was told of a leg that this log does not know; dropped")
            return
        command: RecordPlaced | RecordAnswered | RecordDialEnded
        if status in _OUTCOMES:
            command = RecordDialEnded(dial_id=dial_id, outcome=_OUTCOMES[status])
        elif status == "in-progress" and not is_customers(dial_id):
            command = RecordAnswered(dial_id=dial_id, call_id=call_id)
        else:
            # a customer who picked up asks what to do once it is known whether a machine did
            command = RecordPlaced(dial_id=dial_id, call_id=call_id)
        await self.turning.executor.execute(command, origin)

    async def _origin(self, stream: str) -> Origin | None:
        """Whose a stream is, for life; None where it has no events."""
        known = self.turning.executor.known(stream)
        if known is not None:
            return Origin(project=known.project, pool=known.pool, actor=ACTOR)
        recorded = await self.turning.lookup.log.read_stream(stream)
        if not recorded:
            return None
        return Origin(project=recorded[0].project, pool=recorded[0].pool, actor=ACTOR)


def back_to_waiting(call: Call) -> Enqueue:
    """Wait once more, in the place that the leg has."""
    return Enqueue(ROOM, hearing=str(call.turn), then=str(call.turn))


def _current(call: Call, then: str) -> bool:
    """Whether the word that came back is that of the turn the call is at."""
    return call.status == "going_on" and then == str(call.turn)
