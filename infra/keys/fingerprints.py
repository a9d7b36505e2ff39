"""Fingerprints of addresses: equal for equal addresses, telling nothing without the secret."""

from __future__ import annotations

import hashlib
import hmac
import struct

MIN_SECRET_BYTES = 16


class HmacFingerprints:
    """`domain.ports.Fingerprints` by HMAC-SHA-256 (RFC 2104), hex, 128 bits.

    A plain hash of a telephone number is reversed by trying all numbers; the secret prevents it.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ValueError(f"fingerprint secret must be at least {MIN_SECRET_BYTES} bytes, got {len(secret)}")
        self._secret = secret

    def __call__(self, kind: str, value: str) -> str:
        name = kind.encode()
        # The length keeps ("ab", "c") and ("a", "bc") apart.
        message = struct.pack(">I", len(name)) + name + value.encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
