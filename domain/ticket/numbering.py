"""The number by which people call a ticket."""

from __future__ import annotations

#: Digits and letters that are not mistaken for one another when read out: no 0 and O, 1, I and L, no U.
_DIGITS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def ticket_number(ticket_id: str) -> str:
    """What people call a ticket: eight characters without look-alikes, from the random end of its id."""
    value, digits = int(ticket_id.replace("-", "")[-12:], 16), ""
    for _ in range(8):
        value, remainder = divmod(value, len(_DIGITS))
        digits += _DIGITS[remainder]
    return f"T-{digits[:4]}-{digits[4:]}"
