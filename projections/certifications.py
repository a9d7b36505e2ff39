"""Skills that end: a table of the agent board, and what its events make of it."""

from __future__ import annotations

from domain.agent.events import SkillExpired, SkillGranted, SkillWithdrawn
from domain.event import Recorded
from domain.ports import Rows
from projections.schema import Column, Table

#: Skills that end, as long as they are granted; those whose time was out on record with the agent's last level.
CERTIFICATIONS = Table(
    "certifications",
    (
        Column("agent_id"),
        Column("skill"),
        Column("pool"),
        Column("level", "integer"),
        Column("expires_at", "instant"),
        Column("expired", "boolean"),
    ),
    key=("agent_id", "skill"),
    indexes=(("pool", "expires_at", "agent_id", "skill"),),
    read_back=True,
)


def certification(recorded: Recorded, event: SkillGranted | SkillWithdrawn | SkillExpired, rows: Rows) -> None:
    """Until when; what has run out stays to be seen until it is renewed or given up."""
    key = (event.agent_id, event.skill)
    known = rows.get("certifications", key)
    if isinstance(event, SkillGranted) and event.expires_at is not None:
        row = {"agent_id": event.agent_id, "skill": event.skill, "pool": recorded.pool, "level": event.level}
        rows.put("certifications", {**row, "expires_at": event.expires_at, "expired": False})
    elif isinstance(event, SkillExpired) and known is not None:
        rows.put("certifications", {**known, "expired": True})
    elif known is not None:
        rows.delete("certifications", key)
