"""What a simulated customer does on the telephone: dials, answers what is asked, waits, talks, hangs up, texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from channels.twilio_emulator.model import Call, Heard
from channels.voice.phrases import phrase
from infra.demo.cast import PARTS, Person
from infra.demo.ledger import Called, Ledger, Outcome
from infra.demo.pace import Day
from infra.demo.telephones import Telephones

#: Seconds, as telephones count them, that somebody stays on the line in all, and waits for an answer to a text.
PATIENCE, ANSWERED_WITHIN = 180.0, 120.0
#: Seconds between two moments at which somebody listens to what is said.
LISTENS = 0.5
#: What is said in the flows of the demo's numbers, by the words that tell it, and the key that answers it.
FRENCH, MENU = ("français",), ("To speak to us", "Pour nous parler")
RECORDED = ("may record", "l'enregistrement")
OFFERED, PROMISED = ("we call you back.", "nous vous rappelons."), (phrase("promised", "en"), phrase("promised", "fr"))
HOLD, TONE = ("hold the line", "Ne quittez pas"), "beep"
#: How often one customer texts.
TEXTS = 2


@dataclass(slots=True, kw_only=True)
class Caller:
    """One customer with a telephone in hand."""

    person: Person
    telephones: Telephones
    day: Day
    ledger: Ledger
    dice: Random
    heard: int = 0
    outcome: Outcome = "hung_up"
    waiting: bool = False
    over: bool = False
    agreed: bool = False
    _rules: list[tuple[tuple[str, ...], Callable[[Call], None]]] = field(
        default_factory=list[tuple[tuple[str, ...], Callable[[Call], None]]]
    )

    def __post_init__(self) -> None:
        self._rules = [
            (FRENCH, lambda call: self._press(call, "2" if self.person.language == "fr" else "")),
            (MENU, lambda call: self._press(call, "2" if self.person.story == "leaves_word" else "1")),
            (RECORDED, self._asked_to_record),
            (PROMISED, self._promised),
            (OFFERED, lambda call: self._press(call, "1")),
            (HOLD, self._holds),
        ]

    async def ring(self) -> None:
        """One call, from dialling to hanging up."""
        call = self.telephones.dial(self.person.number_in_full, self.person.desk.address)
        await self.telephones.live(self._on_the_line(call))
        self.telephones.hang_up(call)
        self.ledger.calls.append(Called(call.sid, self.person.number_in_full, self.outcome, self.agreed))

    async def _on_the_line(self, call: Call) -> None:
        began = self.telephones.now
        while not call.is_over and not self.over and self.telephones.now - began < PATIENCE:
            for one in self._new(call):
                await self._hears(call, one)
            if self.waiting and self.person.story == "takes_callback":
                self._press(call, "1")
            await self.telephones.pass_by(LISTENS)

    def _new(self, call: Call) -> list[Heard]:
        """What has been said since this was last asked."""
        fresh = list(call.heard)[self.heard :]
        self.heard += len(fresh)
        return fresh

    async def _hears(self, call: Call, one: Heard) -> None:
        if one.kind == "speech":
            await self._talks(call)
        elif one.kind == TONE:
            await self._leaves_word(call)
        elif one.kind == "say":
            does = (does for words, does in self._rules if any(word in one.text for word in words))
            next(does, self._listens)(call)

    def _press(self, call: Call, key: str) -> None:
        if key:
            self.telephones.press(call, key)

    def _asked_to_record(self, call: Call) -> None:
        """The first to play their part agree, so that a short run has recordings; of the others every second does."""
        self.agreed = self.person.number < len(PARTS) or self.dice.random() < 0.5
        self._press(call, "1" if self.agreed else "")

    def _listens(self, call: Call) -> None:
        """Nothing to be done about what is said."""

    def _promised(self, call: Call) -> None:
        self.outcome = "promised"

    def _holds(self, call: Call) -> None:
        """Wait; some think better of it."""
        self.waiting = True
        self.over = self.person.story == "rings_off"

    async def _talks(self, call: Call) -> None:
        """Somebody has said something: answer, and then listen."""
        again, self.outcome, self.waiting = self.outcome == "talked", "talked", False
        if again:
            return
        await self.telephones.pass_by(2)
        self.telephones.say(call, self._words())

    async def _leaves_word(self, call: Call) -> None:
        """What is said after the tone is work for somebody, if it was heard."""
        self.waiting = False
        await self.telephones.pass_by(1)
        if self.telephones.say(call, self._words()):
            self.outcome = "left_word"
            await self.telephones.pass_by(3)
            self._press(call, "#")

    def _words(self) -> str:
        return self.dice.choice(self.person.phrases.further).format(order=self.person.order)

    async def text(self) -> None:
        """Text, wait for an answer, answer that; one who has enough says so."""
        words = self._words()
        for written in range(TEXTS):
            self._text(words)
            # the first text back says no more than that theirs has come: enough for who wants none at all
            stops = self.person.story == "texts_stop"
            if not await self._told(0 if stops else written + 1):
                return
            if stops:
                self._text("STOP")
                return
            words = self.person.phrases.unsettled.format(order=self.person.order)

    def _text(self, words: str) -> None:
        text = self.telephones.text(self.person.number_in_full, self.person.desk.address, words)
        self.ledger.texts.append(text.sid)

    async def _told(self, before: int) -> bool:
        """Whether more than so many texts have come, while the day lasts."""
        mine, began = self.person.number_in_full, self.telephones.now
        while self.telephones.now - began < ANSWERED_WITHIN:
            if len(self.telephones.texts_to(mine)) > before:
                return True
            if await self._later(2):
                return False
        return False

    async def _later(self, median: float) -> bool:
        return await self.day.pause(self.day.pace.takes(self.dice, median))
