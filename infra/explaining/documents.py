"""An explanation as JSON values."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from infra.explaining.reading import Verified
from infra.explaining.subject import Offered, Unoffered
from router.awaiting import Awaiting
from router.explaining import Explained, OtherAgent, Ranked
from router.rules import Verdict


def decision(what: Offered, found: Explained) -> dict[str, Any]:
    made = found.made
    return {
        "kind": "decision",
        "interaction_id": made.interaction_id,
        "leg": made.leg,
        "offer": what.number,
        "offers": what.of,
        "position": made.position,
        "offered_at": _time(what.offered_at),
        "queue": found.queue,
        "channel": found.channel,
        "arrived_at": _time(found.arrived_at),
        "waited": found.waited,
        "decision": made.decision.model_dump(mode="json"),
        "same": found.same,
        "agents": found.agents,
        "eligible": found.eligible,
        "order": [_ranked(one) for one in found.order],
        "excluded": dict(found.excluded),
        "other": _other(found.other),
    }


def waiting(what: Unoffered, found: Awaiting) -> dict[str, Any]:
    return {
        "kind": "waiting",
        "interaction_id": found.interaction_id,
        "leg": found.leg,
        "position": found.position,
        "at": _time(found.at),
        "until": what.until,
        "queue": found.queue,
        "channel": found.channel,
        "arrived_at": _time(found.arrived_at),
        "waited": found.waited,
        "against": [_verdict(one) for one in found.against],
        "agents": found.agents,
        "excluded": dict(found.excluded),
        "eligible": [_ranked(one) for one in found.may],
        "offered_next": found.offered_next,
        "estimate": None if found.estimate is None else asdict(found.estimate),
        "ahead": [
            {"kind": one.kind, "words": one.words, "at": None if one.at is None else _time(one.at)}
            for one in found.ahead
        ],
        "other": _other(found.other),
    }


def verified(found: Verified) -> dict[str, Any]:
    return {
        "same": found.same,
        "decisions": found.decisions,
        "differ": found.differ,
        "events": found.events,
        "pools": found.pools,
        "first_differing": [
            {
                "position": one.made.position,
                "interaction_id": one.made.interaction_id,
                "leg": one.made.leg,
                "agent_id": one.made.agent_id,
                "recorded": one.made.decision.model_dump(mode="json"),
                "again": None if one.again is None else one.again.model_dump(mode="json"),
            }
            for one in found.differing
        ],
    }


def _other(other: OtherAgent | None) -> dict[str, Any] | None:
    if other is None:
        return None
    return {
        "agent_id": other.agent_id,
        "chosen": other.chosen,
        "verdicts": [_verdict(one) for one in other.verdicts],
        "excluded_by": None if other.excluded_by is None else _verdict(other.excluded_by),
        "place": None if other.ranked is None else _ranked(other.ranked),
        "decided_by": None if other.compared is None else asdict(other.compared),
        "just_offered": list(other.just_offered),
        "changes": [{"kinds": list(one.kinds), "words": list(one.words)} for one in other.remedies],
        "boards_decided_again": other.tried,
    }


def _ranked(one: Ranked) -> dict[str, Any]:
    keys = [{"key": key.name, "value": key.shown} for key in one.keys]
    return {"agent_id": one.agent_id, "place": one.place, "keys": keys}


def _verdict(one: Verdict) -> dict[str, Any]:
    return {"rule": one.rule, "allowed": one.allowed, "reason": None if one.excluded is None else one.excluded.reason}


def _time(at: datetime) -> str:
    return at.isoformat()
