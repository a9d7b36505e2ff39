"""Everything a process stands on, opened from the settings and closed again in reverse order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import uuid_utils

from domain.execute import Executor
from domain.ports import Keyring, RecordingStore
from infra.accounts.database import Database, PostgresDatabase, SqliteDatabase
from infra.blobs import FolderBlobs
from infra.clock import SteadyClock
from infra.keys.fingerprints import HmacFingerprints
from infra.keys.stored import StoredKeyring
from infra.log.opened import open_keyring, open_log, sqlite_path
from infra.log.opening import KeyOpener
from infra.log.stored import StoredLog
from infra.recordings.opening import open_recordings
from infra.secrets import Secrets, open_secrets
from infra.settings import Settings


def new_id() -> str:
    """A new id: UUID version 7 (RFC 9562), so that ids sort by the time they were made."""
    return str(cast("UUID", uuid_utils.uuid7()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The log and what stands beside it. Ids are UUIDs version 7, time never steps back."""

    settings: Settings
    secrets: Secrets
    log: StoredLog
    keyring: Keyring
    opener: KeyOpener
    blobs: FolderBlobs
    recordings: RecordingStore
    fingerprints: HmacFingerprints
    clock: SteadyClock
    executor: Executor

    def check_keys(self) -> None:
        """Blocks. Raises `KeyringUnavailable` while the keys cannot be reached."""
        if isinstance(self.keyring, StoredKeyring):
            self.keyring.check()


@asynccontextmanager
async def open_stores(
    settings: Settings, *, write: bool = True, executing: Callable[..., Executor] = Executor
) -> AsyncGenerator[Stores]:
    """Open log, keyring and attachments.

    `write=False` for tools that read beside a running process; `executing` makes the executor. Raises `BadSettings`,
    `LogUnavailable` (`LogInUse` where a SQLite log has another writer), `WrongMasterKey`.
    """
    secrets = open_secrets(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with AsyncExitStack() as closing:
        keyring = await asyncio.to_thread(open_keyring, settings.keyring_url, secrets.master_key)
        if isinstance(keyring, StoredKeyring):
            closing.callback(keyring.close)
        log = await open_log(settings.log_url, keyring, write=write)
        closing.push_async_callback(log.close)
        opener, clock = KeyOpener(keyring), SteadyClock()
        blobs = FolderBlobs(settings.blobs_folder, keyring)
        yield Stores(
            settings=settings,
            secrets=secrets,
            log=log,
            keyring=keyring,
            opener=opener,
            blobs=blobs,
            recordings=open_recordings(settings, keyring, blobs),
            fingerprints=HmacFingerprints(secrets.fingerprints),
            clock=clock,
            executor=executing(log, opener=opener, clock=clock, new_id=new_id),
        )


async def open_accounts(url: str) -> Database:
    """The database of accounts, sessions and leases. Raises what its driver raises when it cannot be opened."""
    if url.startswith(("postgresql:", "postgres:")):
        return await PostgresDatabase.connect(url)
    return SqliteDatabase(":memory:" if url == "memory:" else sqlite_path(url))
