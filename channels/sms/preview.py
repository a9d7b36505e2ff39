"""What a text will cost, and what would make it cheaper: for whoever writes it, before it is sent. Pure."""

from __future__ import annotations

from typing import Any, Final

from channels.sms.alphabet import is_gsm7
from channels.sms.segments import Segmented, segment
from channels.sms.substitutes import Forcing, forcing, substituted

#: Characters of a suggestion: they fit 255 segments even if each takes two units.
_MAX_SUGGESTED: Final = 255 * 76


def suggested(text: str) -> Segmented | None:
    """The text with every suggestion followed; None where nothing would be won, since it still needs UCS-2."""
    if not forcing(text):
        return None
    plain = substituted(text)
    return segment(plain) if is_gsm7(plain) and len(plain) <= _MAX_SUGGESTED else None


def preview(text: str) -> dict[str, Any]:
    """Encoding, segments and what forces the encoding, as JSON has it. Raises `UnsendableText`."""
    cut, plain = segment(text), suggested(text)
    suggestion = None
    if plain is not None:
        suggestion = {"text": substituted(text), "encoding": plain.encoding, "segments": len(plain.segments)}
    return {
        "encoding": cut.encoding,
        "segments": len(cut.segments),
        "characters": len(text),
        "units_used": cut.units_used,
        "units_left": cut.units_left,
        "units_per_segment": cut.per_segment,
        "parts": [{"text": part.text, "units": part.units} for part in cut.segments],
        "forcing": [_culprit(one) for one in forcing(text)],
        "suggestion": suggestion,
    }


def _culprit(one: Forcing) -> dict[str, Any]:
    return {
        "character": one.character,
        "code_point": f"U+{ord(one.character):04X}",
        "name": one.name,
        "count": one.count,
        "first": one.first,
        "substitute": one.substitute,
    }
