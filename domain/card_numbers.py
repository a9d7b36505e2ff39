"""Card numbers never become events: in whatever a person writes, all but the last four digits are blotted out.

A card number is 15 to 19 digits, perhaps in groups, that begin as an issuer's do (ISO/IEC 7812 ranges of the card
schemes) and whose check digit is right (Luhn, US patent 2,950,048). Telephone numbers (`+…`) and longer runs of
digits, such as IBANs, stay as they are.
"""

from __future__ import annotations

import re

from domain.event import Event

#: Fields in which people write freely; addresses, names and ids of messages are no such.
FREE_TEXT = frozenset({"text", "subject", "body", "about", "comment", "value"})

_DIGITS = re.compile(r"(?<![\d+])(?<!\d[ -])\d(?:[ -]?\d){14,18}(?![ -]?\d)")
_ISSUERS = re.compile(
    r"4|5[0-8]|2(?:2(?:0[0-4]|2[1-9]|[3-9])|[3-6]|7[01]|720)|3[47]|35(?:2[89]|[3-8])|36|3[89]|30[0-5]|6(?:[0-9])"
)


def masked(text: str) -> str:
    """The text with every card number reduced to its last four digits."""
    return _DIGITS.sub(_blotted, text)


def _blotted(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return f"**** {digits[-4:]}" if _ISSUERS.match(digits) and _luhn(digits) else found[0]


def _luhn(digits: str) -> bool:
    """Whether the last digit checks the others: every second from the right doubled, the sum a multiple of ten."""
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def without_card_numbers(event: Event) -> Event:
    """The event as it may be recorded."""
    texts = {name: getattr(event, name) for name in event.personal if name in FREE_TEXT}
    changed = {name: masked(text) for name, text in texts.items() if isinstance(text, str) and masked(text) != text}
    return event.model_copy(update=changed) if changed else event
