"""What agents do in a conversation, carried out: hold, mute, a recording paused. Each event asks for one thing, once.

Unlike what is due by the state of the board, these are asked for by the event itself: a hold that was not carried out
is told in the log of the operator, and the agent asks for it again. A mute that was not is taken back, since whoever
believes not to be heard says what nobody is to hear.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from channels.voice.control import CallControl
from domain.decide import Command
from domain.event import Recorded
from domain.interaction.call_events import (
    AgentMuted,
    AgentUnmuted,
    InteractionHeld,
    InteractionResumed,
    RecordingPaused,
    RecordingResumed,
    RecordingStopped,
)
from domain.interaction.talking import UnmuteAgent
from infra.voice.accounts import Accounts
from infra.voice.board import Board
from infra.voice.seen import Calling


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to be done in a conversation: `about` a recording, or the leg of the agent; else the customer's.

    `otherwise`: what is put on record where the provider does not do it.
    """

    what: Literal["hold", "resume", "mute", "unmute", "pause_recording", "resume_recording", "stop_recording"]
    call: Calling
    about: str = ""
    otherwise: Command | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talking:
    accounts: Accounts
    board: Board

    def asked(self, recorded: Recorded) -> Asked | None:
        """What an event asks for; None where it asks for nothing, or the caller is gone."""
        event = recorded.event
        call = self.board.call_of(getattr(event, "interaction_id", ""))
        if call is None:
            return None
        match event:
            case InteractionHeld():
                return Asked("hold", call)
            case InteractionResumed():
                return Asked("resume", call)
            case AgentMuted():
                return self._voice("mute", call, event)
            case AgentUnmuted():
                return self._voice("unmute", call, event)
            case RecordingPaused():
                return Asked("pause_recording", call, event.recording_id)
            case RecordingResumed():
                return Asked("resume_recording", call, event.recording_id)
            case RecordingStopped():
                return Asked("stop_recording", call, event.recording_id)
            case _:
                return None

    def _voice(self, what: Literal["mute", "unmute"], call: Calling, event: AgentMuted | AgentUnmuted) -> Asked | None:
        """About the agent's own leg; None where it is gone."""
        dial = self.board.dial_of(event.work_id)
        if dial is None or not dial.state.call_id:
            return None
        own = {"interaction_id": event.interaction_id, "leg": event.leg, "agent_id": event.agent_id}
        return Asked(what, call, dial.state.call_id, UnmuteAgent(**own) if what == "mute" else None)

    async def do(self, asked: Asked) -> None:
        """Raises `CallFault` where the provider did not do it."""
        control: CallControl = self.accounts[asked.call.state.provider].control
        room, leg = asked.call.state.interaction_id, asked.call.state.call_id
        match asked.what:
            case "hold":
                await control.hold(room, leg)
            case "resume":
                await control.resume(room, leg)
            case "mute":
                await control.mute(room, asked.about)
            case "unmute":
                await control.unmute(room, asked.about)
            case "pause_recording":
                await control.pause_recording(leg, asked.about)
            case "resume_recording":
                await control.resume_recording(leg, asked.about)
            case "stop_recording":
                await control.stop_recording(leg, asked.about)
