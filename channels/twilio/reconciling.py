"""What became of a text whose sending has an unknown outcome. Pure.

Twilio keeps no idempotency key with a message, so the attempt is told by what it said, to whom, from whom and when.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from channels.twilio.records import Message


def made_by_attempt(messages: Sequence[Message], body: str, known: Collection[str] = ()) -> list[Message]:
    """Those of `messages` (as listed by sender, recipient and time) that an attempt to send `body` may have made.

    `known`: identifiers that other attempts account for. The newest first; empty: the attempt made nothing, and may be
    repeated. Twilio drops white space at the ends and may write typographic characters plainly (smart encoding), so
    letters and digits alone are compared.
    """
    said = _letters(body)
    return [
        one
        for one in messages
        if one.sid not in known and one.direction.startswith("outbound") and _letters(one.body) == said
    ]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
