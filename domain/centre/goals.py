"""What counts as good service: definitions that may stand side by side over the same log."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.centre.routing import Document, Name, Seconds, Title


class ServiceLevel(Document):
    """The share of contacts answered within so many seconds, and what counts how.

    Answered means: an agent was connected; a message: the first reply was sent. Applied to the log as it is, so a
    new definition tells of the past too.
    """

    title: Title
    within: Seconds = Field(description="seconds from arrival to answer")
    goal: Annotated[float, Field(gt=0, le=1)] = Field(default=0.8, description="the share aimed at")
    queues: tuple[Name, ...] = Field(default=(), description="of `queues`; none named: all")
    channels: tuple[Name, ...] = Field(default=(), description="by name, such as voice or email; none named: all")
    abandoned: Literal["excluded", "missed", "met_if_early"] = Field(
        default="missed", description="who left: not counted, counted as missed, as met if they left within the time"
    )
    short_abandon: int = Field(default=0, ge=0, le=3600, description="who left within so many seconds is not counted")
    flow_out: Literal["excluded", "missed", "met_if_early"] = Field(
        default="missed", description="who went on to voicemail, a callback or another queue unanswered"
    )
    clock: Literal["open_hours", "all_hours"] = Field(
        default="open_hours", description="whether seconds while the queue is closed count"
    )
