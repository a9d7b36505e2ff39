"""Events as they are shown to people: with personal fields opened for those who may see them, else left out."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from domain.event import Event, Recorded
from domain.personal import Erased, Sealed
from domain.ports import Opener


class Shown(BaseModel):
    """One event of the log. `sealed` names the personal fields that the caller may not see, `erased` those gone."""

    position: int
    type: str = Field(examples=["interaction.offered.v1"])
    stream: str
    version: int
    project: str
    pool: str
    actor: str
    occurred_at: str
    recorded_at: str
    correlation_id: str
    causation_id: str
    data: dict[str, Any]
    sealed: list[str] = []
    erased: list[str] = []


def show(recorded: Recorded, opener: Opener | None) -> Shown:
    """Without an `opener` personal fields are left out: ciphertext is nobody's business either."""
    event = recorded.event
    hidden: list[str] = []
    if opener is not None:
        event = opener(event)
    else:
        hidden = [name for name in event.personal if getattr(event, name) is not None]
    erased = [name for name in event.personal if isinstance(getattr(event, name), Erased)]
    return Shown(
        position=recorded.position,
        type=event.wire,
        stream=recorded.stream,
        version=recorded.version,
        project=recorded.project,
        pool=recorded.pool,
        actor=recorded.actor,
        occurred_at=recorded.occurred_at.isoformat(),
        recorded_at=recorded.recorded_at.isoformat(),
        correlation_id=recorded.correlation_id,
        causation_id=recorded.causation_id,
        data=_data(event, {*hidden, *erased}),
        sealed=[name for name in hidden if name not in erased],
        erased=erased,
    )


def _data(event: Event, left_out: set[str]) -> dict[str, Any]:
    data = event.model_dump(mode="json", exclude=left_out)
    for name in event.personal:
        assert name in left_out or not isinstance(getattr(event, name), Sealed), f"{event.wire}.{name} was not opened"
    return data
