"""The voice channel's seam on Twilio: steps become TwiML, a conversation a conference, faults the channel's own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from channels.twilio.errors import Code, NotThere, Refused, TwilioFault, Unavailable
from channels.twilio.records import Call
from channels.twilio.rest import TwilioRest
from channels.twilio.steps import Addresses, document, room_name
from channels.voice.control import (
    CallFault,
    CallGone,
    CallOutcomeUnknown,
    CallRefused,
    CallUnavailable,
    LegState,
    LegStatus,
    Presence,
    Reply,
    Step,
)

_REMEMBERED: Final = 10_000
_LONGEST_PUSHED: Final = 4000
_NO_SOUND: Final = frozenset({"absent", "failed", "deleted"})
_STATUSES: Final[dict[str, LegStatus]] = {
    "queued": "ringing", "initiated": "ringing", "ringing": "ringing", "in-progress": "talking", "completed": "ended",
    "busy": "busy", "no-answer": "no-answer", "failed": "failed", "canceled": "canceled",
}  # fmt: skip


class TwilioCallControl:
    """`CallControl` by Twilio's REST API and TwiML."""

    def __init__(self, rest: TwilioRest, addresses: Addresses) -> None:
        self._rest, self._at = rest, addresses
        #: Conversations that are going on → the conference's identifier, the latest used last.
        self._rooms: OrderedDict[str, str] = OrderedDict()

    def reply(self, steps: Sequence[Step]) -> Reply:
        return Reply("text/xml; charset=utf-8", document(steps, self._at))

    async def perform(self, leg: str, steps: Sequence[Step]) -> None:
        with _told():
            await self._rest.redirect_call(leg, twiml=self._pushed(steps))

    async def call(
        self, to: str, caller: str, steps: Sequence[Step], *, mark: str, ring: int = 30, detect_machine: bool = False
    ) -> str:
        with _told():
            made = await self._rest.create_call(
                to, caller, twiml=self._pushed(steps), status_callback=self._at.of("progress", mark=mark), ring=ring,
                detect_machine=detect_machine,
            )  # fmt: skip
        return made.sid

    async def connect_agent(
        self, conversation: str, address: str, caller: str, *, mark: str, label: str, ring: int = 20
    ) -> str:
        return await self._add(conversation, address, caller, mark=mark, label=label, ring=ring)

    async def hold(self, conversation: str, leg: str, *, hearing: str | None = None) -> None:
        url = None if hearing is None else self._at.of("hearing", then=hearing)
        with _told():
            await self._in(conversation, lambda room: self._rest.update_participant(room, leg, hold=True, hold_url=url))

    async def resume(self, conversation: str, leg: str) -> None:
        with _told():
            await self._in(conversation, lambda room: self._rest.update_participant(room, leg, hold=False))

    async def mute(self, conversation: str, leg: str) -> None:
        with _told():
            await self._in(conversation, lambda room: self._rest.update_participant(room, leg, muted=True))

    async def unmute(self, conversation: str, leg: str) -> None:
        with _told():
            await self._in(conversation, lambda room: self._rest.update_participant(room, leg, muted=False))

    async def consult(
        self, conversation: str, customer: str, address: str, caller: str, *, mark: str, label: str, ring: int = 30
    ) -> str:
        await self.hold(conversation, customer)
        try:
            return await self._add(conversation, address, caller, mark=mark, label=label, ring=ring)
        except (CallRefused, CallUnavailable):
            # nobody was called: the customer is not left with the music
            await self.resume(conversation, customer)
            raise

    async def end_consult(self, conversation: str, customer: str, third: str) -> None:
        await self.hang_up(third)
        await self.resume(conversation, customer)

    async def transfer(self, conversation: str, customer: str, leaving: str) -> None:
        await self.resume(conversation, customer)
        await self.hang_up(leaving)

    async def supervise(
        self, conversation: str, address: str, caller: str, agent: str, *, mark: str, presence: Presence = "listening"
    ) -> str:
        return await self._add(
            conversation, address, caller, mark=mark, label=f"supervisor-{mark}"[:128], ring=30,
            muted=presence == "listening", coach=agent if presence == "whispering" else None,
        )  # fmt: skip

    async def change_presence(self, conversation: str, supervisor: str, agent: str, presence: Presence) -> None:
        whispering = presence == "whispering"
        muted, coach = presence == "listening", agent if whispering else None
        with _told():
            await self._in(
                conversation,
                lambda room: self._rest.update_participant(
                    room, supervisor, muted=muted, coach=coach, coaching=whispering
                ),
            )

    async def record(self, leg: str, *, mark: str) -> str:
        with _told():
            return (await self._rest.start_recording(leg, status_callback=self._at.of("recording", mark=mark))).sid

    async def pause_recording(self, leg: str, recording: str) -> None:
        with _told():
            await self._rest.pause_recording(leg, recording)

    async def resume_recording(self, leg: str, recording: str) -> None:
        with _told():
            await self._rest.resume_recording(leg, recording)

    async def stop_recording(self, leg: str, recording: str) -> None:
        with _told():
            await self._rest.stop_recording(leg, recording)

    async def fetch_recording(self, recording: str) -> bytes:
        with _told():
            try:
                return await self._rest.recording_media(recording)
            except NotThere:
                # so it is too while the sound is being made: whether it ever will be, the recording itself tells
                known = await self._rest.fetch_recording(recording)
        if known.status in _NO_SOUND:
            raise CallGone("this recording has no sound")
        raise CallUnavailable("the recording is not complete yet")

    async def delete_recording(self, recording: str) -> None:
        with _told(gone_is_well=True):
            await self._rest.delete_recording(recording)

    async def hang_up(self, leg: str) -> None:
        with _told(gone_is_well=True):
            await self._rest.end_call(leg)

    async def end_conversation(self, conversation: str) -> None:
        self._rooms.pop(conversation, None)
        with _told():
            # a leg that answered too late may have opened the room anew: whatever bears the name ends
            going_on = await self._going_on(conversation)
        for room in going_on:
            with _told(gone_is_well=True):
                await self._rest.end_conference(room)

    async def state(self, leg: str) -> LegState:
        with _told():
            return _state(await self._rest.fetch_call(leg))

    async def legs_made(self, to: str, caller: str, *, since: datetime, known: Collection[str] = ()) -> list[LegState]:
        with _told():
            made = await self._rest.list_calls(to=to, caller=caller, since=since)
        return [_state(call) for call in made if call.sid not in known and call.direction != "inbound"]

    def _pushed(self, steps: Sequence[Step]) -> str:
        """Steps as a request's parameter, which Twilio bounds."""
        text = document(steps, self._at)
        if len(text) > _LONGEST_PUSHED:
            raise ValueError(f"steps pushed upon a call are at most {_LONGEST_PUSHED} characters of TwiML: use GoOn")
        return text

    async def _add(
        self, conversation: str, address: str, caller: str, *, mark: str, label: str, ring: int, muted: bool = False,
        coach: str | None = None,
    ) -> str:  # fmt: skip
        with _told():
            added = await self._rest.add_participant(
                room_name(conversation), address, caller, label=label, ring=max(ring, 5), muted=muted, coach=coach,
                status_callback=self._at.of("progress", mark=mark), conference_callback=self._at.of("conference"),
                wait_url="",
            )  # fmt: skip
        self._remember(conversation, added.conference)
        return added.call

    async def _in(self, conversation: str, do: Callable[[str], Awaitable[object]]) -> None:
        """Do something in the conference of this name that is going on. Raises `NotThere`.

        The identifier known from before is tried first; when there is nothing by it any more, the name is looked up.
        """
        known = self._rooms.pop(conversation, None)
        if known is not None:
            try:
                await do(known)
            except NotThere:
                known = None
        if known is None:
            known = next(iter(await self._going_on(conversation)), None)
            if known is None:
                raise NotThere("the conversation is over")
            await do(known)
        self._remember(conversation, known)

    async def _going_on(self, conversation: str) -> list[str]:
        found = await self._rest.list_conferences(name=room_name(conversation), limit=20)
        return [one.sid for one in found if one.status != "completed"]

    def _remember(self, conversation: str, sid: str) -> None:
        self._rooms[conversation] = sid
        self._rooms.move_to_end(conversation)
        if len(self._rooms) > _REMEMBERED:
            self._rooms.popitem(last=False)


@contextmanager
def _told(*, gone_is_well: bool = False) -> Generator[None]:
    """Twilio's faults as the voice channel's."""
    try:
        yield
    except TwilioFault as fault:
        told = _fault(fault)
        if gone_is_well and isinstance(told, CallGone):
            return
        raise told from fault


def _fault(fault: TwilioFault) -> CallFault:
    if isinstance(fault, NotThere) or fault.code == Code.CALL_NOT_IN_PROGRESS:
        return CallGone(str(fault))
    if isinstance(fault, Refused):
        return CallRefused(str(fault))
    if isinstance(fault, Unavailable):
        return CallUnavailable(str(fault), fault.retry_after)
    return CallOutcomeUnknown(str(fault))


def _state(call: Call) -> LegState:
    by_machine = (call.answered_by or "").startswith(("machine", "fax"))
    return LegState(call.sid, _STATUSES.get(call.status, "failed"), call.to, call.caller, call.created_at, by_machine)
