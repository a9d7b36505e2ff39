"""Texts in such numbers that no person can have written them, and machines that answer machines. Pure.

The rule, in full, for what one number writes to one of ours:

1. Up to 30 texts in ten minutes are what they are.
2. Further ones, up to 300, are recorded as any other, but as automatic: they join the conversation, where whoever is on
   it sees them, and nobody else is woken, nothing is reopened and nothing answered.
3. Beyond that they are not taken: the provider is told so, keeps them, and nothing is acknowledged.
4. The same words for the third time within ten minutes are a machine's, and recorded as in 2.
5. A text that is handed to us again, since we could not store it or did not answer in time, is still one text.
6. The count begins anew with the process. Of the numbers that wrote, the last 10,000 are remembered.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

WINDOW: Final = timedelta(minutes=10)
MANY: Final = 30
TOO_MANY: Final = 300
SAME: Final = 3
_REMEMBERED: Final = 10_000


class Judged(NamedTuple):
    """What is to become of a text: taken as it is, recorded as automatic for the reason in `why`, or not taken."""

    what: Literal["taken", "automatic", "refused"]
    why: str = ""


class _Came(NamedTuple):
    """A text that came: when, under which id, and its words as their hash."""

    at: datetime
    text: str
    words: bytes


@dataclass(slots=True)
class Storms:
    """What came lately, by conversation (a fingerprint of the two numbers); words are kept as their hashes."""

    _lately: OrderedDict[str, deque[_Came]] = field(default_factory=OrderedDict[str, deque[_Came]])

    def judge(self, conversation: str, text: str, words: str, now: datetime) -> Judged:
        """Count a text, by its id, and say what is to become of it; one that is refused is not counted."""
        lately = self._of(conversation)
        while lately and lately[0].at <= now - WINDOW:
            lately.popleft()
        again = next((one for one in lately if one.text == text), None)
        if again is not None:
            lately.remove(again)
        if len(lately) >= TOO_MANY:
            return Judged("refused", f"storm: {TOO_MANY} texts in ten minutes")
        digest = hashlib.sha256(" ".join(words.casefold().split()).encode()).digest()
        lately.append(_Came(now, text, digest))
        if len(lately) > MANY:
            return Judged("automatic", f"storm: more than {MANY} texts in ten minutes")
        if words.strip() and sum(1 for one in lately if one.words == digest) >= SAME:
            return Judged("automatic", f"repeats itself: the same words {SAME} times in ten minutes")
        return Judged("taken")

    def _of(self, conversation: str) -> deque[_Came]:
        lately = self._lately.setdefault(conversation, deque())
        self._lately.move_to_end(conversation)
        if len(self._lately) > _REMEMBERED:
            self._lately.popitem(last=False)
        return lately
