"""`infra.texts.storming.Shared`: texts of lively conversations, shared by every process of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from channels.sms.storms import TOO_MANY, Came
from infra.accounts.database import Database
from infra.accounts.schema import stamp


class StormStore:
    """Conversations and words are keyed fingerprints: nothing here tells who wrote, or what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lately(self, conversation: str, since: datetime) -> Sequence[Came]:
        rows = await self._database.run(
            "SELECT came_at, message, words FROM lively_texts WHERE conversation = :conversation AND came_at > :since "
            "ORDER BY came_at DESC LIMIT :most",
            {"conversation": conversation, "since": stamp(since), "most": 2 * TOO_MANY},
        )
        return [Came(datetime.fromisoformat(at).astimezone(UTC), message, words) for at, message, words in rows]

    async def note(self, conversation: str, came: Came, since: datetime) -> None:
        await self._database.run("DELETE FROM lively_texts WHERE came_at <= :since", {"since": stamp(since)})
        await self._database.run(
            "INSERT INTO lively_texts (conversation, message, words, came_at) "
            "VALUES (:conversation, :message, :words, :came_at) ON CONFLICT (conversation, message) DO NOTHING",
            {"conversation": conversation, "message": came.text, "words": came.words, "came_at": stamp(came.at)},
        )
