"""The new part of a reply: without what it quotes and without the signature.

Own rules, line by line in linear time: mail-parser-reply's patterns are cubic (9 KB of "On On On" take
seconds) and quotequail knows no Polish and no signatures.
"""

from __future__ import annotations

import re
from typing import Final

_MAX_LINES: Final = 20_000
_MAX_ATTRIBUTION: Final = 400

#: How mail programs introduce what they quote: how the line begins, what it contains near its end.
_ATTRIBUTIONS: Final = (
    ("On ", "wrote:"),
    ("Am ", "schrieb"),
    ("Le ", "a écrit"),
    ("El ", "escribió"),
    ("Il ", "ha scritto"),
    ("Em ", "escreveu"),
    ("Op ", "schreef"),
    ("Den ", "skrev"),
    ("Dne ", "napsal"),
    ("Dnia ", "napisał"),
    ("W dniu ", "napisał"),
    ("W dniu ", "pisze"),
    ("", "napisał(a):"),
    ("", "pisze:"),
    ("", "написал(а):"),
    ("", "написал:"),
    ("", "написала:"),
    ("", "пишет:"),
    ("", "пише:"),
    ("", "a écrit :"),
    ("", "wrote:"),
    ("", "schrieb:"),
)
_SEPARATOR: Final = re.compile(
    r"[-_*\s]{0,80}(original message|forwarded message|begin forwarded message|message d'origine|message original"
    r"|message transféré|début du message (transféré|réexpédié)|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|wiadomość oryginalna|oryginalna wiadomość|treść przekazanej wiadomości|przekazana wiadomość"
    r"|исходное сообщение|пересылаемое сообщение|пересланное сообщение|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht)[-_*:\s]{0,80}",
    re.IGNORECASE,
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_RULE: Final = re.compile(r"[_-]{20,}")
_FROM_LABEL: Final = re.compile(r"\*?(from|de|von|od|van|da|от|от кого)\*? ?:\*? ?\S", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"\*?(sent|date|to|cc|subject|envoyé|date d'envoi|à|objet|gesendet|datum|an|betreff|wysłano|data|do|dw|temat"
    r"|отправлено|дата|кому|копия|тема|enviado|para|asunto|inviato|oggetto|verzonden|aan|onderwerp)\*? ?:",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"\d{1,2}[:.]\d{2}")
_MOBILE: Final = re.compile(
    r"(sent from (my|outlook|yahoo|mail|proton)|get outlook for|envoyé (de|depuis) (mon|ma|outlook|l'app)"
    r"|télécharger outlook|obtenir outlook|gesendet von|von meinem \w{1,20} gesendet|wysłan[oey] z|pobierz outlook"
    r"|отправлено (с|из)|enviado desde|inviato da|verstuurd vanaf)\b.{0,80}",
    re.IGNORECASE,
)


def reply_of(text: str) -> str:
    """What the writer added; the whole text where nothing would be left (a forward without a comment)."""
    lines = [line.rstrip() for line in text.split("\n")[:_MAX_LINES]]
    kept = _without_signature(_without_quotes(lines))
    return _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip() or text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    position = 0
    while position < len(lines):
        length = _introduction(lines, position)
        if length and not _quoted_after(lines, position + length):
            # What follows is not marked line by line: everything below is the old mail.
            break
        if length:
            position += length
        elif lines[position].startswith(">"):
            position += 1
        else:
            kept.append(lines[position])
            position += 1
    return kept


def _introduction(lines: list[str], position: int) -> int:
    """How many lines from here introduce a quotation; 0 where none begins."""
    line = lines[position].strip()
    if not line or line.startswith(">"):
        return 0
    if _SEPARATOR.fullmatch(line) or _is_header_block(lines, position):
        return 1
    if _RULE.fullmatch(line) and _is_header_block(lines, position + 1):
        return 1
    return next((count for count in (1, 2, 3) if _is_attribution(lines[position : position + count], count)), 0)


def _is_attribution(lines: list[str], count: int) -> bool:
    """A line, perhaps wrapped into `count`, such as "On 3 May 2025 at 10:12, Anna <a@b.c> wrote:"."""
    if len(lines) < count or not all(line.strip() for line in lines):
        return False
    joined = " ".join(line.strip() for line in lines)
    if len(joined) > _MAX_ATTRIBUTION or not joined.endswith(":") or not any(map(str.isdigit, joined)):
        return False
    if "@" in joined and "<" in joined and _TIME.search(joined):
        return True
    ending = joined[-80:]
    return any(joined.startswith(start) and verb in ending for start, verb in _ATTRIBUTIONS)


def _is_header_block(lines: list[str], position: int) -> bool:
    """From:, Sent:, To:, Subject: as Outlook copies them above the old mail."""
    following = [line.strip() for line in lines[position : position + 7]]
    if not following or not _FROM_LABEL.match(following[0]):
        return False
    return sum(1 for line in following[1:] if _LABEL.match(line)) >= 2


def _quoted_after(lines: list[str], position: int) -> bool:
    following = next((line for line in lines[position : position + 3] if line.strip()), "")
    return following.startswith(">")


def _without_signature(lines: list[str]) -> list[str]:
    """Up to `-- ` (RFC 3676 section 4.3), and without the advertisement of a telephone at the end."""
    for index, line in enumerate(lines):
        if line in ("--", "-- ", "—") and any(before.strip() for before in lines[:index]):
            lines = lines[:index]
            break
    while lines and (not lines[-1].strip() or _is_mobile(lines)):
        lines = lines[:-1]
    return lines


def _is_mobile(lines: list[str]) -> bool:
    return bool(_MOBILE.fullmatch(lines[-1].strip().strip("<>"))) and any(line.strip() for line in lines[:-1])
