"""What an agent can type at the terminal, and what each word does."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.enclosing import MOST_BYTES
from infra.cli.desk import Desk

#: Seconds that `accept` waits for something to ring, unless told otherwise.
WAIT_SECONDS = 60.0
#: Seconds between looks at the work list while nothing is told live.
LOOK_SECONDS = 1.0


class Misunderstood(Exception):
    """What was typed cannot be done; says what can."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, how it is used and what it does. `states`: which work it is about; empty for none."""

    usage: str
    help: str
    do: Callable[[Typing, Said], Awaitable[Any]]
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A typed line: the piece of work it is about, and the rest of its text."""

    item: dict[str, Any]
    text: str


@dataclass(slots=True)
class Typing:
    """Understands lines and does them at a desk. `rung` is set whenever something may have begun to ring."""

    desk: Desk
    wait_seconds: float = WAIT_SECONDS
    rung: asyncio.Event = field(default_factory=asyncio.Event)

    async def do(self, line: str) -> Any:
        """Do one line; what it gave. Raises `Misunderstood`, `Refused`, `Unreachable`."""
        name, _, rest = line.strip().partition(" ")
        word = WORDS.get(name)
        if word is None:
            raise Misunderstood(f"{name!r} is not understood; there are {', '.join(WORDS)}")
        if not word.states:
            return await word.do(self, Said({}, rest.strip()))
        number, text = _number(rest.strip())
        item = await self._pick(word, number, wait=name == "accept")
        return await word.do(self, Said(item, text))

    async def _pick(self, word: Word, number: int | None, *, wait: bool) -> dict[str, Any]:
        """The numbered piece of work, or the first that the word can be about; an offer is waited for."""
        try:
            async with asyncio.timeout(self.wait_seconds if wait else None):
                while True:
                    self.rung.clear()
                    work = await self.desk.work()
                    if number is not None:
                        return _numbered(work, number)
                    if fitting := [item for item in work if item["status"] in word.states]:
                        return fitting[0]
                    if not wait:
                        raise Misunderstood(f"there is no work that is {' or '.join(word.states)}")
                    await self._ring()
        except TimeoutError as fault:
            raise Misunderstood(f"nothing has rung for {self.wait_seconds:g} s") from fault

    async def _ring(self) -> None:
        """Wait until something may have begun to ring: told by the live events, looked for without them."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self.rung.wait()
        except TimeoutError:
            return


def _number(rest: str) -> tuple[int | None, str]:
    """A leading number names a piece of work; the rest is text."""
    first, _, text = rest.partition(" ")
    return (int(first), text.strip()) if first.isdecimal() and len(first) <= 3 else (None, rest)


def _numbered(work: list[dict[str, Any]], number: int) -> dict[str, Any]:
    if not 1 <= number <= len(work):
        raise Misunderstood(f"there is no work number {number}; `work` shows what there is")
    return work[number - 1]


def _needed(said: Said, what: str) -> str:
    if not said.text:
        raise Misunderstood(f"say {what}")
    return said.text


async def _work(typing: Typing, said: Said) -> Any:
    return await typing.desk.work()


async def _state(typing: Typing, said: Said) -> Any:
    return await typing.desk.state()


async def _show(typing: Typing, said: Said) -> Any:
    return await typing.desk.history(said.item)


async def _presence(typing: Typing, action: str, body: dict[str, Any] | None = None) -> Any:
    await typing.desk.presence(action, body)
    return await typing.desk.state()


async def _ready(typing: Typing, said: Said) -> Any:
    """Ready includes signing in: nobody who types `ready` wants to be told to sign in first."""
    await typing.desk.presence("sign-in")
    return await _presence(typing, "ready")


async def _not_ready(typing: Typing, said: Said) -> Any:
    return await _presence(typing, "not-ready", {"reason": said.text or "break"})


async def _pause(typing: Typing, said: Said) -> Any:
    channel, _, reason = _needed(said, "which channel to pause").partition(" ")
    return await _presence(typing, f"channels/{channel}/pause", {"reason": reason.strip() or "break"})


async def _resume(typing: Typing, said: Said) -> Any:
    return await _presence(typing, f"channels/{_needed(said, 'which channel to take again')}/resume")


async def _sign_out(typing: Typing, said: Said) -> Any:
    return await _presence(typing, "sign-out")


async def _accept(typing: Typing, said: Said) -> Any:
    await typing.desk.on(said.item, f"offers/{said.item['work_id']}/accept")
    return next((i for i in await typing.desk.work() if i["work_id"] == said.item["work_id"]), said.item)


async def _decline(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, f"offers/{said.item['work_id']}/decline", {"reason": said.text})


async def _attach(typing: Typing, said: Said) -> Any:
    path = Path(_needed(said, "which file to send along"))
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return await typing.desk.attach(said.item, path.name, media_type, await asyncio.to_thread(_content, path))


def _content(path: Path) -> bytes:
    path = path.expanduser()
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise Misunderstood(f"{path} has {size} bytes; the files of one reply may have {MOST_BYTES} together")
        return path.read_bytes()
    except OSError as fault:
        raise Misunderstood(f"{path} cannot be read: {fault.strerror}") from fault


async def _reply(typing: Typing, said: Said) -> Any:
    text = _needed(said, "what to write to the customer")
    return await typing.desk.on(said.item, "reply", {"text": text, "files": await typing.desk.attached(said.item)})


async def _text(typing: Typing, said: Said) -> Any:
    text = _needed(said, "what to text to the customer")
    return await typing.desk.on(said.item, "reply", {"text": text, "by": "sms"})


async def _note(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, "notes", {"text": _needed(said, "what to note")})


async def _transfer(typing: Typing, said: Said) -> Any:
    department, _, note = _needed(said, "to which department").partition(" ")
    return await typing.desk.on(said.item, "transfer", {"department": department, "note": note.strip()})


async def _resolve(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, "complete", {"ticket": "resolve", "disposition": said.text})


async def _await(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, "complete", {"ticket": "await_customer", "disposition": said.text})


async def _done(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, "complete", {"ticket": "leave", "disposition": said.text})


async def _wrap_up(typing: Typing, said: Said) -> Any:
    return await typing.desk.on(said.item, "wrap-up", {"disposition": _needed(said, "how the contact ended")})


_HAND = ("connected",)
WORDS: dict[str, Word] = {
    "ready": Word("ready", "take work from now on", _ready),
    "not-ready": Word("not-ready [REASON]", "take no new work", _not_ready),
    "pause": Word("pause CHANNEL [REASON]", "take nothing more by one channel", _pause),
    "resume": Word("resume CHANNEL", "take it again", _resume),
    "sign-out": Word("sign-out", "end the working day", _sign_out),
    "state": Word("state", "your presence and what you hold", _state),
    "work": Word("work", "what rings and what is in hand", _work),
    "accept": Word("accept [N]", "take what rings; waits for it", _accept, ("offered",)),
    "decline": Word("decline [N] [REASON]", "let somebody else have it", _decline, ("offered",)),
    "show": Word("show [N]", "what happened so far", _show, ("connected", "wrap_up", "offered")),
    "attach": Word("attach [N] FILE", "send a file along with the next reply", _attach, _HAND),
    "reply": Word("reply [N] TEXT", "write to the customer", _reply, _HAND),
    "text": Word("text [N] TEXT", "text the customer, however they wrote", _text, _HAND),
    "note": Word("note [N] TEXT", "a note for colleagues", _note, ("connected", "wrap_up")),
    "transfer": Word("transfer [N] DEPARTMENT [NOTE]", "pass it on", _transfer, _HAND),
    "resolve": Word("resolve [N] [DISPOSITION]", "done, and the matter is settled", _resolve, _HAND),
    "await": Word("await [N] [DISPOSITION]", "done until the customer answers", _await, _HAND),
    "done": Word("done [N] [DISPOSITION]", "done, the matter stays open", _done, _HAND),
    "wrap-up": Word("wrap-up [N] DISPOSITION", "how the contact ended", _wrap_up, ("wrap_up",)),
}
