"""The seams of the e-mail channel: how mail comes in and goes out, whatever carries it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from channels.email.ingress import Envelope


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it arrived: how, and its bytes. `origin` tells where from, for the log of the operator."""

    envelope: Envelope
    content: bytes = field(repr=False)
    origin: str = ""


#: Stores a mail durably. Returning means that it is ours from now on; raising means that the sender keeps it.
Accept = Callable[[Arrived], Awaitable[None]]


class Unserved(NamedTuple):
    """One recipient of several for whom the server did not take the mail; below 500 it may later."""

    address: str
    code: int
    reason: str


class Sent(NamedTuple):
    """The server took the mail for all recipients but the `unserved`."""

    response: str
    unserved: tuple[Unserved, ...] = ()


class Deferred(NamedTuple):
    """Not taken now, worth another attempt with the same bytes. `code` is the SMTP reply code, 0 where there was none.

    `maybe_accepted`: the connection broke after all was sent and before the answer came, so the mail may
    arrive twice; its Message-ID is the same both times.
    """

    code: int
    reason: str
    maybe_accepted: bool = False


class Refused(NamedTuple):
    """Refused for good (5xx): sending the same again is useless."""

    code: int
    reason: str


Outcome = Sent | Deferred | Refused


class MailSender(Protocol):
    """Carries a composed mail to the next server."""

    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        """One attempt; never raises for what servers and networks do."""
        ...

    async def close(self) -> None: ...


class Outbox:
    """A `MailSender` in memory, for simulations: keeps what was sent, fails where it is told to.

    `outcomes` are handed out one per attempt, in order; afterwards every mail is taken. A deferral with
    `maybe_accepted` keeps the mail: the worst case, in which it did arrive.
    """

    def __init__(self, outcomes: Sequence[Outcome] = ()) -> None:
        self.sent: list[tuple[bytes, str, tuple[str, ...]]] = []
        self._outcomes = list(outcomes)

    async def send(self, mail: bytes, envelope_from: str, to: Sequence[str]) -> Outcome:
        outcome = self._outcomes.pop(0) if self._outcomes else Sent("250 kept in memory")
        if isinstance(outcome, Sent) or (isinstance(outcome, Deferred) and outcome.maybe_accepted):
            self.sent.append((mail, envelope_from, tuple(to)))
        return outcome

    async def close(self) -> None:
        """Nothing to release."""
