"""Texts in such numbers that no person can have written them, and machines that answer machines. Pure.

The rule, in full, for what one number writes to one of ours:

1. Up to 30 texts in ten minutes are what they are.
2. Further ones, up to 300, are recorded as any other, but as automatic: they join the conversation, where whoever is on
   it sees them, and nobody else is woken, nothing is reopened and nothing answered.
3. Beyond that they are not taken: the provider is told so, keeps them, and nothing is acknowledged.
4. The same words for the third time within ten minutes are a machine's, and recorded as in 2.
5. The count begins anew with the process. Of the numbers that wrote, the last 10,000 are remembered.
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


@dataclass(slots=True)
class Storms:
    """What came lately, by conversation (a fingerprint of the two numbers); words are kept as their hashes."""

    _lately: OrderedDict[str, deque[tuple[datetime, bytes]]] = field(
        default_factory=OrderedDict[str, deque[tuple[datetime, bytes]]]
    )

    def judge(self, conversation: str, words: str, now: datetime) -> Judged:
        """Count a text and say what is to become of it; one that is refused is not counted."""
        lately = self._of(conversation)
        while lately and lately[0][0] <= now - WINDOW:
            lately.popleft()
        if len(lately) >= TOO_MANY:
            return Judged("refused", f"storm: {TOO_MANY} texts in ten minutes")
        digest = hashlib.sha256(" ".join(words.casefold().split()).encode()).digest()
        lately.append((now, digest))
        if len(lately) > MANY:
            return Judged("automatic", f"storm: more than {MANY} texts in ten minutes")
        if words.strip() and sum(1 for _, one in lately if one == digest) >= SAME:
            return Judged("automatic", f"repeats itself: the same words {SAME} times in ten minutes")
        return Judged("taken")

    def _of(self, conversation: str) -> deque[tuple[datetime, bytes]]:
        lately = self._lately.setdefault(conversation, deque())
        self._lately.move_to_end(conversation)
        if len(self._lately) > _REMEMBERED:
            self._lately.popitem(last=False)
        return lately
