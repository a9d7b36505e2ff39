"""Large bytes, sealed, whatever keeps them.

Each blob has its own key, which lies in the blob's head sealed under the customer's key: once that is
destroyed, whatever copies remain say nothing. The content is cut into chunks, each sealed by
AES-256-GCM with a nonce that counts them and marks the last (the STREAM construction: Hoang, Reyhanitabar,
Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015), so chunks
cannot be left out, repeated or put in another order.
"""

from __future__ import annotations

import hashlib
import os
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ports import Keyring

MAX_BLOB_BYTES = 256 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
TAG_BYTES = 16
_MAGIC = b"TLB1"
_HEAD = struct.Struct(">4sI")


class BlobTooLarge(ValueError):
    """Nothing was stored."""


class DamagedBlob(ValueError):
    """The stored bytes were altered or cut."""


class SealedBlob(NamedTuple):
    """What is to be stored under a fresh reference."""

    reference: str
    parts: list[bytes]


def seal_blob(keyring: Keyring, customer_id: str, content: bytes) -> SealedBlob:
    """Raises `KeyDestroyed` for an erased customer."""
    reference, key = os.urandom(16).hex(), os.urandom(32)
    keyring.ensure([customer_id])
    sealed = keyring.seal(customer_id, b64encode(key).decode(), _context(reference)).encode()
    return SealedBlob(reference, [_HEAD.pack(_MAGIC, len(sealed)), sealed, *_seal_chunks(key, content)])


def open_blob(keyring: Keyring, customer_id: str, reference: str, stored: bytes) -> bytes | None:
    """The content, None once the customer's key is destroyed. Raises `DamagedBlob`."""
    try:
        magic, length = _HEAD.unpack_from(stored)
        if magic != _MAGIC:
            raise DamagedBlob(f"blob {reference} does not begin like one")
        end = _HEAD.size + length
        key = keyring.open(customer_id, stored[_HEAD.size : end].decode(), _context(reference))
        return None if key is None else _open_chunks(b64decode(key), memoryview(stored)[end:])
    except (struct.error, ValueError, InvalidTag) as fault:
        raise DamagedBlob(f"blob {reference} was altered or cut: restore it from a backup") from fault


def check_size(content: bytes, most: int) -> None:
    """Raises `BlobTooLarge`."""
    if len(content) > most:
        raise BlobTooLarge(f"{len(content)} bytes, at most {most} can be stored")


def check_reference(reference: str) -> None:
    """Raises `ValueError` for what is no reference of ours, and so might be a path."""
    if len(reference) != 32 or not reference.isalnum():
        raise ValueError(f"{reference[:40]!r} is not a blob reference")


def place_of(customer_id: str) -> str:
    """Where a customer's blobs lie. Hashed, because an id is not a file name; ids say nothing about a person."""
    name = hashlib.sha256(customer_id.encode()).hexdigest()
    return f"{name[:2]}/{name}"


def _context(reference: str) -> str:
    return f"blob/{reference}"


def _nonce(number: int, last: bool) -> bytes:
    """Counts chunks; fresh key for each blob, so counting from 0 never repeats a nonce under a key."""
    return struct.pack(">7xIB", number, last)


def _seal_chunks(key: bytes, content: bytes) -> Iterator[bytes]:
    aes, view = AESGCM(key), memoryview(content)
    chunks = max(1, -(-len(content) // CHUNK_BYTES))
    for number in range(chunks):
        chunk = view[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]
        yield aes.encrypt(_nonce(number, number == chunks - 1), chunk, None)


def _open_chunks(key: bytes, stored: memoryview) -> bytes:
    aes, size = AESGCM(key), CHUNK_BYTES + TAG_BYTES
    chunks = max(1, -(-len(stored) // size))
    return b"".join(
        aes.decrypt(_nonce(number, number == chunks - 1), stored[number * size : (number + 1) * size], None)
        for number in range(chunks)
    )
