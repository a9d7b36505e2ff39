"""A keyring that lives in memory: for tests and simulation, where nonces come from the seed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.ports import KeyDestroyed
from infra.keys.cipher import KEY_BYTES, Nonces, seal, unseal


class MemoryKeyring:
    """`domain.ports.Keyring` in memory."""

    def __init__(self, nonces: Nonces = os.urandom) -> None:
        self._nonces = nonces
        self._keys: dict[str, AESGCM] = {}
        self._destroyed: dict[str, None] = {}

    def ensure(self, customers: Iterable[str]) -> None:
        wanted = dict.fromkeys(customers)
        for customer in wanted:
            if customer in self._destroyed:
                raise KeyDestroyed(customer)
        for customer in wanted:
            if customer not in self._keys:
                self._keys[customer] = AESGCM(self._nonces(KEY_BYTES))

    def seal(self, customer_id: str, plaintext: str, context: str) -> str:
        if customer_id not in self._keys:
            self.ensure([customer_id])
        return seal(self._keys[customer_id], plaintext, context, self._nonces)

    def open(self, customer_id: str, token: str, context: str) -> str | None:
        key = self._keys.get(customer_id)
        return None if key is None else unseal(key, token, context)

    def destroy(self, customers: Iterable[str]) -> None:
        for customer in customers:
            self._keys.pop(customer, None)
            self._destroyed[customer] = None

    def destroyed(self) -> Sequence[str]:
        return list(self._destroyed)
