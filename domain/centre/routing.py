"""How a pool routes and what a queue asks of its agents: the routing part of the documents.

Every rule here is part of `centre.yaml` (the pool's) or `project.yaml` (a queue's), so each version of it is an
event with a hash, and a decision names the version it was made by.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.sentence import say

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="lower-case letters, digits and _")]
Title = Annotated[str, Field(min_length=1, max_length=80, description="what people read")]
Language = Literal["en", "fr", "pl", "ru"]
Seconds = Annotated[int, Field(ge=1, le=366 * 86_400, description="seconds")]
Level = Annotated[int, Field(ge=1, le=10, description="skill level, 1 (beginner) to 10 (master)")]
Tier = Annotated[int, Field(ge=1, le=10, description="priority, 1 is most urgent")]
Minutes = Annotated[int, Field(ge=0, le=10_080, description="minutes")]
Weight = Annotated[int, Field(ge=1, le=1_000_000, description="weight beside the others'")]

Strategy = Literal[
    "longest_idle", "most_spare", "most_spare_share", "least_occupied", "most_skilled", "least_skilled", "round_robin"
]
ItemPolicy = Literal["aged_priority", "strict_priority", "fifo", "fixed_queue_ratio", "gcmu"]

#: Five minutes of waiting for each step of priority.
HEAD_STARTS: dict[int, int] = {tier: 5 * (10 - tier) for tier in range(1, 11)}


class Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Routing(Document):
    """Which item an agent who becomes free takes, of all that they may have (one order for the whole pool).

    `aged_priority`: longest wait plus age credit plus the head start of its priority (Genesys). `strict_priority`:
    most urgent first, whatever the wait. `fifo`: first come. `fixed_queue_ratio`: from the queue that most exceeds
    its share of all that waits (Gurvich & Whitt 2009). `gcmu`: where waiting costs most per second of this agent's
    handling (Mandelbaum & Stolyar 2004).
    """

    policy: ItemPolicy = "aged_priority"
    head_starts: dict[Tier, Minutes] = Field(
        default={}, description="minutes by priority (aged_priority); 5 for each step above the lowest, where not named"
    )
    shares: dict[str, Weight] = Field(
        default={}, description="share of what waits, as weight by project/queue (fixed_queue_ratio); 1 where not named"
    )

    def head_start(self, tier: int) -> int:
        """Seconds of waiting that this priority is worth."""
        return 60 * self.head_starts.get(tier, HEAD_STARTS[tier])


class OfferOnChannel(Document):
    """What differs on one channel; what is not named is as for the queue."""

    timeout: Seconds | None = Field(default=None, description="seconds an offer rings")
    misses: int | None = Field(default=None, ge=1, le=20, description="missed offers in a row before not responding")
    again: Literal["after_others", "never"] | None = Field(default=None, description="as for the queue")


class Offer(Document):
    """How work of a queue is offered."""

    timeout: Seconds = Field(default=30, description="seconds an offer rings")
    ring_width: int = Field(default=1, ge=1, le=20, description="open offers per leg at once")
    misses: int = Field(default=2, ge=1, le=20, description="missed offers in a row before the agent is not responding")
    again: Literal["after_others", "never"] = Field(
        default="after_others", description="when who declined or missed an item is asked for it again"
    )
    channels: dict[Name, OfferOnChannel] = Field(default={}, description="what differs, by channel")

    def on(self, channel: str) -> Offer:
        """These rules for work of one channel."""
        other = self.channels.get(channel)
        return self if other is None else self.model_copy(update=other.model_dump(exclude_none=True))


class WrapUp(Document):
    """Work after contact.

    `optional`: as long as the agent likes, or skipped by naming the disposition at once. `mandatory`: up to `limit`
    seconds, after which the default disposition is recorded. `fixed`: exactly `limit` seconds, no early exit.
    """

    mode: Literal["none", "optional", "mandatory", "fixed"] = "none"
    limit: Seconds = Field(default=120, description="seconds, where it is mandatory or fixed")
    default_disposition: Name = Field(default="not_stated", description="one of `dispositions`, where none is given")


class Step(Document):
    """What changes when an item has waited `after` seconds since its arrival. One or more of the others.

    Skipped as long as nobody who is signed in could take the item even then.
    """

    after: Seconds = Field(description="seconds since arrival, counted while the queue is open")
    lower: dict[Name, Level] = Field(default={}, description="new least level by skill")
    drop: tuple[Name, ...] = Field(default=(), description="skills no longer asked for")
    add_queue: Name | None = Field(default=None, description="one of `queues`, whose agents may take it too")
    open_rings: int | None = Field(default=None, ge=2, le=20, description="rings up to this one may take it")
    add_sites: tuple[Name, ...] = Field(default=(), description="sites that may take it too; `any` for all")
    any_language: bool = Field(default=False, description="the agent need not speak the customer's language")
    priority: Tier | None = Field(default=None, description="new priority, more urgent than before")
    offer_callback: bool = Field(default=False, description="the caller is offered to be called back")
    voicemail: bool = Field(default=False, description="the caller is asked to leave a message")
    message: str | None = Field(
        default=None, min_length=1, max_length=480, description="text sent to the caller by SMS"
    )

    @model_validator(mode="after")
    def _does_something(self) -> Step:
        if not self.relaxes and self.priority is None and not (self.offer_callback or self.voicemail or self.message):
            raise ValueError(
                say(
                    "this_step_changes_nothing_add",
                    "this step changes nothing: add `lower`, `drop`, `add_queue`, `priority`, …",
                )
            )
        return self

    @property
    def relaxes(self) -> bool:
        """Whether it lets further agents take the item."""
        more = self.add_queue or self.open_rings or self.add_sites or self.any_language
        return bool(self.lower or self.drop or more)


class Closed(Document):
    """What becomes of a contact that comes while the queue is closed."""

    then: Literal["wait", "queue", "voicemail", "message"] = Field(
        default="wait", description="wait for the opening, go to another queue, leave a message, hear a text"
    )
    queue: Name | None = Field(default=None, description="one of `queues`, for `then: queue`")
    text: str | None = Field(default=None, min_length=1, max_length=1000, description="what is said, for the others")

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Closed:
        if (self.then == "queue") != (self.queue is not None):
            raise ValueError(
                say("queue_goes_with_then_queue", "`queue` goes with `then: queue`, and with nothing else")
            )
        return self


class Overflow(Document):
    """Where further items may go too, once so many wait."""

    waiting: int = Field(ge=1, le=1_000_000, description="as many as wait before further ones overflow")
    queue: Name = Field(description="one of `queues`, whose agents may take them too")


class Queue(Document):
    """A queue of work: who may take it, how urgent it is and how it is offered."""

    title: Title
    priority: Tier = 5
    skills: dict[Name, Level] = Field(default={}, description="least level of each skill that its work asks for")
    target: Seconds = Field(default=14_400, description="seconds in which a matter should be answered")
    handling: Seconds = Field(default=300, description="seconds that an item takes an agent, as a rule")
    handling_by_level: dict[Level, Seconds] = Field(
        default={}, description="seconds by the agent's least level in the queue's skills, where it differs"
    )
    strategy: Strategy = Field(default="longest_idle", description="which of the agents who may have it")
    preferred: int = Field(
        default=0, ge=0, le=86_400, description="seconds that it waits for the agent who had the matter last, if ready"
    )
    rings: int = Field(default=1, ge=1, le=20, description="rings of agents that may take an item at once")
    sites: Literal["any", "own_first", "own"] = Field(
        default="any", description="whether agents at the contact's own site come first, or alone while it is up"
    )
    language: Literal["any", "required"] = Field(
        default="any", description="whether the agent must speak the customer's language"
    )
    offer: Offer = Offer()
    wrap_up: WrapUp = WrapUp()
    silence: Seconds | None = Field(
        default=None, description="seconds without a reply to the customer after which the work is queued again"
    )
    steps: tuple[Step, ...] = Field(default=(), max_length=20, description="what changes with waiting, in order")
    hours: Name | None = Field(default=None, description="one of `hours`; always open without")
    closed: Closed = Closed()
    overflow: Overflow | None = None
    announce: Seconds | None = Field(default=None, description="seconds between announcements of the estimated wait")

    @model_validator(mode="after")
    def _steps_in_order(self) -> Queue:
        for earlier, later in zip(self.steps, self.steps[1:], strict=False):
            if later.after < earlier.after:
                raise ValueError(
                    say(
                        "steps_out_of_order",
                        "`steps` stand in the order of `after`, counted from arrival: {later} s comes after "
                        "{earlier} s",
                        later=later.after,
                        earlier=earlier.after,
                    )
                )
        return self

    def handling_at(self, level: int | None) -> int:
        """Seconds that an item takes an agent whose least level in the queue's skills is `level`."""
        return self.handling if level is None else self.handling_by_level.get(level, self.handling)
