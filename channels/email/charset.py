"""Bytes to text under the charset a mail declares, or the likeliest one where it declares none or a wrong one."""

from __future__ import annotations

import codecs
import re
from typing import Final

from charset_normalizer import from_bytes

#: Codecs a mail may name. An allow-list, because Python knows codecs that are no charsets of mail and
#: expensive or surprising on hostile bytes (punycode is quadratic, unicode_escape interprets).
_CODEC: Final = re.compile(
    r"utf-(7|8|16|16-le|16-be|32|32-le|32-be)|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|gb2312|gbk|gb18030|hz|big5\w*"
    r"|shift_jis\w*|euc_\w+|iso2022_\w+|mac-\w+|tis-620|johab|kz1048|ptcp154"
)
#: Names seen in mail that Python does not know, or means something narrower by than mail programs do
#: (what is labelled Latin-1 is in truth windows-1252: WHATWG Encoding Standard).
_ALIASES: Final = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "ascii",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "x-mac-cyrillic": "mac-cyrillic",
    "ks_c_5601-1987": "cp949",
}
#: Charsets of the languages we speak, for bytes that name none. Guessed from this much of the bytes.
_CANDIDATES: Final = ["cp1252", "cp1250", "iso8859_2", "cp1251", "koi8_r"]
_SAMPLE: Final = 4096
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")


def codec_of(name: str) -> str | None:
    """Python's name of a declared charset, None when it is unknown or no charset of mail."""
    lowered = name.strip().strip("\"'").lower()
    lowered = _ALIASES.get(lowered, lowered)
    try:
        found = codecs.lookup(lowered).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return found if _CODEC.fullmatch(found) else None


def decode(content: bytes, declared: str = "") -> tuple[str, str]:
    """The text and, where the declaration could not be followed, what was done instead ("" otherwise)."""
    codec = codec_of(declared) if declared else None
    if codec is not None and codec != "ascii":
        return _followed(content, codec, declared)
    if content.isascii():
        fault = f"unknown charset {declared[:40]!r}, read as ASCII" if declared and codec is None else ""
        return clean(content.decode("ascii")), fault
    guessed, text = _guess(content)
    said = f"charset {declared[:40]!r} does not fit" if declared else "no charset declared"
    return clean(text), f"{said}, read as {guessed}"


def _followed(content: bytes, codec: str, declared: str) -> tuple[str, str]:
    try:
        return clean(content.decode(codec)), ""
    except (UnicodeError, ValueError):
        if codec != "utf-8":
            return clean(content.decode(codec, "replace")), f"bytes outside charset {declared[:40]!r} replaced"
    guessed, text = _guess(content)
    return clean(text), f"not valid {declared[:40]}, read as {guessed}"


def likeliest(content: bytes) -> str:
    """The charset that bytes without a declaration are most likely written in."""
    return _guess(content)[0]


def _guess(content: bytes) -> tuple[str, str]:
    try:
        return "utf-8", content.decode("utf-8")
    except UnicodeDecodeError:
        best = from_bytes(content[:_SAMPLE], cp_isolation=_CANDIDATES, threshold=0.4).best()
    codec = best.encoding if best is not None else "cp1252"
    return codec, content.decode(codec, "replace")


def clean(text: str) -> str:
    """Text with `\\n` line ends and without null bytes, control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
