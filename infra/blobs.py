"""Large bytes in a folder, sealed: raw mails, attachments, recordings. A folder for each customer, in it the blobs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from pathlib import Path

from domain.ports import Keyring
from infra.sealing_blobs import (
    CHUNK_BYTES,
    MAX_BLOB_BYTES,
    BlobTooLarge,
    DamagedBlob,
    check_reference,
    check_size,
    open_blob,
    place_of,
    seal_blob,
)

__all__ = ["CHUNK_BYTES", "MAX_BLOB_BYTES", "BlobTooLarge", "DamagedBlob", "FolderBlobs"]


class FolderBlobs:
    """`domain.ports.RecordingStore`, and so `Blobs`, in a folder."""

    def __init__(self, root: Path, keyring: Keyring, *, max_bytes: int = MAX_BLOB_BYTES) -> None:
        self.root = root
        self._keyring = keyring
        self._max_bytes = max_bytes

    async def put(self, customer_id: str, content: bytes) -> str:
        """Raises `BlobTooLarge`, `KeyDestroyed`, `OSError` when the disk is full."""
        check_size(content, self._max_bytes)
        return await asyncio.to_thread(self._put, customer_id, content)

    async def get(self, customer_id: str, reference: str) -> bytes | None:
        """Raises `DamagedBlob`, `ValueError` for what is no reference."""
        return await asyncio.to_thread(self._get, customer_id, reference)

    async def destroy(self, customer_id: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._folder(customer_id), True)

    async def remove(self, customer_id: str, reference: str) -> bool:
        """Remove one blob; whether it was there. Raises `ValueError` for what is no reference."""
        check_reference(reference)
        path = self._folder(customer_id) / reference
        there = await asyncio.to_thread(path.is_file)
        await asyncio.to_thread(path.unlink, True)
        return there

    def _put(self, customer_id: str, content: bytes) -> str:
        reference, parts = seal_blob(self._keyring, customer_id, content)
        folder = self._folder(customer_id)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / reference
        try:
            _write_durably(path, parts)
        except OSError:
            path.with_suffix(".part").unlink(missing_ok=True)
            raise
        return reference

    def _get(self, customer_id: str, reference: str) -> bytes | None:
        check_reference(reference)
        try:
            stored = (self._folder(customer_id) / reference).read_bytes()
        except FileNotFoundError:
            return None
        return open_blob(self._keyring, customer_id, reference, stored)

    def _folder(self, customer_id: str) -> Path:
        return self.root / place_of(customer_id)


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
