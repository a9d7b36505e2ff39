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
    r"[-_*\s]{0,80}(original message|forwarded message|begin forwarded message|message d['’]origine|message original"
    r"|message transféré|début du message (transféré|réexpédié)|ursprüngliche nachricht|weitergeleitete nachricht"
    r"|wiadomość oryginalna|oryginalna wiadomość|treść przekazanej wiadomości|przekazana wiadomość"
    r"|исходное сообщение|исходное письмо|оригинал сообщения|пересылаемое сообщение|пересланное сообщение"
    r"|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht)[-_*:\s]{0,80}",
    re.IGNORECASE,
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_RULE: Final = re.compile(r"[_-]{10,}")
#: Yandex and others put the writer's address in round brackets, Mail.ru leaves brackets away.
_WRITER_LAST: Final = re.compile(r".*(\([^()\s]{1,100}@[^()\s]{1,100}\)| от .{0,100}\S@\S{1,100})\s?:")
_FROM_LABEL: Final = re.compile(r"\*?(from|de|von|od|van|da|от|от кого)\*? ?:\*? ?\S", re.IGNORECASE)
#: What GMX and WEB.DE begin with.
_SENT_LABEL: Final = re.compile(
    r"\*?(sent|date|envoyé|gesendet|datum|wysłan[oe]|data|отправлено|дата)\*? ?:\*? ?\S", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"\*?(sent|date|to|cc|subject|envoyé|date d'envoi|à|objet|gesendet|datum|an|betreff|wysłan[oe]|data|do|dw|temat"
    r"|отправлено|дата|кому|копия|тема|enviado|para|asunto|inviato|oggetto|verzonden|aan|onderwerp)\*? ?:",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"\d{1,2}[:.]\d{2}")
_MOBILE: Final = re.compile(
    r"(sent (from (my|outlook|yahoo|mail|proton)|with proton)|get outlook for|envoyé (de|depuis) (mon|ma|outlook|l'app)"
    r"|télécharger outlook|obtenir outlook|gesendet von|gesendet mit der|von meinem \w{1,20} gesendet|wysłan[oey] z"
    r"|pobierz (program )?outlook"
    r"|отправлено (с|из)|получить outlook|скачать outlook|enviado desde|inviato da|verstuurd vanaf)\b.{0,80}",
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
    if _RULE.fullmatch(line) and (_is_header_block(lines, position + 1) or _are_labels(lines[position + 1 :][:2])):
        return 1
    return next((count for count in (1, 2, 3) if _is_attribution(lines[position : position + count], count)), 0)


def _is_attribution(lines: list[str], count: int) -> bool:
    """A line, perhaps wrapped into `count`, such as "On 3 May 2025 at 10:12, Anna <a@b.c> wrote:"."""
    if len(lines) < count or not all(line.strip() for line in lines):
        return False
    joined = " ".join(line.strip() for line in lines)
    if len(joined) > _MAX_ATTRIBUTION or not joined.endswith(":") or not any(map(str.isdigit, joined)):
        return False
    if "@" in joined and _TIME.search(joined) and ("<" in joined or _WRITER_LAST.fullmatch(joined)):
        return True
    ending = joined[-80:]
    return any(joined.startswith(start) and verb in ending for start, verb in _ATTRIBUTIONS)


def _is_header_block(lines: list[str], position: int) -> bool:
    """From:, Sent:, To:, Subject: as Outlook copies them above the old mail, or Sent:, From: first as GMX does."""
    following = [line.strip() for line in lines[position : position + 7]]
    labels = sum(1 for line in following[1:] if _LABEL.match(line))
    if not following or labels == 0:
        return False
    if _FROM_LABEL.match(following[0]):
        return labels >= 2
    return bool(_SENT_LABEL.match(following[0]) and _FROM_LABEL.match(following[1]))


def _are_labels(following: list[str]) -> bool:
    """Two labels behind a rule introduce an old mail even where none of them names its writer."""
    return len(following) == 2 and all(_LABEL.match(line.strip()) for line in following)


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
