"""The simulated customers: who they are and what they will do, drawn from one seed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, NamedTuple

from domain.centre.documents import ProjectDocument
from infra.demo.pace import Pace
from infra.demo.phrases import LANGUAGES, Phrases

Story = Literal[
    "answers",
    "comes_back",
    "leaves_word",
    "bounces",
    "takes_callback",
    "calls_form",
    "texts_stop",
    "on_page",
    "by_token",
    "rings",
    "away",
    "twice",
    "rings_off",
    "refused",
    "texts",
    "html_only",
    "calls_api",
    "chats",
    "attaches",
    "away_unmarked",
    "writes",
]
#: Parts in the order in which the first customers play them, so that a short run has seen everything; the number
#: is how often each is drawn later.
PARTS: dict[Story, int] = {
    "answers": 6,
    "comes_back": 3,
    "leaves_word": 1,
    "bounces": 1,
    "takes_callback": 2,
    "calls_form": 2,
    "texts_stop": 1,
    "on_page": 2,
    "by_token": 2,
    "rings": 5,
    "away": 1,
    "twice": 2,
    "rings_off": 1,
    "refused": 1,
    "texts": 3,
    "html_only": 2,
    "calls_api": 2,
    "chats": 2,
    "attaches": 2,
    "away_unmarked": 1,
    "writes": 8,
}
CALLING: frozenset[Story] = frozenset({"calls_form", "calls_api"})
#: The page of a conversation, where there is one, is what these turn to.
CHATTING: frozenset[Story] = frozenset({"chats"})
#: On the telephone, and by text; where there is a telephone network.
RINGING: frozenset[Story] = frozenset({"rings", "rings_off", "leaves_word", "takes_callback"})
TEXTING: frozenset[Story] = frozenset({"texts", "texts_stop"})


class Desk(NamedTuple):
    """Where a customer turns to: a project, one of its mailboxes, for who chats of its pages, or of its numbers."""

    project: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One customer. `source` is the loopback address their computer has; `scanned`: a program follows their links."""

    number: int
    name: str
    address: str
    other_address: str
    telephone: str
    language: str
    story: Story
    desk: Desk
    source: str
    scanned: bool

    @property
    def number_in_full(self) -> str:
        """Their telephone, in E.164."""
        return self.telephone.replace(" ", "")

    @property
    def phrases(self) -> Phrases:
        return LANGUAGES[self.language]

    @property
    def order(self) -> str:
        """The number that all their matters turn on."""
        return f"{4711 + 13 * self.number}"


class Cast:
    """Makes one customer after another. `telephones`: some of them ring and text."""

    def __init__(self, pace: Pace, projects: Sequence[ProjectDocument], *, telephones: bool = False) -> None:
        self._pace = pace
        self._desks = [Desk(p.project, box.address) for p in projects for box in p.mailboxes.values()]
        self._callbacks = [Desk(p.project, "") for p in projects if p.callbacks is not None]
        self._pages = [
            Desk(p.project, f"/chat/{p.project}/{name}")
            for p in projects
            for name, one in p.conversations.items()
            if one.channel == "chat"
        ]
        numbers = [(p.project, one) for p in projects for one in p.numbers.values() if telephones]
        self._lines = [Desk(project, one.number) for project, one in numbers if one.flow is not None]
        self._texting = [Desk(project, one.number) for project, one in numbers if one.texts is not None]
        if not self._desks:
            raise ValueError("the documents have no mailbox that customers could write to; add one to a project")

    def person(self, number: int) -> Person:
        """The customer with this number, from 0; the same for the same seed."""
        dice = self._pace.dice(f"person {number}")
        story = self._story(number, dice)
        language = list(LANGUAGES)[number % len(LANGUAGES)]
        phrases = LANGUAGES[language]
        name = dice.choice(phrases.names)
        local = f"{_ascii(name) or 'client'}.{number}"
        where = self._where(story)
        return Person(
            number=number,
            name=name,
            address=f"{local}@{phrases.domain}",
            other_address=f"{local}@work.example",
            telephone=_telephone(number),
            language=language,
            story=story,
            desk=where[number % len(where)],
            source=f"127.{64 + number // 64_000 % 64}.{number // 250 % 256}.{number % 250 + 2}",
            scanned=dice.random() < 0.4,
        )

    def _story(self, number: int, dice: Random) -> Story:
        parts: list[Story] = [part for part in PARTS if self._playable(part)]
        if number < len(parts):
            return parts[number]
        return dice.choices(parts, [PARTS[part] for part in parts])[0]

    def _playable(self, part: Story) -> bool:
        return bool(self._where(part))

    def _where(self, part: Story) -> Sequence[Desk]:
        """Where somebody may turn to who plays this part."""
        others = ((CALLING, self._callbacks), (CHATTING, self._pages), (RINGING, self._lines), (TEXTING, self._texting))
        return next((desks for parts, desks in others if part in parts), self._desks)


def _ascii(name: str) -> str:
    """A name as the local part of an address."""
    plain = unicodedata.normalize("NFKD", name.partition(" ")[0]).encode("ascii", "ignore").decode()
    return "".join(c for c in plain.lower() if c.isalnum())


def _telephone(number: int) -> str:
    """Numbers that belong to nobody: France's regulator ARCEP keeps them for works of fiction."""
    beginning = ("1 99 00", "2 61 91", "3 53 01", "4 65 71", "5 36 49")[number // 10_000 % 5]
    return f"+33 {beginning} {number // 100 % 100:02d} {number % 100:02d}"
