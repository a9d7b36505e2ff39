"""A centre from a backup: into empty stores only, of either kind, checked before anything is written.

Positions are kept, so links, resumed streams and recorded decisions hold. Read models are made anew by the processes
that start afterwards. Whoever was erased after the backup was made is erased again: the keyring, which is kept apart
and is not overwritten by an older copy of itself, knows them (`infra/erasing.py`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from domain.ports import Keyring
from infra.backup.making import ACCOUNTS, BLOBS, KEPT, LOG, BackupRefused, Manifest, read_manifest
from infra.backup.tables import load
from infra.keys.cipher import MasterKey
from infra.log.stored import StoredLog
from infra.log.transfer import Progress, import_log
from infra.rows.port import RowStore
from infra.settings import Settings
from infra.stores import open_accounts


async def restore_backup(
    settings: Settings,
    log: StoredLog,
    rows: RowStore,
    projections: Mapping[str, object],
    folder: Path,
    progress: Progress | None = None,
) -> Manifest:
    """Fill empty stores from a backup. Broken off, the same command goes on.

    Raises `BackupRefused`, `ImportRefused` where the log is not empty, `BadLine`, `LogUnavailable`, `OSError`.
    """
    manifest = read_manifest(folder)
    for name in projections:
        if any(position > 0 for position in rows.positions(name).values()) and await log.head() == 0:
            said = "the read models are another log's: empty their database (or file) first, they are made anew"
            raise BackupRefused(said)
    await import_log(log, log.mapper, folder / LOG, progress)
    database = await open_accounts(settings.accounts_location)  # makes the tables
    await database.close()
    with (folder / ACCOUNTS).open("rb") as lines:
        load(settings.accounts_location, KEPT, iter(lines))
    shutil.copytree(folder / BLOBS, settings.blobs_folder, dirs_exist_ok=True)
    return manifest


def restore_keys(settings: Settings, keyring: Keyring, master_key: bytes, file: Path) -> int:
    """Put wrapped keys back beside those that are there; what either side knows as destroyed is destroyed. Keys read.

    Raises `BackupRefused` for what is no copy of keys or one under another master key, `LogUnavailable`, `OSError`.
    """
    try:
        lines = file.read_bytes().splitlines()
        rows = [json.loads(line) for line in lines]
        fingerprints = {row["row"]["fingerprint"] for row in rows if row["table"] == "master_key"}
        gone = [row["row"]["customer_id"] for row in rows if row["table"] == "destroyed_keys"]
    except (ValueError, KeyError, TypeError) as fault:
        raise BackupRefused(f"{file} is no copy of keys: {fault}") from None
    if fingerprints != {MasterKey(master_key).fingerprint()}:
        raise BackupRefused(f"{file} was made under another master key: restore that one first")
    wrapped = [line for line, row in zip(lines, rows, strict=True) if row["table"] == "customer_keys"]
    count = load(settings.keyring_url, ("customer_keys",), iter(wrapped))
    # an older copy must not bring anybody back: tombstones of both sides count
    keyring.destroy(sorted({*gone, *keyring.destroyed()}))
    return count
