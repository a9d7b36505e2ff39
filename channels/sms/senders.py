"""Which number of a pool writes to whom: always the same one, so that a customer sees one conversation.

Rendezvous hashing (D. Thaler and C. Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM
Transactions on Networking 6, 1998): each sender draws a lot with the customer, the highest wins. Nothing is stored, and
when a sender comes or goes only the customers that it wins or had change theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Sender:
    """A number, short code or name that messages are sent from.

    `country`: where it belongs (ISO 3166-1 alpha-2, upper case). `reaches`: the countries it can write to, None for
    everywhere: a short code rarely leaves its country. `answerable`: whether customers can write back.
    """

    number: str
    country: str
    reaches: frozenset[str] | None = None
    answerable: bool = True


class Passed(NamedTuple):
    """A sender that was not chosen, and why."""

    number: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The sender for a customer, None where none can reach them; and why each of the others is not it."""

    sender: Sender | None
    passed: tuple[Passed, ...]


def choose(
    senders: Sequence[Sender], customer: str, country: str, *, answerable: bool = True, local_first: bool = True
) -> Choice:
    """The sender that writes to this customer, deterministic and independent of the pool's order.

    `customer`: a keyed fingerprint of their number, never the number itself. `country`: theirs. `answerable`:
    whether an answer must be possible. `local_first`: senders of the customer's own country go before others,
    which cost more and look foreign.
    """
    passed: list[Passed] = []
    able: list[Sender] = []
    for sender in senders:
        why = _unable(sender, country, answerable)
        able.append(sender) if not why else passed.append(Passed(sender.number, why))
    ranked = sorted(able, key=lambda one: (local_first and one.country != country, _lot(one, customer), one.number))
    for other in ranked[1:]:
        abroad = local_first and other.country != country and ranked[0].country == country
        passed.append(Passed(other.number, "another sender is of the customer's country" if abroad else "lower lot"))
    return Choice(ranked[0] if ranked else None, tuple(passed))


def _unable(sender: Sender, country: str, answerable: bool) -> str:
    if sender.reaches is not None and country not in sender.reaches:
        return f"cannot reach {country}"
    if answerable and not sender.answerable:
        return "cannot be answered"
    return ""


def _lot(sender: Sender, customer: str) -> bytes:
    """Drawn so that the lowest wins. The length keeps `("1", "23")` and `("12", "3")` apart."""
    return hashlib.sha256(f"{len(customer)}:{customer}:{sender.number}".encode()).digest()
