"""Finding customers by what people type: without regard to case, diacritics, spaces and punctuation.

Every name, address and number is kept as normalised terms; what is typed is normalised the same way and
compared with the beginnings of the terms.
"""

from __future__ import annotations

import re
import unicodedata

#: Names are cut after this many words, words and terms after this many characters: search terms stay bounded.
MAX_WORDS = 8
MAX_TERM = 80
#: Of a longer text so many different words are kept, from so many characters.
MAX_DISTINCT = 300
MAX_TEXT = 20_000

#: Letters that no decomposition turns into a plain one (Unicode NFKD leaves them whole).
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})
_SPLIT = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case without diacritics: NFKD, combining marks dropped, case folded (Unicode UAX #15, 3.13)."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_PLAIN)


def words(text: str) -> list[str]:
    """The folded words of a text."""
    return [word[:MAX_TERM] for word in _SPLIT.split(fold(text)) if word][:MAX_WORDS]


def distinct_words(text: str) -> list[str]:
    """The first `MAX_DISTINCT` different words of a longer text that mean something, in order of appearance."""
    found: dict[str, None] = {}
    for word in _SPLIT.split(fold(text[:MAX_TEXT])):
        if len(word) > 1:
            found[word[:MAX_TERM]] = None
            if len(found) == MAX_DISTINCT:
                break
    return list(found)


def name_terms(name: str) -> list[str]:
    """A name from each of its words on: it is found by any of them, and by several in a row."""
    parts = words(name)
    return list(dict.fromkeys(" ".join(parts[i:])[:MAX_TERM] for i in range(len(parts))))


def email_terms(address: str) -> list[str]:
    """The whole address, and its domain, by which colleagues are found."""
    whole = fold(address.strip())[:MAX_TERM]
    domain = whole.rpartition("@")[2]
    return [whole, domain] if domain and domain != whole else [whole]


def phone_terms(number: str) -> list[str]:
    """The digits, and the digits behind a country code of one to three of them (ITU-T E.164)."""
    digits = _digits(number)
    if not number.strip().startswith("+"):
        return [digits] if digits else []
    return list(dict.fromkeys(digits[i:] for i in range(4) if digits[i:]))


def number_terms(number: str) -> list[str]:
    """A customer number without what people put between its parts."""
    term = "".join(words(number))[:MAX_TERM]
    return [term] if term else []


def terms_of(kind: str, address: str) -> list[str]:
    """The terms that a contact point of this kind is found by."""
    if kind == "email":
        return email_terms(address)
    return phone_terms(address) if kind == "phone" else number_terms(address)


def typed_terms(text: str) -> list[str]:
    """What to look for when somebody typed this: the best guess first, each as the beginning of a term."""
    typed = text.strip()
    if "@" in typed:
        return [fold(typed).lstrip("@")[:MAX_TERM]]
    if re.fullmatch(r"\+?[\d\s()./-]+", typed):
        digits = _digits(typed)
        local = digits[2:] if digits.startswith("00") else digits.removeprefix("0")
        return list(dict.fromkeys(term for term in (digits, local) if term))
    spoken = words(typed)
    joined = [max(spoken, key=len), "".join(spoken)] if spoken else []
    dotted = fold(typed)[:MAX_TERM]
    return list(dict.fromkeys([*joined, *([dotted] if "." in dotted else [])]))


def matches_term(text: str, source: str, term: str, name: str) -> bool:
    """Whether a term that was found fits all that was typed, not only the part it was looked up by.

    Every typed word begins a word of the name, in any order; an address or number begins with the whole text.
    """
    typed = words(text)
    if source == "name":
        known = words(name)
        return all(any(word.startswith(part) for word in known) for part in typed)
    return len(typed) < 2 or source == "phone" or "@" in text or "." in text or term.startswith("".join(typed))


def _digits(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if c.isdecimal() and c.isascii())[:MAX_TERM]
