"""Tickets, notes and messages by the words in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from projections.reading import MAX_PAGE, Reader, Row, View, reads
from projections.searching import distinct_words, fold, words

#: Texts looked at for one typed text: those that hold its longest word, the latest first.
CANDIDATES = 200
#: Different words that may begin with a typed one: of each the latest texts are looked at.
WORDS = 40
#: Characters of a text that are shown around what was found.
SHOWN = 160


class TextFound(View):
    """A text that holds every typed word. `kind`: ticket (its subject), note or message; `excerpt` shows where."""

    position: int
    kind: str
    project: str
    customer_id: str
    customer_name: str
    ticket_id: str
    ticket_number: str
    interaction_id: str
    by: str
    at: datetime
    excerpt: str


@reads("text_search", "customer_history", "ticket_board")
def find_texts(read: Reader, project: str, text: str, *, limit: int = 20) -> tuple[TextFound, ...]:
    """Texts that hold every typed word (or a word that begins with it), the latest first; none for no word.

    Case, diacritics and punctuation do not matter.
    """
    typed = words(text)
    if not typed:
        return ()
    longest = max(typed, key=len)
    positions = sorted(set(_positions(read, project, longest)), reverse=True)[:CANDIDATES]
    found = (read.get("search_texts", (position,)) for position in positions)
    fitting = [row for row in found if row is not None and _holds(row["text"], typed)]
    return tuple(_found(read, row, longest) for row in fitting[: min(limit, MAX_PAGE)])


def _positions(read: Reader, project: str, typed: str) -> Iterator[int]:
    """Where texts stand that hold a word which begins like this: of each such word the latest.

    The index is ordered by word before it is by time, so one run over it would give the whole of the first word only.
    """
    most, after = min(CANDIDATES, MAX_PAGE), None
    for _ in range(WORDS):
        begins = read.scan("search_words", {"project": project}, ("word", "newest"), prefix=typed, after=after, limit=1)
        if not begins:
            return
        word = begins[0]["word"]
        rows = read.scan("search_words", {"project": project, "word": word}, ("newest",), limit=most)
        yield from (-row["newest"] for row in rows)
        after = (word, 0)  # positions are kept below nought, the latest first


def _holds(text: str, typed: list[str]) -> bool:
    known = distinct_words(text)
    return all(any(word.startswith(part) for word in known) for part in typed)


def _found(read: Reader, row: Row, word: str) -> TextFound:
    customer = read.get("history_customers", (row["customer_id"],))
    ticket = read.get("board_tickets", (row["ticket_id"],)) if row["ticket_id"] else None
    return TextFound.of(
        row,
        customer_name=customer["name"] if customer else "",
        ticket_number=ticket["number"] if ticket else "",
        excerpt=_around(row["text"], word),
    )


def _around(text: str, word: str) -> str:
    """The part of a text around the first word that begins like this."""
    flat = " ".join(text.split())
    at = max(0, fold(flat).find(word))
    start = max(0, at - SHOWN // 3)
    part = flat[start : start + SHOWN]
    return ("…" if start else "") + part + ("…" if start + SHOWN < len(flat) else "")
