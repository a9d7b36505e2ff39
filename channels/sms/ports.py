"""What the SMS channel asks of whoever carries texts: one seam, whatever the provider.

A *mark* comes back with everything told of a text: the attempt's id belongs there, since no provider we know keeps an
idempotency key with a text. What came of an attempt that got no answer is asked (`sent_since`) before it is repeated.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

#: `under_way`: not with the carrier yet; `sent`: the carrier has it, and some never tell more.
Status = Literal["under_way", "sent", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class TextState:
    """A text as the provider knows it.

    `reference`: its id there. `segments`: how many short messages it is paid for as, 0 where that is not told.
    `code` and `reason`: why it failed; `temporary`: it may arrive when it is sent again; `unwanted`: the person has
    said STOP.
    """

    reference: str
    status: Status
    segments: int = 0
    code: str = ""
    reason: str = ""
    temporary: bool = False
    unwanted: bool = False


class TextFault(Exception):
    """What the provider, or the way to it, did. `reason` bears no personal data."""

    def __init__(self, reason: str, code: str = "") -> None:
        self.reason, self.code = reason, code
        super().__init__(reason)


class TextRefused(TextFault):
    """Nothing was sent, and asking the same again is useless. `unwanted`: the person has said STOP there."""

    def __init__(self, reason: str, code: str = "", *, unwanted: bool = False) -> None:
        super().__init__(reason, code)
        self.unwanted = unwanted


class TextGone(TextRefused):
    """The provider knows no such text, or no longer."""


class TextUnavailable(TextFault):
    """Nothing was sent, and it may work later; `retry_after` in seconds, where the provider or our breaker says."""

    def __init__(self, reason: str, code: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(reason, code)
        self.retry_after = retry_after


class TextOutcomeUnknown(TextFault):
    """The text may or may not have been sent: ask what became of it first."""


class TextSender(Protocol):
    """Whoever carries texts."""

    async def send(self, to: str, sender: str, body: str, *, mark: str) -> TextState:
        """Hand over a text. Numbers in E.164. Raises `TextFault`."""
        ...

    async def state(self, reference: str) -> TextState:
        """What became of a text. Raises `TextGone`, `TextUnavailable`."""
        ...

    async def sent_since(self, to: str, body: str, since: datetime, known: Collection[str]) -> TextState | None:
        """The first text with these words that was sent to this number since then, apart from those `known`.

        Raises `TextUnavailable`.
        """
        ...

    async def picture(self, url: str) -> bytes:
        """What came along with a text. Raises `TextFault`, also for what is not of the provider's own."""
        ...

    def away(self) -> float:
        """Seconds for which the provider is not asked, since it did not answer lately; 0: it can be asked."""
        ...
