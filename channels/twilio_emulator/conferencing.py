"""Conferences: who is in, who hears whom, music while it has not started or one is on hold, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from channels.twilio_emulator.documents import CONFERENCE_WAIT, Node
from channels.twilio_emulator.line import Apart, Changed, HungUp, Line
from channels.twilio_emulator.model import Conference, Hook, Participant
from channels.twilio_emulator.recording import complete, start
from channels.twilio_emulator.world import World, hook, rfc2822

if TYPE_CHECKING:
    from channels.twilio_emulator.interpreter import Interpreter, Next

MUSIC: Final = "hold music"
_TOLD_BY: Final = {
    "conference-start": "start", "conference-end": "end", "participant-join": "join", "participant-leave": "leave",
    "participant-mute": "mute", "participant-unmute": "mute", "participant-hold": "hold", "participant-unhold": "hold",
    "participant-modify": "modify", "announcement-end": "announcement",
}  # fmt: skip


async def dial_conference(run: Interpreter, line: Line, node: Node) -> Next | None:
    """Be in the conference until it ends, the leg is put out or leaves; then the Dial's action, or the next verb."""
    noun, world = node.children[0], run.world
    conference = world.conference_named(noun.text)
    if len(conference.participants) >= conference.most and line.call.sid not in conference.participants:
        return run.action(node, {"DialCallStatus": "failed"})
    participant = _participant(run, conference, line, noun)
    _adopt(run, conference, node, noun)
    began, line.star_leaves = world.clock.seconds, node.flag("hangupOnStar", False)
    reason = "participant_updated_via_api"
    _join(world, conference, participant)
    try:
        await _inside(run, line, conference, participant)
    except Apart as apart:
        reason = str(apart)
    except HungUp:
        reason = "participant_hung_up"
        run.notify_action(line, node, _outcome(world, began))
        raise
    finally:
        line.relay, line.star_leaves = None, False
        _leave(world, conference, participant, reason)
    return run.action(node, _outcome(world, began))


def put_out(world: World, participant: Participant, why: str = "participant_kicked") -> None:
    """Take a leg out of the conference."""
    line = world.lines.get(participant.call)
    if line is not None:
        line.interrupt(Apart(why) if participant.status == "connected" else HungUp("canceled"))


def end_conference(world: World, conference: Conference, reason: str, by: str | None = None) -> None:
    """The conference is over; whoever is in goes on with what their own document says."""
    if conference.status == "completed":
        return
    conference.status, conference.reason, conference.ended_by = "completed", reason, by
    if conference.recording is not None:
        complete(world, conference.recording)
    for participant in list(conference.participants.values()):
        if participant.status == "connected":
            put_out(world, participant, "conference_ended")
        else:  # still rings, and would begin the conference anew by answering
            del conference.participants[participant.call]
    params = {"ReasonConferenceEnded": reason} | ({"CallSidEndingConference": by} if by else {})
    tell(world, conference, "conference-end", None, params)


def change(world: World, conference: Conference, participant: Participant, changes: dict[str, object]) -> None:
    """Hold, mute, coach … as the API asks; what is heard changes at once."""
    before = (participant.hold, participant.muted, participant.coaching, participant.coached)
    for name, value in changes.items():
        setattr(participant, name, value)
    if participant.hold != before[0]:
        tell(world, conference, "participant-hold" if participant.hold else "participant-unhold", participant)
        line = world.lines.get(participant.call)
        if line is not None and participant.status == "connected":
            line.interrupt(Changed())
    if participant.muted != before[1]:
        tell(world, conference, "participant-mute" if participant.muted else "participant-unmute", participant)
    if (participant.coaching, participant.coached) != before[2:]:
        tell(world, conference, "participant-modify", participant)


def announce(run: Interpreter, conference: Conference, target: Hook, only: str | None = None) -> None:
    """Let everybody (or `only` one leg) hear the document at `target`, beside what goes on."""
    for participant in conference.participants.values():
        line = run.world.lines.get(participant.call)
        if line is not None and only in (None, participant.call):
            run.world.clock.spawn(_announced(run, conference, line, target))


async def _announced(run: Interpreter, conference: Conference, line: Line, target: Hook) -> None:
    from channels.twilio_emulator.interpreter import Interpreter, Next

    document = await Interpreter(run.world, allowed=CONFERENCE_WAIT).fetch(line, Next(target.url, target.method))
    for node in document.nodes:
        line.hear("say" if node.name == "Say" else "play", node.text)
    tell(run.world, conference, "announcement-end", conference.participants.get(line.call.sid))


def tell(
    world: World, conference: Conference, event: str, participant: Participant | None,
    more: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """The conference's status callback, counted whether anybody wants it or not."""
    conference.sequence += 1
    conference.updated = world.now
    if _TOLD_BY[event] not in conference.events:
        return
    params = {
        "AccountSid": world.account_sid,
        "ConferenceSid": conference.sid,
        "FriendlyName": conference.name,
        "StatusCallbackEvent": event,
        "SequenceNumber": str(conference.sequence),
        "Timestamp": rfc2822(world.now),
    }
    if participant is not None:
        params |= {
            "CallSid": participant.call,
            "Muted": str(participant.muted).lower(),
            "Hold": str(participant.hold).lower(),
            "Coaching": str(participant.coaching).lower(),
            "StartConferenceOnEnter": str(participant.starts).lower(),
            "EndConferenceOnExit": str(participant.ends).lower(),
        }
        params |= {"ParticipantLabel": participant.label} if participant.label else {}
    world.webhooks.tell(conference.sid, conference.callback, params | (more or {}))


async def _inside(run: Interpreter, line: Line, conference: Conference, participant: Participant) -> None:
    """What the leg hears until something takes it out."""
    while True:
        try:
            if participant.hold:
                line.relay = None
                await _music(run, line, participant.hold_hook)
            elif conference.status == "init":
                line.relay = None
                await _music(run, line, participant.wait_hook)
            else:
                line.relay = lambda text: _spoken(run.world, conference, participant, text)
                await line.wait(None)
        except Changed:
            continue


async def _music(run: Interpreter, line: Line, target: Hook | None) -> None:
    """Music for ever: the document at `target`, silence for an empty address, ours where none is named."""
    if target is None or not target.url:
        line.hear(*(("silence", "silence") if target is not None and target.method == "" else ("music", MUSIC)))
        await line.wait(None)
        return
    while True:
        began = run.world.clock.seconds
        await run.sub(line, target, {}, CONFERENCE_WAIT)
        if run.world.clock.seconds == began:
            await line.wait(1.0)


def _spoken(world: World, conference: Conference, speaker: Participant, text: str) -> None:
    """Who hears what `speaker` says: all but the speaker and those on hold; of a coach, only the coached."""
    if speaker.muted or speaker.hold:
        return
    call = world.calls[speaker.call]
    # by the telephone, for a person to read: a participant's label is a name among programs
    whose = call.caller if call.direction == "inbound" else call.to
    if conference.recording is not None and conference.recording.running_since is not None:
        conference.recording.lines.append(f"{whose}: {text}")
    for participant in conference.participants.values():
        line = world.lines.get(participant.call)
        if line is None or participant is speaker or participant.hold or participant.status != "connected":
            continue
        if speaker.coaching and participant.call != speaker.coached:
            continue
        line.hear("speech", text, whose)


def _participant(run: Interpreter, conference: Conference, line: Line, noun: Node) -> Participant:
    """The leg's place in the conference; the API may have made it already."""
    participant = conference.participants.get(line.call.sid) or Participant(line.call.sid, run.world.now)
    attributes = noun.attributes
    participant.label = attributes.get("participantLabel", participant.label)
    participant.muted = noun.flag("muted", participant.muted)
    participant.starts = noun.flag("startConferenceOnEnter", participant.starts)
    participant.ends = noun.flag("endConferenceOnExit", participant.ends)
    participant.beep = attributes.get("beep", participant.beep)
    if attributes.get("coach"):
        participant.coaching, participant.coached = True, attributes["coach"]
    if "waitUrl" in attributes:
        url = attributes["waitUrl"]
        # an empty address is silence, not the music that stands for none
        participant.wait_hook = hook(run.resolve(url), attributes.get("waitMethod")) if url else Hook("", "")
    return participant


def _adopt(run: Interpreter, conference: Conference, node: Node, noun: Node) -> None:
    """The conference's own settings are those of whoever names them first."""
    attributes = noun.attributes
    if not conference.callback.url and "statusCallback" in attributes:
        url = run.resolve(attributes["statusCallback"])
        conference.callback = hook(url, attributes.get("statusCallbackMethod"))
        conference.events = noun.words("statusCallbackEvent")
    conference.most = min(conference.most, int(noun.number("maxParticipants", 250)))
    wanted = attributes.get("record", node.attributes.get("record", "do-not-record"))
    if wanted in ("true", "record-from-start") and not conference.recorded:
        conference.recorded = True
        told = attributes.get("recordingStatusCallback")
        conference.recording_callback = hook(run.resolve(told) if told else "")
        conference.recording_events = noun.words("recordingStatusCallbackEvent", "completed")


def _join(world: World, conference: Conference, participant: Participant) -> None:
    conference.participants[participant.call] = participant
    participant.status = "connected"
    if participant.beep in ("true", "onEnter"):
        for other in conference.participants.values():
            if other is not participant and (line := world.lines.get(other.call)) is not None:
                line.hear("beep", "beep")
    tell(world, conference, "participant-join", participant)
    present = [one for one in conference.participants.values() if one.status == "connected"]
    if conference.status == "init" and len(present) > 1 and any(one.starts for one in present):
        conference.status = "in-progress"
        tell(world, conference, "conference-start", None)
        for one in present:
            if one is not participant and (line := world.lines.get(one.call)) is not None:
                line.interrupt(Changed())
        if conference.recorded:
            _record(world, conference, participant)


def _record(world: World, conference: Conference, participant: Participant) -> None:
    call = world.calls[participant.call]
    conference.recording = start(
        world, call, "Conference", conference.recording_callback, conference.recording_events, conference=conference.sid
    )


def _leave(world: World, conference: Conference, participant: Participant, reason: str) -> None:
    conference.participants.pop(participant.call, None)
    participant.status = "complete"
    tell(world, conference, "participant-leave", participant, {"ReasonParticipantLeft": reason})
    kicked = reason == "participant_kicked"
    if participant.ends:
        how = "kicked" if kicked else "left"
        end_conference(world, conference, f"participant-with-end-conference-on-exit-{how}", participant.call)
    elif not any(one.status == "connected" for one in conference.participants.values()):
        end_conference(world, conference, f"last-participant-{'kicked' if kicked else 'left'}", participant.call)


def _outcome(world: World, began: float) -> dict[str, str]:
    return {"DialCallStatus": "answered", "DialCallDuration": str(round(world.clock.seconds - began))}
