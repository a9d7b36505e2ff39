"""`web.drafts.DraftFiles`: the bytes lie sealed among the blobs; what a file is called is sealed under the same key.

A file is `kept` until a reply takes it: it is `going` while nobody knows whether that reply was recorded, since what
the log may name must not be removed, and `sent` from then on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.email.compose import one_line
from channels.email.filename import safe_filename
from domain.enclosing import NamedFile, SentFile, check
from domain.ports import Blobs, Keyring
from domain.rejection import Rejection
from infra.accounts.database import Database
from infra.accounts.drafts import KEPT
from infra.accounts.schema import stamp
from infra.mail.enclosing import Enclosing
from infra.mail.letters import media_type_of
from web.drafts import DraftFile, Place
from web.letters import File

_ALL = (
    "SELECT file_id, sealed_name, media_type, size, owner, reference FROM draft_files "
    "WHERE account_id = :account_id AND interaction_id = :interaction_id AND state <> 'sent' ORDER BY saved_at, file_id"
)
_ONE = (
    "SELECT file_id, sealed_name, media_type, size, owner, reference FROM draft_files "
    "WHERE account_id = :account_id AND interaction_id = :interaction_id AND file_id = :file_id"
)
_ADD = (
    "INSERT INTO draft_files (account_id, interaction_id, file_id, state, sealed_name, media_type, size, owner, "
    "reference, saved_at) VALUES (:account_id, :interaction_id, :file_id, 'kept', :sealed, :media_type, :size, :owner, "
    ":reference, :now) ON CONFLICT (account_id, interaction_id, file_id) DO NOTHING RETURNING file_id"
)
_MOVE = (
    "UPDATE draft_files SET state = :after WHERE account_id = :account_id AND interaction_id = :interaction_id "
    "AND file_id = :file_id AND state = :before"
)
_REMOVE = (
    "DELETE FROM draft_files WHERE account_id = :account_id AND interaction_id = :interaction_id "
    "AND file_id = :file_id AND state <> 'sent' RETURNING state, owner, reference"
)
_FORGET = "DELETE FROM draft_files WHERE saved_at < :before RETURNING state, owner, reference"


class DraftFileStore:
    def __init__(self, database: Database, keyring: Keyring, blobs: Blobs, enclosing: Enclosing) -> None:
        self._database, self._keyring, self._blobs, self._enclosing = database, keyring, blobs, enclosing

    async def all(self, place: Place) -> Sequence[DraftFile]:
        rows = await self._database.run(_ALL, _of(place))
        return [found for row in rows if (found := await self._read(place, row)) is not None]

    async def add(self, place: Place, file_id: str, file: File, now: datetime) -> DraftFile:
        kept = await self.all(place)
        there = next((one for one in kept if one.file_id == file_id), None)
        if there is not None:
            return there
        media_type = media_type_of(file)
        name = safe_filename(one_line(file.name), media_type, len(kept) + 1)
        sizes = [(one.named.name, one.named.file.size) for one in kept]
        check([*sizes, (name, len(file.content))])
        await self._let_go(await self._database.run(_FORGET, {"before": stamp(now - KEPT)}))
        reference = await self._enclosing.take(place.customer_id, name, file.content)
        sent = SentFile(reference=reference, media_type=media_type, size=len(file.content), owner=place.customer_id)
        return await self._write(place, DraftFile(file_id, NamedFile(name, sent)), now)

    async def _write(self, place: Place, added: DraftFile, now: datetime) -> DraftFile:
        """Of two requests that add the same file the first keeps it."""
        file = added.named.file
        sealed = await asyncio.to_thread(
            self._keyring.seal, place.customer_id, added.named.name, _context(place, added.file_id)
        )
        columns = {"sealed": sealed, "media_type": file.media_type, "size": file.size, "now": stamp(now)}
        place_in = _of(place, added.file_id) | {"owner": file.owner, "reference": file.reference}
        written = await self._database.run(_ADD, place_in | columns)
        if written:
            return added
        await self._blobs.remove(file.owner, file.reference)
        (first,) = await self.going(place, [added.file_id], state="kept")
        return DraftFile(added.file_id, first)

    async def remove(self, place: Place, file_id: str) -> None:
        """The bytes too, where no reply can name them."""
        await self._let_go(await self._database.run(_REMOVE, _of(place, file_id)))

    async def going(self, place: Place, ids: Sequence[str], *, state: str = "going") -> Sequence[NamedFile]:
        found: list[NamedFile] = []
        for file_id in ids:
            await self._move(place, [file_id], "kept", state)
            rows = await self._database.run(_ONE, _of(place, file_id))
            read = await self._read(place, rows[0]) if rows else None
            if read is None:
                raise Rejection("no_such_file", "a file of this reply is not there any more; add it again")
            found.append(read.named)
        return found

    async def stay(self, place: Place, ids: Sequence[str]) -> None:
        await self._move(place, ids, "going", "kept")

    async def gone(self, place: Place, ids: Sequence[str]) -> None:
        await self._move(place, ids, "going", "sent")

    async def _move(self, place: Place, ids: Sequence[str], before: str, after: str) -> None:
        for file_id in ids:
            await self._database.run(_MOVE, _of(place, file_id) | {"before": before, "after": after})

    async def _read(self, place: Place, row: Sequence[Any]) -> DraftFile | None:
        """None once the customer was erased."""
        file_id, sealed, media_type, size, owner, reference = row
        name = await asyncio.to_thread(self._keyring.open, owner, sealed, _context(place, file_id))
        if name is None:
            return None
        file = SentFile(reference=reference, media_type=media_type, size=size, owner=owner)
        return DraftFile(file_id, NamedFile(name, file))

    async def _let_go(self, taken: Sequence[Sequence[Any]]) -> None:
        for state, owner, reference in taken:
            if state == "kept":
                await self._blobs.remove(owner, reference)


def _of(place: Place, file_id: str = "") -> dict[str, object]:
    these: dict[str, object] = {"account_id": place.account_id, "interaction_id": place.interaction_id}
    return these | {"file_id": file_id} if file_id else these


def _context(place: Place, file_id: str) -> str:
    return f"draft-file/{place.account_id}/{place.interaction_id}/{file_id}"
