"""Passwords by argon2id (RFC 9106), off the event loop and never more than a few at once."""

from __future__ import annotations

import asyncio

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

#: RFC 9106 §4's second choice lowered to what OWASP asks at least: 19 MiB, 2 passes, 1 lane.
HASHER = Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
AT_ONCE = 4


class Passwords:
    """Hashes and verifies. Each takes some 20 ms of processor and 19 MiB, hence the bound."""

    def __init__(self) -> None:
        self._hash = PasswordHash((HASHER,))
        self._room = asyncio.Semaphore(AT_ONCE)
        #: verified against for an unknown name, so that it takes as long as a known one
        self._nobodys = self._hash.hash("nobody's password")

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is right; with None (no such account) false after the same work."""
        async with self._room:
            right = await asyncio.to_thread(self._check, password, hashed or self._nobodys)
        return right and hashed is not None

    def _check(self, password: str, hashed: str) -> bool:
        try:
            return self._hash.verify(password, hashed)
        except UnknownHashError:
            return False
