"""What the stored keyrings have in common: wrap, remember for a while, forget at once what was destroyed.

Unwrapped keys are remembered, because every personal field that is sealed or opened needs one. Another process may
destroy a key meanwhile: before a remembered key is used, the tombstones made since the last look are read, at
most once in `STALE_SECONDS`.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ports import KeyDestroyed, LogUnavailable
from infra.keys.cipher import KEY_BYTES, MasterKey, Nonces, WrongMasterKey, seal, unseal

#: A key that has been used takes some 2 KB.
MAX_REMEMBERED = 10_000
STALE_SECONDS = 1.0


#: Seconds of a clock that never steps back.
Tick = Callable[[], float]


class KeyringUnavailable(LogUnavailable):
    """The keys cannot be reached; whatever needs one cannot be stored or read now."""


class Tombstone(NamedTuple):
    number: int
    customer_id: str


class KeyTable(Protocol):
    """Where wrapped keys and tombstones lie. Each method is one transaction. Raises `KeyringUnavailable`."""

    def claim(self, fingerprint: str) -> str:
        """Store the master key's fingerprint if there is none yet; the one that is stored."""
        ...

    def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Store keys for customers that have none; what is stored of all of them then.

        Raises `KeyDestroyed`, storing nothing, for an erased one.
        """
        ...

    def load(self, customers: Iterable[str]) -> Mapping[str, bytes]: ...

    def bury(self, customers: Iterable[str]) -> None:
        """Overwrite and delete the keys, leave tombstones."""
        ...

    def tombstones(self, after: int) -> list[Tombstone]:
        """Tombstones with number > `after`, in order."""
        ...

    def close(self) -> None: ...


class StoredKeyring:
    """`domain.ports.Keyring` over a `KeyTable`. Thread-safe."""

    def __init__(
        self,
        table: KeyTable,
        master_key: bytes,
        *,
        nonces: Nonces = os.urandom,
        tick: Tick = time.monotonic,
    ) -> None:
        """Raises `WrongMasterKey` when the keyring was begun with another one."""
        self._table = table
        self._master = MasterKey(master_key)
        self._nonces = nonces
        self._tick = tick
        self._remembered: OrderedDict[str, AESGCM] = OrderedDict()
        #: What is remembered; and the table, one user at a time. Whoever holds both took them in this order.
        self._lock, self._at_table = threading.RLock(), threading.Lock()
        self._seen, self._looked = 0, float("-inf")
        if table.claim(self._master.fingerprint()) != self._master.fingerprint():
            table.close()
            raise WrongMasterKey(
                "this keyring was begun with another master key: give that one (a new master key would make every"
                " personal field unreadable)"
            )

    def ensure(self, customers: Iterable[str]) -> None:
        with self._lock:
            self._forget_destroyed()
            missing = [customer for customer in dict.fromkeys(customers) if customer not in self._remembered]
        if missing:
            fresh = {customer: self._nonces(KEY_BYTES) for customer in missing}
            wrapped = {name: self._master.wrap(name, key, self._nonces) for name, key in fresh.items()}
            # it waits for a disk: those who only use keys that are remembered do not wait with it
            with self._at_table:
                stored = self._table.add(wrapped)
            with self._lock:
                # What is stored counts: another process may have been first.
                self._remember(stored)

    def seal(self, customer_id: str, plaintext: str, context: str) -> str:
        key = self._key(customer_id)
        if key is None:
            self.ensure([customer_id])
            key = self._key(customer_id)
        if key is None:
            raise KeyDestroyed(customer_id)
        return seal(key, plaintext, context, self._nonces)

    def open(self, customer_id: str, token: str, context: str) -> str | None:
        key = self._key(customer_id)
        return None if key is None else unseal(key, token, context)

    def destroy(self, customers: Iterable[str]) -> None:
        doomed = list(dict.fromkeys(customers))
        with self._lock:
            for customer in doomed:
                self._remembered.pop(customer, None)
            with self._at_table:
                self._table.bury(doomed)

    def destroyed(self) -> Sequence[str]:
        with self._at_table:
            return [one.customer_id for one in self._table.tombstones(0)]

    def close(self) -> None:
        with self._lock:
            self._remembered.clear()
            with self._at_table:
                self._table.close()

    def _key(self, customer_id: str) -> AESGCM | None:
        with self._lock:
            self._forget_destroyed()
            key = self._remembered.get(customer_id)
            if key is None:
                with self._at_table:
                    found = self._table.load([customer_id])
                self._remember(found)
                return self._remembered.get(customer_id)
            self._remembered.move_to_end(customer_id)
            return key

    def _remember(self, found: Mapping[str, bytes]) -> None:
        for customer, wrapped in found.items():
            self._remembered[customer] = AESGCM(self._master.unwrap(customer, wrapped))
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)

    def _forget_destroyed(self) -> None:
        now = self._tick()
        if now - self._looked < STALE_SECONDS:
            return
        with self._at_table:
            buried = self._table.tombstones(self._seen)
        for tombstone in buried:
            self._remembered.pop(tombstone.customer_id, None)
            self._seen = tombstone.number
        self._looked = now
