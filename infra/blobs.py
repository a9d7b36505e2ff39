"""Large bytes in a folder, sealed: raw mails, attachments, recordings.

Each blob has its own key, which lies in the blob's head sealed under the customer's key: once that is
destroyed, whatever copies of the files remain say nothing. The content is cut into chunks, each sealed by
AES-256-GCM with a nonce that counts them and marks the last (the STREAM construction: Hoang, Reyhanitabar,
Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", CRYPTO 2015), so chunks
cannot be left out, repeated or put in another order.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator
from pathlib import Path

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


class DamagedBlob(Exception):
    """The stored bytes were altered or cut."""


class FolderBlobs:
    """`domain.ports.Blobs` in a folder: a folder for each customer, a file for each blob."""

    def __init__(self, root: Path, keyring: Keyring, *, max_bytes: int = MAX_BLOB_BYTES) -> None:
        self._root = root
        self._keyring = keyring
        self._max_bytes = max_bytes

    async def put(self, customer_id: str, content: bytes) -> str:
        """Raises `BlobTooLarge`, `KeyDestroyed`, `OSError` when the disk is full."""
        if len(content) > self._max_bytes:
            raise BlobTooLarge(f"{len(content)} bytes, at most {self._max_bytes} can be stored")
        return await asyncio.to_thread(self._put, customer_id, content)

    async def get(self, customer_id: str, reference: str) -> bytes | None:
        """Raises `DamagedBlob`, `ValueError` for what is no reference."""
        return await asyncio.to_thread(self._get, customer_id, reference)

    async def destroy(self, customer_id: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._folder(customer_id), True)

    async def remove(self, customer_id: str, reference: str) -> bool:
        """Remove one blob; whether it was there."""
        path = self._folder(customer_id) / reference
        there = await asyncio.to_thread(path.is_file)
        await asyncio.to_thread(path.unlink, True)
        return there

    def _put(self, customer_id: str, content: bytes) -> str:
        reference = os.urandom(16).hex()
        key = os.urandom(32)
        self._keyring.ensure([customer_id])
        sealed = self._keyring.seal(customer_id, b64encode(key).decode(), _context(reference)).encode()
        folder = self._folder(customer_id)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / reference
        try:
            _write_durably(path, [_HEAD.pack(_MAGIC, len(sealed)), sealed, *_seal_chunks(key, content)])
        except OSError:
            path.with_suffix(".part").unlink(missing_ok=True)
            raise
        return reference

    def _get(self, customer_id: str, reference: str) -> bytes | None:
        if len(reference) != 32 or not reference.isalnum():
            raise ValueError(f"{reference[:40]!r} is not a blob reference")
        try:
            stored = (self._folder(customer_id) / reference).read_bytes()
        except FileNotFoundError:
            return None
        try:
            magic, length = _HEAD.unpack_from(stored)
            if magic != _MAGIC:
                raise DamagedBlob(f"blob {reference} does not begin like one")
            end = _HEAD.size + length
            key = self._keyring.open(customer_id, stored[_HEAD.size : end].decode(), _context(reference))
            return None if key is None else _open_chunks(b64decode(key), memoryview(stored)[end:])
        except (struct.error, ValueError, InvalidTag) as fault:
            raise DamagedBlob(f"blob {reference} was altered or cut: restore it from a backup") from fault

    def _folder(self, customer_id: str) -> Path:
        # Hashed, because an id is not a file name; ids say nothing about a person.
        name = hashlib.sha256(customer_id.encode()).hexdigest()
        return self._root / name[:2] / name


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


def _write_durably(path: Path, parts: list[bytes]) -> None:
    """Under another name first: a file with the right name is whole, whenever the machine stops."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, folder)
        os.fsync(folder)
