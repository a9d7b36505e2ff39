"""What people outside saw: every mail a server took responsibility for, every form a page thanked for.

The centre's own log is later held against this, never the other way round.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Kind = Literal["letter", "auto_reply", "bounce"]


class Posted(NamedTuple):
    """A mail that the centre answered with 250. `about` is the Message-ID that a bounce reports on."""

    message_id: str
    kind: Kind
    times: int
    about: str = ""


class Arrived(NamedTuple):
    """A mail of the centre that the customers' server took with 250."""

    message_id: str
    recipient: str
    sender: str
    size: int


class Rated(NamedTuple):
    """A rating that the page thanked for, by the token of the link it was given through."""

    token: str
    agent_score: int
    company_score: int


#: How a call went for the one who made it.
Outcome = Literal["talked", "left_word", "promised", "hung_up"]


class Called(NamedTuple):
    """A call that somebody made, by its identifier at the provider. `agreed`: they said that it may be recorded."""

    sid: str
    number: str
    outcome: Outcome
    agreed: bool = False


@dataclass(slots=True)
class Ledger:
    """Filled in by the simulated people."""

    posted: list[Posted] = field(default_factory=list[Posted])
    arrived: list[Arrived] = field(default_factory=list[Arrived])
    ratings: list[Rated] = field(default_factory=list[Rated])
    #: Interactions that the API or a page confirmed, by what they are.
    callbacks: list[str] = field(default_factory=list[str])
    chats: list[str] = field(default_factory=list[str])
    additions: list[str] = field(default_factory=list[str])
    calls: list[Called] = field(default_factory=list[Called])
    #: Texts that were written to the centre, by their identifiers at the provider.
    texts: list[str] = field(default_factory=list[str])
    #: Log positions that the API gave back.
    positions: set[int] = field(default_factory=set[int])
    #: Mails the centre refused for good, and requests it could not serve: each is a fault.
    refusals: list[str] = field(default_factory=list[str])
    seen: Counter[str] = field(default_factory=Counter[str])

    @property
    def mails(self) -> int:
        """Mails that went over a wire, either way."""
        return sum(one.times for one in self.posted) + len(self.arrived)
