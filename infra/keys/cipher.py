"""The two uses of AES-256-GCM (NIST SP 800-38D): sealing a text, wrapping a key."""

from __future__ import annotations

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

#: Gives n random bytes. Injected, so that a simulation can be repeated.
Nonces = Callable[[int], bytes]

KEY_BYTES = 32
NONCE_BYTES = 12
#: First byte of every token: the format. Another algorithm would get another number.
FORMAT = b"\x01"


class WrongMasterKey(Exception):
    """The keyring was made with another master key; opening it with this one would destroy nothing but help nobody."""


def seal(key: AESGCM, plaintext: str, context: str, nonces: Nonces) -> str:
    """Token: base64 of format, nonce, ciphertext and tag; `context` is authenticated, not stored."""
    nonce = nonces(NONCE_BYTES)
    sealed = key.encrypt(nonce, plaintext.encode(), context.encode())
    return b2a_base64(FORMAT + nonce + sealed, newline=False).decode("ascii")


def unseal(key: AESGCM, token: str, context: str) -> str:
    """Raises `ValueError` when the token is malformed, altered, or was sealed for another context or key."""
    try:
        raw = a2b_base64(token, strict_mode=True)
    except ValueError as fault:
        raise ValueError("sealed token is not base64") from fault
    if raw[:1] != FORMAT or len(raw) < 1 + NONCE_BYTES + 16:
        raise ValueError("sealed token has an unknown format")
    try:
        return key.decrypt(raw[1 : 1 + NONCE_BYTES], raw[1 + NONCE_BYTES :], context.encode()).decode()
    except InvalidTag as fault:
        raise ValueError(f"sealed token does not belong here ({context}) or was altered") from fault


class MasterKey:
    """Wraps customers' keys. 32 bytes, from a file or the environment, never stored beside what it wraps."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"master key must be {KEY_BYTES} bytes, got {len(secret)}: make one with 32 random bytes")
        self._aes = AESGCM(secret)
        self._secret = secret

    def fingerprint(self) -> str:
        """Tells master keys apart without telling the key: stored with the keyring, checked on opening."""
        return hmac.new(self._secret, b"trunkline keyring fingerprint", hashlib.sha256).hexdigest()[:16]

    def wrap(self, customer_id: str, key: bytes, nonces: Nonces) -> bytes:
        nonce = nonces(NONCE_BYTES)
        return FORMAT + nonce + self._aes.encrypt(nonce, key, customer_id.encode())

    def unwrap(self, customer_id: str, wrapped: bytes) -> bytes:
        """Raises `WrongMasterKey` when this is not the key it was wrapped with, or it was altered."""
        try:
            return self._aes.decrypt(wrapped[1 : 1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES :], customer_id.encode())
        except InvalidTag as fault:
            raise WrongMasterKey(f"key of customer {customer_id} cannot be unwrapped with this master key") from fault
