"""`web.drafts.Drafts`: sealed under the customer's key, forgotten after a while."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from domain.ports import Keyring
from infra.accounts.database import Database
from infra.accounts.schema import stamp
from web.drafts import Draft, DraftChanged, Place

#: How long a draft that nobody touches is kept.
KEPT = timedelta(days=30)


def _context(place: Place) -> str:
    return f"draft/{place.account_id}/{place.interaction_id}/{place.kind}"


class DraftStore:
    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database, self._keyring = database, keyring

    async def get(self, place: Place) -> Draft:
        rows = await self._database.run(
            "SELECT sealed, revision FROM drafts WHERE account_id = :account_id AND interaction_id = :interaction_id "
            "AND kind = :kind",
            _key(place),
        )
        if not rows:
            return Draft()
        sealed, revision = rows[0]
        text = await asyncio.to_thread(self._keyring.open, place.customer_id, sealed, _context(place)) if sealed else ""
        return Draft(text or "", revision)

    async def put(self, place: Place, text: str, revision: int, now: datetime) -> Draft:
        """What was taken away keeps its revision, so that a window that is behind cannot bring it back."""
        await self._database.run("DELETE FROM drafts WHERE saved_at < :before", {"before": stamp(now - KEPT)})
        sealed = await asyncio.to_thread(self._seal, place, text) if text else ""
        kept = await self._database.run(
            "INSERT INTO drafts (account_id, interaction_id, kind, sealed, revision, saved_at) "
            "VALUES (:account_id, :interaction_id, :kind, :sealed, :revision + 1, :now) "
            "ON CONFLICT (account_id, interaction_id, kind) DO UPDATE SET sealed = :sealed, "
            "revision = drafts.revision + 1, saved_at = :now WHERE drafts.revision = :revision "
            "RETURNING revision",
            _key(place) | {"sealed": sealed, "revision": revision, "now": stamp(now)},
        )
        if not kept:
            raise DraftChanged
        return Draft(text, kept[0][0])

    def _seal(self, place: Place, text: str) -> str:
        """Raises `KeyDestroyed` for an erased customer."""
        self._keyring.ensure([place.customer_id])
        return self._keyring.seal(place.customer_id, text, _context(place))


def _key(place: Place) -> dict[str, object]:
    return {"account_id": place.account_id, "interaction_id": place.interaction_id, "kind": place.kind}
