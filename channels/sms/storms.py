"""Texts in such numbers that no person can have written them, and machines that answer machines. Pure.

The rule, in full, for what one number writes to one of ours:

1. Up to 30 texts in ten minutes are what they are.
2. Further ones, up to 300, are recorded as any other, but as automatic: they join the conversation, where whoever is on
   it sees them, and nobody else is woken, nothing is reopened and nothing answered.
3. Beyond that they are not taken: the provider is told so, keeps them, and nothing is acknowledged.
4. The same words for the third time within ten minutes are a machine's, and recorded as in 2.
5. A text that is handed to us again, since we could not store it or did not answer in time, is still one text.
6. The count begins anew with the process. Of the numbers that wrote, the last 10,000 are remembered.
7. Where several processes take texts, what one of them counts begins to be shared with the fourth text that it gets
   itself of a conversation in ten minutes (`WATCHED`): n processes together take at most 3 (n - 1) texts more than the
   bounds say, and whoever writes as people do costs no question.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

WINDOW: Final = timedelta(minutes=10)
MANY: Final = 30
TOO_MANY: Final = 300
SAME: Final = 3
#: Texts of one conversation that a process has had before it asks what others have had.
WATCHED: Final = 3
_REMEMBERED: Final = 10_000


class Judged(NamedTuple):
    """What is to become of a text: taken as it is, recorded as automatic for the reason in `why`, or not taken."""

    what: Literal["taken", "automatic", "refused"]
    why: str = ""


class Came(NamedTuple):
    """A text that came: when, under which id, and its words as their hash."""

    at: datetime
    text: str
    words: str


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


@dataclass(slots=True)
class Storms:
    """What came lately, by conversation (a fingerprint of the two numbers); words are kept as their hashes.

    `hashed`: makes one; keyed, where hashes leave the process.
    """

    hashed: Callable[[str], str] = _hashed
    _lately: OrderedDict[str, deque[Came]] = field(default_factory=OrderedDict[str, deque[Came]])

    def lately(self, conversation: str, now: datetime) -> Sequence[Came]:
        """What this process has counted of a conversation in the ten minutes before now."""
        return tuple(one for one in self._lately.get(conversation, ()) if one.at > now - WINDOW)

    def judge(self, conversation: str, text: str, words: str, now: datetime, elsewhere: Sequence[Came] = ()) -> Judged:
        """Count a text, by its id, and say what is to become of it; one that is refused is not counted.

        `elsewhere`: what other processes have counted lately, and perhaps this one.
        """
        own = self._of(conversation)
        while own and own[0].at <= now - WINDOW:
            own.popleft()
        again = next((one for one in own if one.text == text), None)
        if again is not None:
            own.remove(again)
        known = {one.text for one in own} | {text}
        before = [*own, *(one for one in elsewhere if one.text not in known and one.at > now - WINDOW)]
        if len(before) >= TOO_MANY:
            return Judged("refused", f"storm: {TOO_MANY} texts in ten minutes")
        came = Came(now, text, self.hashed(" ".join(words.casefold().split())))
        own.append(came)
        if len(before) >= MANY:
            return Judged("automatic", f"storm: more than {MANY} texts in ten minutes")
        if words.strip() and 1 + sum(1 for one in before if one.words == came.words) >= SAME:
            return Judged("automatic", f"repeats itself: the same words {SAME} times in ten minutes")
        return Judged("taken")

    def _of(self, conversation: str) -> deque[Came]:
        lately = self._lately.setdefault(conversation, deque())
        self._lately.move_to_end(conversation)
        if len(self._lately) > _REMEMBERED:
            self._lately.popitem(last=False)
        return lately
