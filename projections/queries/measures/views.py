"""What measures look like. Shares are from 0 to 1, times in seconds; None where there was nothing to measure."""

from __future__ import annotations

from datetime import datetime

from projections.reading import View


class Level(View):
    """A service level by one definition: `level` = met / (met + missed); `reached`: it is at least the `goal`."""

    met: int
    missed: int
    excluded: int
    level: float | None
    goal: float
    reached: bool | None


class Handling(View):
    """Pieces of work that were connected and have ended, with their mean times in seconds."""

    handled: int
    talk: float | None
    wrap_up: float | None
    handling: float | None


class MeasuredGroup(View):
    """One group, or all together under the key `""`. The formulas stand in docs/measures.md.

    `contacts` = answered + abandoned + flowed out + cancelled + waiting. Times of handling are means of the pieces of
    work that were `handled`, which are those that were offered; `handling_by_origin` tells also of those that were
    `dialled` and `handed_over`, and of `all`. `consulting` is time within idle, not ready and not responding; `paused`
    is by channel, whatever else the agent did. Times of agents (`signed_in` = working + idle + not ready + not
    responding) are sums over agents, and None in groups that agents' time does not belong to (queues, channels).
    """

    key: str
    contacts: int
    answered: int
    abandoned: int
    flowed_out: dict[str, int]
    cancelled: int
    waiting: int
    levels: dict[str, Level]
    speed_of_answer: float | None
    abandon_share: float | None
    mean_wait: float | None
    longest_wait: float | None
    announced: int
    announced_error: float | None
    announced_absolute_error: float | None
    offers: int
    accepted: int
    declined: int
    missed: int
    rescinded: int
    missed_share: float | None
    handled: int
    talk: float | None
    wrap_up: float | None
    handling: float | None
    handling_by_origin: dict[str, Handling]
    transfers: int
    transfer_share: float | None
    dispositions: dict[str, int]
    signed_in: float | None
    working: float | None
    idle: float | None
    not_ready: dict[str, float] | None
    not_responding: float | None
    occupancy: float | None
    consulting: float | None
    occupancy_with_consults: float | None
    paused: dict[str, float] | None
    resolved: int
    resolved_at_first_contact: int
    first_contact_resolution: float | None
    agent_ratings: int
    agent_rating: float | None
    company_ratings: int
    company_rating: float | None


class Measures(View):
    """The measures of one project in [`since`, `until`), local times in `zone`, as of `now`."""

    project: str
    since: datetime
    until: datetime
    now: datetime
    zone: str
    by: str
    definitions: tuple[str, ...]
    total: MeasuredGroup
    groups: tuple[MeasuredGroup, ...]
