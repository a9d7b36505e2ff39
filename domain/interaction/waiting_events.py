"""What happens to a leg while it waits: queued, escalated, offered, answered, or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from domain.channel import ChannelName as Channel
from domain.event import Event, Fact


class Candidate(Fact):
    """An agent's place in the order of a decision, with what it was ordered by.

    `ring` is 0 for the preferred agent, else the ring of their profile in the queue. `value` is the strategy's own
    number: spare units, share of units spare, occupancy, skill level or turn; none for the longest idle.
    """

    agent_id: str
    place: int
    idle_since: datetime | None
    ring: int = 1
    value: float | None = None


class Decision(Fact):
    """Why this agent: what the router had seen, the rules it went by, and who came next.

    `position` is the last event the board had folded, `policy` the SHA-256 of the project's document, `routing` that
    of the centre's, `items` the pool's order of items, `excluded` counts candidates by the rule that excluded them.
    """

    position: int
    at: datetime
    policy: str
    routing: str = ""
    strategy: str
    items: str = ""
    chosen: Candidate
    runners_up: tuple[Candidate, ...] = ()
    excluded: Mapping[str, int] = {}


class InteractionQueued(Event, wire="interaction.queued.v1"):
    """A leg waits for an agent. A requeued one keeps `arrived_at`, so it keeps its place.

    `not_before`: a scheduled callback becomes work only then, and after `expires_at` it is given up. `target` and
    `age_credit` in seconds. `trail` are the agents who declined or missed this leg already, `excluded` those whom it
    must never reach. `also`, `rings`, `sites` and `language_required` say who else may take it: agents of further
    queues, of rings up to this one, at these sites alone (none: any), who speak the customer's language. Until
    `preferred_until` it is kept for the `preferred` agent while that agent is ready. `steps` were taken already.
    `dialled`: an agent calls the customer, and nobody waited.
    """

    interaction_id: str
    leg: str
    channel: Channel
    queue: str
    priority: int
    skills: Mapping[str, int]
    arrived_at: datetime
    not_before: datetime | None
    age_credit: int
    target: int
    customer_id: str
    site: str
    language: str
    trail: tuple[str, ...]
    reason: Literal[
        "new", "transferred", "agent_left", "connect_failed", "silent", "site_down", "interrupted", "dialled"
    ]
    also: tuple[str, ...] = ()
    rings: int = 1
    sites: tuple[str, ...] = ()
    language_required: bool = False
    excluded: tuple[str, ...] = ()
    preferred: str = ""
    preferred_until: datetime | None = None
    expires_at: datetime | None = None
    steps: tuple[int, ...] = ()


class WaitAnnounced(Event, wire="interaction.wait_announced.v1"):
    """The customer was told how long it may take: `seconds` from now, as `method` has it, and the place in line.

    `queue_length`: those ahead, times the usual handling, by the agents who serve the queue. `head_of_line`: as long
    as the first in line has waited. The next announcement is due at `next_at`.
    """

    interaction_id: str
    leg: str
    seconds: int
    place: int
    method: Literal["queue_length", "head_of_line"]
    next_at: datetime | None = None


class RequirementsRelaxed(Event, wire="interaction.requirements_relaxed.v1"):
    """Further agents may take the leg from now on: the requirements that hold now, whole.

    `step` is the number of the queue's step, from 1; 0 for an overflow. `waited` in seconds. A step that has nothing
    to give on this channel (a voicemail for an e-mail) is on record with the requirements as they were.
    """

    interaction_id: str
    leg: str
    step: int
    waited: int
    skills: Mapping[str, int]
    also: tuple[str, ...]
    rings: int
    sites: tuple[str, ...]
    language_required: bool


class PriorityRaised(Event, wire="interaction.priority_raised.v1"):
    """A step made the leg more urgent."""

    interaction_id: str
    leg: str
    step: int
    waited: int
    priority: int


class CallbackOffered(Event, wire="interaction.callback_offered.v1"):
    """A step: the waiting caller is offered to be called back."""

    interaction_id: str
    leg: str
    step: int
    waited: int


class SentToVoicemail(Event, wire="interaction.sent_to_voicemail.v1"):
    """The leg no longer waits: the caller is asked to leave a message. `step` 0: the queue was closed."""

    interaction_id: str
    leg: str
    step: int
    waited: int


class DeflectionSent(Event, wire="interaction.deflection_sent.v1"):
    """A step: a text with another way was sent to the waiting customer; the delivery carries it."""

    interaction_id: str
    leg: str
    step: int
    waited: int
    delivery_id: str


class WorkExpired(Event, wire="interaction.work_expired.v1"):
    """Nobody took the leg in time; it no longer waits."""

    interaction_id: str
    leg: str
    reason: str


class InteractionOffered(Event, wire="interaction.offered.v1"):
    """The leg rings at an agent until `expires_at`. `work_id` names the offer and the capacity held for it.

    Who accepts it has `silence` seconds for a reply to the customer, where there is such a limit.
    """

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    queue: str
    expires_at: datetime
    decision: Decision
    silence: int | None = None


class OfferAccepted(Event, wire="interaction.offer_accepted.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class OfferDeclined(Event, wire="interaction.offer_declined.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class OfferTimedOut(Event, wire="interaction.offer_timed_out.v1"):
    interaction_id: str
    leg: str
    work_id: str
    agent_id: str


class OfferRescinded(Event, wire="interaction.offer_rescinded.v1"):
    """Taken back before an answer: another agent accepted, the customer left, the agent signed out."""

    interaction_id: str
    leg: str
    work_id: str
    agent_id: str
    reason: str


class InteractionAbandoned(Event, wire="interaction.abandoned.v1"):
    """The customer left before an agent was connected. `waited` in seconds since arrival."""

    interaction_id: str
    leg: str
    waited: float
