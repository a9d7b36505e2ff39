"""What a wallboard aims at, and the rules by which it raises an alert."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from domain.centre.routing import Document, Name

Metric = Literal[
    "service_level",
    "speed_of_answer",
    "abandon_share",
    "longest_wait",
    "waiting",
    "ready_agents",
    "in_contact",
    "rating",
]
METRICS: tuple[Metric, ...] = get_args(Metric)
#: Metrics of which less is worse.
MORE_IS_BETTER: frozenset[Metric] = frozenset({"service_level", "ready_agents", "rating"})
#: Metrics of agents, who belong to no queue.
OF_AGENTS: frozenset[Metric] = frozenset({"ready_agents"})

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254, description="an e-mail address")]
Webhook = Annotated[
    str,
    Field(
        pattern=r"^(https://[^\s/@]+|http://(localhost|127\.0\.0\.1)(:[0-9]+)?)(/\S*)?$",
        max_length=500,
        description="an address by https; one by http on this machine needs webhook_networks",
    ),
]


class Wallboard(Document):
    """The interval that comes first, and what each figure should be."""

    interval: Literal[15, 30, 60] = Field(default=30, description="minutes of the interval that is shown first")
    time_zone: str | None = Field(
        default=None, description="IANA name, whose midnight begins the day; without, that of the opening hours"
    )
    targets: dict[Name, float] = Field(
        default={}, description="by metric: shares from 0 to 1, seconds, numbers, or a score from 1 to 5"
    )


class Alert(Document):
    """Raised when a figure is `above` or `below` a threshold for so long, cleared when it is past `clear` for as long.

    A `clear` on the good side of the threshold keeps an alert from going on and off around it (hysteresis).
    """

    metric: Name = Field(description=f"one of {', '.join(METRICS)}")
    above: float | None = Field(default=None, description="raised when the figure is more than this")
    below: float | None = Field(default=None, description="raised when the figure is less than this")
    clear: float | None = Field(default=None, description="over when the figure is past this; the threshold without")
    lasting: int = Field(default=60, ge=0, le=86_400, description="seconds that it must last, either way")
    over: Literal["interval", "day"] = Field(default="interval", description="of which span, where it has one")
    queue: Name | None = Field(default=None, description="one of `queues`; without, the whole project")
    mail: tuple[Address, ...] = Field(default=(), max_length=20, description="who is told by mail")
    webhook: Webhook | None = Field(default=None, description="where it is told by signed webhook")

    @property
    def threshold(self) -> float:
        return self.above if self.above is not None else self.below or 0.0

    def bad(self, value: float) -> bool:
        """Whether the figure is on the bad side of the threshold."""
        return value > self.threshold if self.above is not None else value < self.threshold

    def good(self, value: float) -> bool:
        """Whether the figure is on the good side of where it is over; between the two it stays as it is."""
        over = self.threshold if self.clear is None else self.clear
        return value <= over if self.above is not None else value >= over
