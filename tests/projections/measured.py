"""Given these events, these measures: documents with definitions and hours, and the events of calls and messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.agent.events import AgentBecameReady, AgentRegistered, AgentReserved, AgentSignedIn, ProfileAssigned
from domain.centre.configuration import ProjectConfigured
from domain.centre.documents import Profile, ProjectDocument, ServiceLevel
from domain.event import Event
from domain.interaction.events import (
    AgentConnected,
    InteractionAbandoned,
    InteractionOffered,
    InteractionQueued,
    MessageSent,
    OfferAccepted,
    SentToVoicemail,
    WorkExpired,
)
from projections.queries.measures import By, MeasuredGroup, Measures, Span, measures
from projections.reading import Reader
from tests.projections.acts import decision
from tests.projections.given import AT, PROJECT, given

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = Span(AT.replace(hour=0), AT.replace(hour=0) + timedelta(days=1), ZoneInfo("UTC"))
Happening = Event | tuple[float, Event]

PROFILE = Profile.model_validate(
    {
        "capacity": 4,
        "channels": {"voice": {"concurrency": 1}, "email": {"concurrency": 3}},
        "queues": {f"{PROJECT}/help": {}, f"{PROJECT}/billing": {}},
    }
)


def level(**switches: Any) -> ServiceLevel:
    """A definition: answered within 20 seconds on a clock that always runs, unless said otherwise."""
    fields: dict[str, Any] = {"title": "Level", "within": 20, "clock": "all_hours"}
    return ServiceLevel.model_validate(fields | switches)


def configured(
    *,
    hours: Mapping[str, Any] | None = None,
    levels: Mapping[str, ServiceLevel] | None = None,
    revision: int = 1,
    queue_hours: str | None = None,
) -> Event:
    """The project's document, its queue `help` with these hours."""
    queue: dict[str, Any] = {"title": "Help"} | ({"hours": queue_hours} if queue_hours else {})
    document = ProjectDocument.model_validate(
        {
            "schema_version": 1,
            "project": PROJECT,
            "title": "Shop",
            "pool": "main",
            "departments": {"help": {"title": "Help", "queue": "help"}},
            "queues": {"help": queue, "billing": {"title": "Billing"}},
            "hours": dict(hours or {}),
            "service_levels": {name: one.model_dump(mode="json") for name, one in (levels or {}).items()},
        }
    )
    return ProjectConfigured(document=document.model_dump(mode="json"), sha256="0" * 64, revision=revision)


def queued(interaction_id: str = "i1", after: float = 0, **more: Any) -> tuple[float, Event]:
    """A call that waits from `after` seconds past nine."""
    fields: dict[str, Any] = {
        "interaction_id": interaction_id,
        "leg": "1",
        "channel": "voice",
        "queue": "help",
        "priority": 5,
        "skills": {},
        "arrived_at": AT + timedelta(seconds=after),
        "not_before": None,
        "age_credit": 0,
        "target": 600,
        "customer_id": "c1",
        "site": "",
        "language": "en",
        "trail": (),
        "reason": "new",
    }
    return after, InteractionQueued(**(fields | more))


def on_work(kind: Any, interaction_id: str = "i1", after: float = 0, agent_id: str = "anna", **more: Any) -> Any:
    work_id = more.pop("work_id", f"{interaction_id}-{agent_id}")
    leg = more.pop("leg", "1")
    return after, kind(interaction_id=interaction_id, leg=leg, work_id=work_id, agent_id=agent_id, **more)


def offered(interaction_id: str = "i1", after: float = 0, agent_id: str = "anna", **more: Any) -> list[Happening]:
    """Both halves of an offer."""
    channel = more.pop("channel", "voice")
    work_id = more.get("work_id", f"{interaction_id}-{agent_id}")
    until, why = AT + timedelta(seconds=after + 30), decision(agent_id, AT)
    half = on_work(
        InteractionOffered, interaction_id, after, agent_id, queue="help", expires_at=until, decision=why, **more
    )
    reserved = AgentReserved(
        agent_id=agent_id, work_id=work_id, interaction_id=interaction_id, leg="1", channel=channel, units=1
    )
    return [half, (after, reserved)]


def answered(interaction_id: str, after: float, agent_id: str = "anna", **more: Any) -> list[Happening]:
    """Offered, accepted and connected at one moment."""
    return [
        *offered(interaction_id, after, agent_id, **more),
        on_work(OfferAccepted, interaction_id, after, agent_id),
        on_work(AgentConnected, interaction_id, after, agent_id),
    ]


def left(interaction_id: str, after: float, leg: str = "1") -> tuple[float, Event]:
    return after, InteractionAbandoned(interaction_id=interaction_id, leg=leg, waited=after)


def voicemail(interaction_id: str, after: float) -> tuple[float, Event]:
    return after, SentToVoicemail(interaction_id=interaction_id, leg="1", step=1, waited=int(after))


def expired(interaction_id: str, after: float) -> tuple[float, Event]:
    return after, WorkExpired(interaction_id=interaction_id, leg="1", reason="nobody took it in time")


def sent(interaction_id: str, after: float, agent_id: str = "anna") -> tuple[float, Event]:
    return after, MessageSent(
        interaction_id=interaction_id,
        customer_id="c1",
        message_id=f"m{after}",
        leg="1",
        agent_id=agent_id,
        delivery_id=f"d{after}",
        subject="Re",
        text="Hello",
    )


def agent_on_duty(agent_id: str = "anna", site: str = "paris", after: float = 0) -> list[Happening]:
    return [
        (after, AgentRegistered(agent_id=agent_id, name=agent_id.title(), site=site)),
        (after, ProfileAssigned(agent_id=agent_id, profile_name="mixed", profile=PROFILE)),
        (after, AgentSignedIn(agent_id=agent_id)),
        (after, AgentBecameReady(agent_id=agent_id)),
    ]


def measured(*events: Happening, by: By = "", span: Span = DAY, now: datetime = NOON, **more: Any) -> Measures:
    """The project's measures after these events, in the order of their seconds."""
    plain = [event if isinstance(event, tuple) else (0.0, event) for event in events]
    with given(*([] if _configures(plain) else [(0.0, configured())]), *plain) as read:
        return measures(read, PROJECT, span, now=now, by=by, **more)


def asked(read: Reader, *, by: By = "", span: Span = DAY, now: datetime = NOON, **more: Any) -> Measures:
    return measures(read, PROJECT, span, now=now, by=by, **more)


def _configures(events: list[tuple[float, Event]]) -> bool:
    return any(isinstance(event, ProjectConfigured) for _, event in events)


def total(*events: Happening, **more: Any) -> MeasuredGroup:
    return measured(*events, **more).total


def of_level(*events: Happening, **switches: Any) -> tuple[int, int, int]:
    """Met, missed and excluded by a definition with these switches."""
    found = total(*events, definitions={"one": level(**switches)}).levels["one"]
    return found.met, found.missed, found.excluded
