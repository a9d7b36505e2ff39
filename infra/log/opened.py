"""Which log and which keyring: chosen by address.

memory:                       gone with the process
sqlite:///var/lib/centre.db   one file, one writing process (three slashes: absolute; two: relative)
postgresql://user@host/name   any number of processes
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from domain.ports import Keyring, LogUnavailable
from infra.keys.memory import MemoryKeyring
from infra.keys.postgres import PostgresKeyring
from infra.keys.sqlite import SqliteKeyring
from infra.keys.stored import KeyringUnavailable
from infra.log.memory import MemoryLog
from infra.log.postgres import PostgresLog
from infra.log.sqlite import SqliteLog
from infra.log.stored import StoredLog

_FORMS = "memory:, sqlite:///path/to/file or postgresql://user@host/database"


async def open_log(url: str, keyring: Keyring, *, write: bool = True) -> StoredLog:
    """Open the log at `url`; `write=False` beside another process that writes to a SQLite file.

    Raises `LogUnavailable` saying what is wrong (`LogInUse` where a SQLite log has another writer).
    """
    if url == "memory:":
        return MemoryLog(keyring)
    if url.startswith("sqlite:"):
        return SqliteLog(sqlite_path(url), keyring, write=write)
    if url.startswith(("postgresql:", "postgres:")):
        return await PostgresLog.open(url, keyring)
    raise LogUnavailable(f"log address {_shown(url)!r} is none of {_FORMS}")


def open_keyring(url: str, master_key: bytes) -> Keyring:
    """Open the keyring at `url`, of the same forms as a log's address.

    Raises `LogUnavailable`, `WrongMasterKey`, `ValueError` for a master key that is not 32 bytes.
    """
    if url == "memory:":
        return MemoryKeyring()
    if url.startswith("sqlite:"):
        return SqliteKeyring(sqlite_path(url), master_key)
    if url.startswith(("postgresql:", "postgres:")):
        return PostgresKeyring(url, master_key)
    raise LogUnavailable(f"keyring address {_shown(url)!r} is none of {_FORMS}")


def sqlite_path(url: str) -> Path:
    """`sqlite:///a/b.db` is /a/b.db, `sqlite://b.db` and `sqlite:b.db` are relative. Raises `LogUnavailable`."""
    rest = unquote(url.removeprefix("sqlite:"))
    path = rest.removeprefix("//")
    if not path or path.endswith("/") or "\x00" in path:
        raise LogUnavailable(f"address {url!r} names no file: write sqlite:///path/to/file")
    return Path(path)


def _shown(url: str) -> str:
    """Without what may be a password."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


class LogSettings(Protocol):
    """Where log and keys are, as the settings say. `master_key` is read when a keyring is opened, not before."""

    @property
    def log_url(self) -> str: ...

    @property
    def keyring_url(self) -> str: ...

    @property
    def master_key(self) -> bytes: ...


class NoKeyring:
    """For tools that neither seal nor open: whatever is sealed stays so."""

    def ensure(self, customers: Iterable[str]) -> None:
        raise KeyringUnavailable("this command was started without keys and cannot seal")

    def seal(self, customer_id: str, plaintext: str, context: str) -> str:
        raise KeyringUnavailable("this command was started without keys and cannot seal")

    def open(self, customer_id: str, token: str, context: str) -> str | None:
        raise KeyringUnavailable("this command was started without keys and cannot open what is sealed")

    def destroy(self, customers: Iterable[str]) -> None:
        raise KeyringUnavailable("this command was started without keys and cannot destroy any")

    def destroyed(self) -> Sequence[str]:
        raise KeyringUnavailable("this command was started without keys and does not know whose were destroyed")
