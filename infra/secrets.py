"""The master key and what is derived from one secret: each purpose has a key of its own (HKDF, RFC 5869)."""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.load_settings import BadSettings, read_secret
from infra.log.opened import sqlite_path
from infra.settings import Settings

KEY_BYTES = 32
#: Name of the file in the data folder that a master key is generated into.
GENERATED = "master.key"
_MAKE_ONE = "make one with `openssl rand -base64 32`"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys by purpose, 32 bytes each. `notice` is something the operator must be told, empty most of the time."""

    master_key: bytes = field(repr=False)
    fingerprints: bytes = field(repr=False)
    links: bytes = field(repr=False)
    mail: bytes = field(repr=False)
    sessions: bytes = field(repr=False)
    webhooks: bytes = field(repr=False)
    notice: str = ""


def open_secrets(settings: Settings) -> Secrets:
    """The secrets of a centre.

    A missing master key is generated for an embedded centre into `data/master.key` (readable by its owner only),
    and refused otherwise: processes of one centre must share it. `secret` is derived from the master key where it
    is not set; whoever replaces the master key sets it first, to what it was (`root_secret`), since fingerprints
    and links depend on it. Raises `BadSettings`.
    """
    master, notice = _master_key(settings)
    root = root_secret(settings, master)
    purposes = {name: derived(root, name) for name in ("fingerprints", "links", "mail", "sessions", "webhooks")}
    return Secrets(master_key=master, notice=notice, **purposes)


def root_secret(settings: Settings, master_key: bytes) -> bytes:
    """What all but the master key is derived from: `TRUNKLINE_SECRET`, or one derived from the master key."""
    if settings.secret is not None:
        return _key("TRUNKLINE_SECRET", settings.secret.get_secret_value())
    return derived(master_key, "root")


def derived(secret: bytes, purpose: str) -> bytes:
    """A key for one purpose; knowing it tells nothing of the others."""
    info = f"trunkline {purpose} v1".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def _key(name: str, text: str) -> bytes:
    try:
        key = b64decode(text.strip(), validate=True)
    except (Base64Error, ValueError):
        raise BadSettings([f"{name}: not base64; {_MAKE_ONE}"]) from None
    if len(key) != KEY_BYTES:
        raise BadSettings([f"{name}: {len(key)} bytes, {KEY_BYTES} are needed; {_MAKE_ONE}"])
    return key


def _master_key(settings: Settings) -> tuple[bytes, str]:
    if settings.master_key is not None:
        return _key("TRUNKLINE_MASTER_KEY", settings.master_key.get_secret_value()), ""
    path = settings.data / GENERATED
    if path.exists():
        return _generated(path), ""
    if not settings.embedded:
        missing = "TRUNKLINE_MASTER_KEY: is missing; with PostgreSQL it is never generated, since every process needs "
        raise BadSettings([missing + f"the same one: {_MAKE_ONE} and hand it over by TRUNKLINE_MASTER_KEY_FILE"])
    _refuse_to_lock_out(settings, path)
    return _generate(path)


def _refuse_to_lock_out(settings: Settings, path: Path) -> None:
    """Where there are customers' keys already, a new master key would only hide that the right one was lost."""
    keys = settings.keyring_url
    if keys.startswith("sqlite:") and sqlite_path(keys).exists():
        lost = f"{path}: the master key is gone, but {sqlite_path(keys)} was made with it; restore it from your copy"
        raise BadSettings([lost])


def _generated(path: Path) -> bytes:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise BadSettings([f"{path}: others can read the master key; run `chmod 600 {path}`"])
        return _key(str(path), read_secret(path))
    except (OSError, ValueError) as fault:
        raise BadSettings([f"{path}: {fault}"]) from None


def _generate(path: Path) -> tuple[bytes, str]:
    """Write a new key, whole or not at all; of two processes at once, one key wins and both use it."""
    key = os.urandom(KEY_BYTES)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(b64encode(key) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return _generated(path), ""
        finally:
            draft.unlink()
    except OSError as fault:
        raise BadSettings([f"{path}: cannot write the master key: {fault.strerror}"]) from None
    return key, f"a master key was made in {path}: keep a copy elsewhere, without it personal data cannot be read"
