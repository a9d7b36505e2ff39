"""The tables, alike on both databases. Times are texts in UTC with microseconds, so that they sort as they are."""

from __future__ import annotations

from datetime import UTC, datetime

TABLES = (
    """CREATE TABLE IF NOT EXISTS accounts (
        account_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, agent_id TEXT UNIQUE,
        grants TEXT NOT NULL, password TEXT NOT NULL, disabled INTEGER NOT NULL, created_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS account_sessions (
        secret TEXT PRIMARY KEY, account_id TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS account_sessions_account ON account_sessions (account_id)",
    """CREATE TABLE IF NOT EXISTS account_tokens (
        secret TEXT PRIMARY KEY, token_id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL, label TEXT NOT NULL,
        roles TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS account_tokens_account ON account_tokens (account_id)",
    """CREATE TABLE IF NOT EXISTS account_calendars (
        account_id TEXT PRIMARY KEY, feed TEXT NOT NULL, opened_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS staff_messages (
        message_id TEXT PRIMARY KEY, pool TEXT NOT NULL, sender TEXT NOT NULL, sender_name TEXT NOT NULL,
        recipient TEXT NOT NULL, text TEXT NOT NULL, sent_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS staff_messages_order ON staff_messages (pool, message_id)",
    "CREATE INDEX IF NOT EXISTS staff_messages_age ON staff_messages (sent_at)",
    """CREATE TABLE IF NOT EXISTS request_keys (
        name TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, created_at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS request_keys_age ON request_keys (created_at)",
    """CREATE TABLE IF NOT EXISTS presence_leases (
        agent_id TEXT PRIMARY KEY, pool TEXT NOT NULL, expires_at TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS drafts (
        account_id TEXT NOT NULL, interaction_id TEXT NOT NULL, kind TEXT NOT NULL, sealed TEXT NOT NULL,
        revision INTEGER NOT NULL, saved_at TEXT NOT NULL, PRIMARY KEY (account_id, interaction_id, kind))""",
    "CREATE INDEX IF NOT EXISTS drafts_age ON drafts (saved_at)",
    """CREATE TABLE IF NOT EXISTS draft_files (
        account_id TEXT NOT NULL, interaction_id TEXT NOT NULL, file_id TEXT NOT NULL, state TEXT NOT NULL,
        sealed_name TEXT NOT NULL, media_type TEXT NOT NULL, size BIGINT NOT NULL, owner TEXT NOT NULL,
        reference TEXT NOT NULL, saved_at TEXT NOT NULL, PRIMARY KEY (account_id, interaction_id, file_id))""",
    "CREATE INDEX IF NOT EXISTS draft_files_age ON draft_files (saved_at)",
    """CREATE TABLE IF NOT EXISTS ticket_visits (
        project TEXT NOT NULL, ticket_id TEXT NOT NULL, account_id TEXT NOT NULL, name TEXT NOT NULL,
        agent_id TEXT NOT NULL, writing INTEGER NOT NULL, expires_at TEXT NOT NULL,
        PRIMARY KEY (project, ticket_id, account_id))""",
    "CREATE INDEX IF NOT EXISTS ticket_visits_expiry ON ticket_visits (expires_at)",
    """CREATE TABLE IF NOT EXISTS lively_texts (
        conversation TEXT NOT NULL, message TEXT NOT NULL, words TEXT NOT NULL, came_at TEXT NOT NULL,
        PRIMARY KEY (conversation, message))""",
    "CREATE INDEX IF NOT EXISTS lively_texts_age ON lively_texts (came_at)",
    """CREATE TABLE IF NOT EXISTS elections (
        name TEXT PRIMARY KEY, holder TEXT NOT NULL, beat BIGINT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS webhooks (
        endpoint TEXT PRIMARY KEY, position BIGINT NOT NULL, attempts INTEGER NOT NULL, retry_at TEXT NOT NULL,
        fault TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS parked_webhooks (
        endpoint TEXT NOT NULL, position BIGINT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL,
        parked_at TEXT NOT NULL, again INTEGER NOT NULL, PRIMARY KEY (endpoint, position))""",
)

#: Later than any time: what never expires.
NEVER = "9999"


def stamp(moment: datetime) -> str:
    """A time as text that sorts."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
