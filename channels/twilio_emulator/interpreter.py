"""TwiML run: documents fetched, verbs done one after the other, until the call ends or another document takes over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from channels.twilio.errors import Code
from channels.twilio_emulator.conferencing import dial_conference
from channels.twilio_emulator.dialling import dial_legs
from channels.twilio_emulator.documents import VOICE, BadDocument, Document, Node, read
from channels.twilio_emulator.gathering import gather
from channels.twilio_emulator.line import HungUp, LeftQueue, Line, Redirected
from channels.twilio_emulator.model import Hook
from channels.twilio_emulator.queueing import dial_queue, enqueue
from channels.twilio_emulator.recording import record
from channels.twilio_emulator.telephony import Program, take
from channels.twilio_emulator.webhooks import Answer
from channels.twilio_emulator.world import World

APOLOGY: Final = "We are sorry, an application error has occurred. Goodbye."
#: Documents one call may fetch in a row without anything taking time: a loop of redirects ends here.
_MOST_IN_A_ROW: Final = 50
#: Characters read aloud in a second.
_PACE: Final = 15
_SOUND: Final = 5.0


@dataclass(frozen=True, slots=True)
class Next:
    """The document to go on with, and what to say beside the call's own parameters."""

    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    fallback: Hook = field(default_factory=Hook)


class Interpreter:
    """Runs one call's documents. `base` is the address of the one being run: relative ones are meant from there."""

    def __init__(self, world: World, base: str = "", allowed: frozenset[str] = VOICE) -> None:
        self.world, self.base = world, base
        self._allowed = allowed
        self._fetched, self._fetched_at = 0, -1.0

    # documents

    async def follow(self, line: Line, where: Next | None) -> None:
        """Run the document at `where` and all that it leads to; the call is at its end then, unless redirected."""
        while where is not None:
            try:
                document = await self.fetch(line, where)
                if not _is_refusal(document):
                    take(self.world, line.call)
                where = await self.perform(line, document.nodes)
            except Redirected as redirected:
                where = await self._redirected(line, redirected)

    async def run_inline(self, line: Line, nodes: tuple[Node, ...]) -> None:
        """Run `nodes` that came with the API request itself, and all that they lead to."""
        try:
            take(self.world, line.call)
            where = await self.perform(line, nodes)
        except Redirected as redirected:
            where = await self._redirected(line, redirected)
        await self.follow(line, where)

    async def taken_over(self, line: Line, redirected: Redirected) -> None:
        """Run what a call was redirected to, and all that it leads to."""
        await self.follow(line, await self._redirected(line, redirected))

    async def _redirected(self, line: Line, redirected: Redirected) -> Next | None:
        while redirected.nodes is not None:
            try:
                return await self.perform(line, redirected.nodes)
            except Redirected as again:
                redirected = again
        return Next(redirected.url, redirected.method, fallback=line.call.fallback)

    async def fetch(self, line: Line, where: Next, more: Mapping[str, str] | None = None) -> Document:
        """The document at `where`, or at its fallback; what neither gives ends the call with an apology."""
        self._count(line)
        params = self.world.call_params(line.call) | dict(where.params) | dict(more or {})
        self.base = where.url
        document, code = self._read(line, await self.world.webhooks.ask(Hook(where.url, where.method), params))
        if document is None and where.fallback.url:
            params |= {"ErrorCode": str(int(code)), "ErrorUrl": where.url}
            self.base = where.fallback.url
            document, code = self._read(line, await self.world.webhooks.ask(where.fallback, params))
        line.check()
        if document is None:
            line.hear("error", APOLOGY)
            raise HungUp("failed" if line.call.answered is None and line.call.direction != "inbound" else "completed")
        return document

    def _read(self, line: Line, answer: Answer) -> tuple[Document | None, Code]:
        code = Code.DOCUMENT_NOT_FETCHED
        if not answer.is_good:
            self.world.alert(code, line.call.sid, f"the application answered {answer.status or 'nothing'}")
            return None, code
        if answer.content_type.startswith("audio/"):
            return Document((Node("Play", text=self.base),)), code
        if answer.content_type not in ("text/xml", "application/xml", "text/html"):
            code = Code.DOCUMENT_CONTENT_TYPE
            self.world.alert(code, line.call.sid, f"the content type is {answer.content_type or 'missing'}")
            return None, code
        try:
            document = read(answer.body, self._allowed)
        except BadDocument as bad:
            self.world.alert(bad.code, line.call.sid, str(bad))
            return None, bad.code
        for warning in document.warnings:
            self.world.alert(Code.DOCUMENT_UNKNOWN_ELEMENT, line.call.sid, warning)
        return document, code

    def _count(self, line: Line) -> None:
        if self.world.clock.seconds > self._fetched_at:
            self._fetched, self._fetched_at = 0, self.world.clock.seconds
        self._fetched += 1
        if self._fetched > _MOST_IN_A_ROW:
            self.world.alert(Code.DOCUMENT_NOT_FETCHED, line.call.sid, "documents lead to one another without end")
            line.hear("error", APOLOGY)
            raise HungUp

    # verbs

    async def perform(self, line: Line, nodes: tuple[Node, ...]) -> Next | None:
        """Do what the document says; what is to be done next, or None at its end."""
        for node in nodes:
            line.check()
            following = await self._do(line, node)
            if following is not None:
                return following
        return None

    async def _do(self, line: Line, node: Node) -> Next | None:
        match node.name:
            case "Say" | "Play" | "Pause":
                await self.sound(line, node)
            case "Gather":
                return await gather(self, line, node)
            case "Enqueue":
                return await enqueue(self, line, node)
            case "Dial":
                return await self._dial(line, node)
            case "Record":
                return await record(self, line, node)
            case "Redirect":
                return Next(self.resolve(node.text), node.attributes.get("method", "POST"), fallback=line.call.fallback)
            case "Leave":
                raise LeftQueue
            case "Hangup":
                raise HungUp
            case "Reject":
                raise HungUp("busy" if node.attributes.get("reason") == "busy" else "no-answer")
            case other:
                raise AssertionError(f"{other} passed the reading of documents")
        return None

    async def _dial(self, line: Line, node: Node) -> Next | None:
        first = node.children[0].name if node.children else ""
        if first == "Conference":
            return await dial_conference(self, line, node)
        if first == "Queue":
            return await dial_queue(self, line, node)
        return await dial_legs(self, line, node)

    async def sound(self, line: Line, node: Node, *, listening: bool = False) -> object:
        """Say, Play or Pause; what the person did meanwhile, if `listening`."""
        if node.name == "Pause":
            return await line.wait(node.number("length", 1), listening=listening)
        spoken = node.name == "Say"
        text = node.text or f"tones {node.attributes.get('digits', '')}"
        seconds = max(1.0, len(text) / _PACE) if spoken else _SOUND
        times = int(node.number("loop", 1))
        line.hear("say" if spoken else "play", text)
        if times == 0:
            while True:
                given = await line.wait(None, listening=listening)
                if given is not None:
                    return given
        return await line.wait(seconds * min(times, 1000), listening=listening)

    # what comes after a verb

    def resolve(self, url: str) -> str:
        """An address as the running document means it."""
        return urljoin(self.base, url)

    def action(self, node: Node, params: Mapping[str, str], *, own: bool = False) -> Next | None:
        """The verb's action, if it has one. `own`: without one, its own document is asked again."""
        url = node.attributes.get("action")
        if url is None and not own:
            return None
        return Next(self.resolve(url or ""), node.attributes.get("method", "POST"), params)

    def notify_action(self, line: Line, node: Node, params: Mapping[str, str], *, gone: bool = True) -> None:
        """The verb's action, told although its answer is no longer wanted: the caller is `gone`, or elsewhere."""
        url = node.attributes.get("action")
        if url:
            hook = Hook(self.resolve(url), node.attributes.get("method", "POST"))
            status = {"CallStatus": "completed"} if gone else {}
            self.world.webhooks.tell(line.call.sid, hook, self.world.call_params(line.call) | status | dict(params))

    async def sub(self, line: Line, hook: Hook, more: Mapping[str, str], allowed: frozenset[str]) -> None:
        """Run a document beside the main one (music, a whisper), without its redirects leaving there."""
        runner = Interpreter(self.world, self.base, allowed)
        where: Next | None = Next(hook.url, hook.method)
        while where is not None:
            document = await runner.fetch(line, where, more)
            where = await runner.perform(line, document.nodes)


def program(world: World, where: Next) -> Program:
    """What an answered call does: the document at `where`."""

    async def run(line: Line) -> None:
        await Interpreter(world).follow(line, where)

    return run


def taken_over(world: World) -> Callable[[Redirected], Program]:
    """What a call does that is redirected outside any document."""

    def program_of(redirected: Redirected) -> Program:
        async def run(line: Line) -> None:
            await Interpreter(world).taken_over(line, redirected)

        return run

    return program_of


def inline(world: World, nodes: tuple[Node, ...]) -> Program:
    """What an answered call does: these `nodes`."""

    async def run(line: Line) -> None:
        await Interpreter(world).run_inline(line, nodes)

    return run


def _is_refusal(document: Document) -> bool:
    return bool(document.nodes) and document.nodes[0].name == "Reject"
