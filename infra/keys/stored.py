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
#: A number that no tombstone has: who asks for those after it asks whether anybody answers.
_NONE_SO_FAR = 2**62


#: Seconds of a clock that never steps back.
Tick = Callable[[], float]


class KeyringUnavailable(LogUnavailable):
    """The keys cannot be reached; whatever needs one cannot be stored or read now."""


class Tombstone(NamedTuple):
    number: int
    customer_id: str


class KeyTable(Protocol):
    """Where wrapped keys and tombstones lie. Each method is one transaction; any thread may call it.

    Raises `KeyringUnavailable`.
    """

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
        #: For what is remembered. Nobody holds it while the table is asked: that may take long.
        self._lock = threading.Lock()
        self._seen, self._looked = 0, float("-inf")
        #: How often keys were forgotten because they were destroyed.
        self._forgotten = 0
        if table.claim(self._master.fingerprint()) != self._master.fingerprint():
            table.close()
            raise WrongMasterKey(
                "this keyring was begun with another master key: give that one (a new master key would make every"
                " personal field unreadable)"
            )

    def ensure(self, customers: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(customers))
        while True:
            self._forget_destroyed()
            with self._lock:
                missing = [customer for customer in wanted if customer not in self._remembered]
                before = self._forgotten
            if not missing:
                return
            fresh = {customer: self._nonces(KEY_BYTES) for customer in missing}
            wrapped = {name: self._master.wrap(name, key, self._nonces) for name, key in fresh.items()}
            # What is stored counts: another process may have been first.
            if self._remember(self._unwrapped(self._table.add(wrapped)), before):
                return

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
        self._forget(doomed)
        self._table.bury(doomed)
        # again: somebody may have asked for one of them meanwhile
        self._forget(doomed)

    def destroyed(self) -> Sequence[str]:
        return [one.customer_id for one in self._table.tombstones(0)]

    def check(self) -> None:
        """Raises `KeyringUnavailable` while the keys cannot be reached."""
        self._table.tombstones(_NONE_SO_FAR)

    def close(self) -> None:
        with self._lock:
            self._remembered.clear()
        self._table.close()

    def _key(self, customer_id: str) -> AESGCM | None:
        while True:
            self._forget_destroyed()
            with self._lock:
                key = self._remembered.get(customer_id)
                if key is not None:
                    self._remembered.move_to_end(customer_id)
                    return key
                before = self._forgotten
            found = self._unwrapped(self._table.load([customer_id]))
            if self._remember(found, before):
                return found.get(customer_id)

    def _unwrapped(self, found: Mapping[str, bytes]) -> Mapping[str, AESGCM]:
        return {customer: AESGCM(self._master.unwrap(customer, wrapped)) for customer, wrapped in found.items()}

    def _remember(self, found: Mapping[str, AESGCM], before: int) -> bool:
        """Whether they may be used: nothing was destroyed since `before`, when they were asked for."""
        with self._lock:
            if self._forgotten != before:
                return False
            self._remembered.update(found)
            while len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
            return True

    def _forget_destroyed(self) -> None:
        now = self._tick()
        if now - self._looked < STALE_SECONDS:
            return
        buried = self._table.tombstones(self._seen)
        self._forget([one.customer_id for one in buried])
        with self._lock:
            self._seen = max(self._seen, *(one.number for one in buried)) if buried else self._seen
            self._looked = max(self._looked, now)

    def _forget(self, customers: Sequence[str]) -> None:
        with self._lock:
            for customer in customers:
                self._remembered.pop(customer, None)
            self._forgotten += bool(customers)
