"""Recordings that moved house: new ones go to the new store, what lies in the old one is found there."""

from __future__ import annotations

from dataclasses import dataclass

from domain.ports import RecordingStore


@dataclass(frozen=True, slots=True)
class Moved:
    """`domain.ports.RecordingStore` over two."""

    now: RecordingStore
    before: RecordingStore

    async def put(self, customer_id: str, content: bytes) -> str:
        return await self.now.put(customer_id, content)

    async def get(self, customer_id: str, reference: str) -> bytes | None:
        found = await self.now.get(customer_id, reference)
        return found if found is not None else await self.before.get(customer_id, reference)

    async def remove(self, customer_id: str, reference: str) -> None:
        await self.before.remove(customer_id, reference)
        await self.now.remove(customer_id, reference)

    async def destroy(self, customer_id: str) -> None:
        await self.before.destroy(customer_id)
        await self.now.destroy(customer_id)
