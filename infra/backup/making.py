"""A backup: a folder with the log, accounts and attachments of one centre, made while it runs; keys go elsewhere.

    manifest.json   what is in it, with a SHA-256 of each file; written last, so a folder without it is no backup
    log.jsonl       the log's own export, up to the head at the beginning
    accounts.jsonl  accounts, tokens, idempotency keys, webhooks; no sessions: everybody signs in again
    blobs/          attachments and raw mails, sealed as they lie

Accounts come first, so that no webhook stands further, and no request has an answer, than the log has events for.
Attachments come last: one is stored before the event that names it, so whatever the log names is there. Customers' keys
are in none of this. They go to a file of their own (`make_keys`), to be kept apart: who has one of the two has nothing
to read. What is derived (read models) is not copied but made anew.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from infra.backup.tables import dump
from infra.log.rows import RowStore
from infra.log.transfer import Progress, export_log
from infra.settings import Settings

MANIFEST, LOG, ACCOUNTS, BLOBS = "manifest.json", "log.jsonl", "accounts.jsonl", "blobs"
FORMAT = 1
#: What of the accounts' database is worth keeping: not who is signed in or connected at this moment.
KEPT = ("accounts", "account_tokens", "account_calendars", "request_keys", "webhooks", "parked_webhooks")
KEYS = ("master_key", "customer_keys", "destroyed_keys")


class BackupRefused(Exception):
    """Says why a backup cannot be made here, or not be restored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: SHA-256 by path, of everything but the attachments, which their own seals protect."""

    format: int
    made_at: str
    head: int
    events: int
    once_keys: int
    accounts: int
    blobs: int
    blob_bytes: int
    files: dict[str, str]


async def make_backup(
    settings: Settings, log: RowStore, folder: Path, now: datetime, progress: Progress | None = None
) -> Manifest:
    """Copy a running centre into an empty folder. Raises `BackupRefused`, `LogUnavailable`, `OSError`."""
    await asyncio.to_thread(_begin, folder)
    accounts = await asyncio.to_thread(_copy_accounts, settings, folder)
    head = await log.head()
    with _written(folder / LOG) as out:
        done = await export_log(log, out, progress, head=head)
    blobs, size = await asyncio.to_thread(_copy_blobs, settings.blobs_folder, folder / BLOBS)
    files = await asyncio.to_thread(lambda: {name: sha256(folder / name) for name in (LOG, ACCOUNTS)})
    made = Manifest(FORMAT, now.isoformat(), head, done.events, done.once_keys, accounts, blobs, size, files)
    _write_whole(folder / MANIFEST, json.dumps(asdict(made), indent=2).encode())
    return made


def _begin(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise BackupRefused(f"{folder} is not empty: name a new folder for each backup")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _copy_accounts(settings: Settings, folder: Path) -> int:
    with _written(folder / ACCOUNTS) as out:
        return dump(settings.accounts_location, KEPT, out)


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """A new file, on the disk when the block ends."""
    with path.open("wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def make_keys(settings: Settings, file: Path) -> int:
    """Copy the wrapped keys and the tombstones of destroyed ones; how many rows. Readable by the owner alone.

    Raises `LogUnavailable`, `OSError`. The master key is not part of it.
    """
    part = file.with_name(file.name + ".part")
    with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
        count = dump(settings.keyring_url, KEYS, out)
        os.fsync(out.fileno())
    part.replace(file)
    return count


def read_manifest(folder: Path) -> Manifest:
    """Raises `BackupRefused` for what is no whole backup of a form known here."""
    try:
        document: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        found = Manifest(**document)
    except FileNotFoundError:
        raise BackupRefused(f"{folder} holds no {MANIFEST}: it is no backup, or one that broke off") from None
    except (ValueError, TypeError) as fault:
        raise BackupRefused(f"{folder / MANIFEST} cannot be read: {fault}") from None
    if found.format != FORMAT:
        raise BackupRefused(f"{folder} is a backup of form {found.format}, this software reads {FORMAT}: upgrade it")
    for name, digest in found.files.items():
        if not (folder / name).is_file() or sha256(folder / name) != digest:
            raise BackupRefused(f"{folder / name} is not what the manifest says: damaged, or changed since")
    return found


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_blobs(source: Path, target: Path) -> tuple[int, int]:
    """Copy what is there; what is erased meanwhile is passed over, as it should be. Number and bytes."""
    count = size = 0
    target.mkdir()
    for path in _blobs(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:
            continue
        count, size = count + 1, size + copy.stat().st_size
    return count, size


def _blobs(folder: Path) -> Iterator[Path]:
    """Whole ones: what is being written ends in .part."""
    if folder.is_dir():
        yield from (one for one in sorted(folder.rglob("*")) if one.is_file() and one.suffix != ".part")


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with _written(part) as out:
        out.write(content)
    part.replace(path)
