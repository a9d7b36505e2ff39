"""Gather: keys and speech, while prompts are heard and for a while after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from channels.twilio_emulator.documents import Node
from channels.twilio_emulator.line import Input, Line

if TYPE_CHECKING:
    from channels.twilio_emulator.interpreter import Interpreter, Next


@dataclass(slots=True)
class Collected:
    """What has come in, and whether it is all that is wanted."""

    keys_wanted: bool
    speech_wanted: bool
    finish_on: str
    most: int
    digits: str = ""
    finished_on: str = ""
    speech: str = ""
    done: bool = field(default=False)

    def take(self, given: Input) -> None:
        """One input; what is not wanted is as if it had not been."""
        if self.done:
            return
        if given.kind == "speech":
            if self.speech_wanted:
                self.speech, self.done = given.text, True
            return
        for key in given.text if self.keys_wanted else "":
            if key in self.finish_on:
                self.finished_on, self.done = key, True
            else:
                self.digits += key
                self.done = len(self.digits) >= self.most
            if self.done:
                return

    @property
    def is_begun(self) -> bool:
        return bool(self.digits or self.speech or self.done)

    def result(self, language: str) -> dict[str, str]:
        """The parameters that tell of it."""
        if self.speech:
            return {"SpeechResult": self.speech, "Confidence": "0.9", "Language": language}
        params = {"msg": "Gather End", "Digits": self.digits}
        return params | ({"FinishedOnKey": self.finished_on} if self.finished_on else {})


async def gather(run: Interpreter, line: Line, node: Node) -> Next | None:
    """Collect; with anything collected (or `actionOnEmptyResult`) the action follows, else the next verb."""
    collected = _wanted(node)
    patience = node.number("timeout", 5)
    await _prompt(run, line, node, collected)
    while not collected.done:
        given: Input | None = await line.wait(patience, listening=True)
        if given is None:
            break
        collected.take(given)
    if not (collected.digits or collected.speech) and not node.flag("actionOnEmptyResult", False):
        return None
    return run.action(node, collected.result(node.attributes.get("language", "en-US")), own=True)


async def _prompt(run: Interpreter, line: Line, node: Node, collected: Collected) -> None:
    """The prompts, cut short by the first input that is wanted."""
    barge_in = node.flag("bargeIn", True)
    for prompt in node.children:
        given = await run.sound(line, prompt, listening=barge_in)
        if isinstance(given, Input):
            collected.take(given)
            if collected.is_begun:
                return


def _wanted(node: Node) -> Collected:
    wanted = node.words("input", "dtmf")
    return Collected(
        keys_wanted="dtmf" in wanted,
        speech_wanted="speech" in wanted,
        finish_on=node.attributes.get("finishOnKey", "#"),
        most=int(node.number("numDigits", 1000)) or 1000,
    )
