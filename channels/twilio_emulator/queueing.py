"""Queues: waiting with music and announcements, and being taken out to talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from channels.twilio_emulator.bridging import talk
from channels.twilio_emulator.documents import QUEUE_WAIT, Node
from channels.twilio_emulator.line import Apart, Bridged, HungUp, LeftQueue, Line, Redirected
from channels.twilio_emulator.model import Hook, Queue, Waiting

if TYPE_CHECKING:
    from channels.twilio_emulator.interpreter import Interpreter, Next

MUSIC: Final = "hold music"


async def enqueue(run: Interpreter, line: Line, node: Node) -> Next | None:
    """Wait in the queue until taken out, told to leave, redirected or gone; the action is told how it ended."""
    world, queue = run.world, run.world.queue(node.text or "default")
    most = int(node.number("maxQueueSize", queue.most))
    if len(queue.waiting) >= most:
        return run.action(node, {"QueueResult": "queue-full"})
    waiting = Waiting(line.call.sid, world.clock.seconds)
    queue.waiting.append(waiting)
    result = "error"
    try:
        await _wait(run, line, node, queue, waiting)
    except LeftQueue:
        result = "leave"
    except Apart:
        result = "bridged"  # whoever took it out was gone before the two could talk
    except Bridged as bridged:
        _leave(run, queue, waiting)
        result = "bridged"
        try:
            await talk(line, bridged.other)
        except Redirected:
            run.notify_action(line, node, _told(queue, waiting, "redirected-from-bridged"), gone=False)
            raise
    except HungUp:
        _leave(run, queue, waiting)
        run.notify_action(line, node, _told(queue, waiting, "hangup"))
        raise
    except Redirected:
        _leave(run, queue, waiting)
        run.notify_action(line, node, _told(queue, waiting, "redirected"), gone=False)
        raise
    finally:
        _leave(run, queue, waiting)
    return run.action(node, _told(queue, waiting, result))


async def dial_queue(run: Interpreter, line: Line, node: Node) -> Next | None:
    """Dial the first who waits; nobody waiting counts as no answer in `timeout` seconds."""
    world, noun = run.world, node.children[0]
    queue = world.queue(noun.text)
    until = world.clock.seconds + node.number("timeout", 30)
    while not queue.waiting and world.clock.seconds < until:
        line.hear("ringing", "ringing")
        await line.wait(min(1.0, until - world.clock.seconds))
    if not queue.waiting:
        return run.action(node, {"DialCallStatus": "no-answer"})
    began = world.clock.seconds
    first = queue.waiting.pop(0)
    other = world.lines[first.call]
    other.peer = line
    other.interrupt(Bridged(line))
    line.star_leaves = node.flag("hangupOnStar", False)
    try:
        await talk(line, other)
    finally:
        line.star_leaves = False
    duration = str(round(world.clock.seconds - began))
    return run.action(node, {"DialCallStatus": "answered", "DialCallSid": first.call, "DialCallDuration": duration})


async def _wait(run: Interpreter, line: Line, node: Node, queue: Queue, waiting: Waiting) -> None:
    """What a waiting person hears, over and over."""
    url = node.attributes.get("waitUrl")
    while True:
        began = run.world.clock.seconds
        if not url:
            line.hear("music", MUSIC)
            await line.wait(None)
        else:
            hook = Hook(run.resolve(url), node.attributes.get("waitUrlMethod", "POST"))
            await run.sub(line, hook, _position(run, queue, waiting), QUEUE_WAIT)
        if run.world.clock.seconds == began:
            await line.wait(1.0)  # a document that takes no time is not asked for in a whirl


def _position(run: Interpreter, queue: Queue, waiting: Waiting) -> dict[str, str]:
    """The parameters that the wait document is asked with. Positions from 1, times in seconds."""
    average = queue.waited / queue.served if queue.served else 0.0
    position = queue.waiting.index(waiting) + 1 if waiting in queue.waiting else 0
    return {
        "QueueSid": queue.sid,
        "QueueTime": str(round(run.world.clock.seconds - waiting.since)),
        "QueuePosition": str(position),
        "CurrentQueueSize": str(len(queue.waiting)),
        "MaxQueueSize": str(queue.most),
        "AvgQueueTime": str(round(average)),
    }


def _told(queue: Queue, waiting: Waiting, result: str) -> dict[str, str]:
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": str(round(waiting.waited))}


def _leave(run: Interpreter, queue: Queue, waiting: Waiting) -> None:
    """Out of the queue, once, with the wait counted."""
    if waiting.is_over:
        return
    waiting.is_over, waiting.waited = True, run.world.clock.seconds - waiting.since
    queue.served, queue.waited = queue.served + 1, queue.waited + waiting.waited
    if waiting in queue.waiting:
        queue.waiting.remove(waiting)
