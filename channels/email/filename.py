"""Names of attachments made safe to store and to offer for download on any system."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_RESERVED: Final = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
#: Characters that turn the reading direction or take no room: `photo_gpj.exe` written backwards looks like a picture.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_BYTES: Final = 150
_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ics": ".ics",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "audio/mpeg": ".mp3",
    "audio/wav": ".wav",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
}

#: Names that parts without one go by: who gets such a file knows by the name what it is (RFC 8551 section 3.2.1,
#: RFC 3156, MS-OXTNEF).
_NAMES: Final = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc",
    "application/pgp-keys": "publickey.asc",
    "application/pgp-encrypted": "version.asc",
}


def safe_filename(name: str, content_type: str, number: int) -> str:
    """A name without path, control or direction-changing characters, at most 150 bytes of UTF-8.

    Where nothing is left, the name that the content type goes by, else `attachment-<number>` with its extension.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(one for one in last if unicodedata.category(one) not in _INVISIBLE)
    plain = _RESERVED.sub("_", visible).strip(" .")
    if not plain:
        return _NAMES.get(content_type) or f"attachment-{number}{_EXTENSIONS.get(content_type, '.bin')}"
    return _shortened(f"_{plain}" if _DEVICES.fullmatch(plain) else plain)


def _shortened(name: str) -> str:
    if len(name.encode()) <= _MAX_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, dot, extension = name, "", ""
    room = _MAX_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + dot + extension
